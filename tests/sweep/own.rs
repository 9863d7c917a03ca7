//! I7: what our own calls put on the bus causes at most one further run, and that writes nothing.
//! From every start the whole chain runs until nothing is left to be done, without a fault and with
//! one on each operation by which the remediator writes.

use std::collections::BTreeSet;
use std::sync::Mutex;

use trailkeeper_sandbox::{FaultKind, When};
use trailkeeper_tests::sweep::{
    Break, Counted, Ended, FaultLine, Figures, Invariant, Script, in_parallel,
};

use crate::chain::{Arrives, Chain, Note, Scene, Way, Write};
use crate::states;

const AS_DEPLOYED: Way = Way {
    name: "as deployed, events after the run",
    arrives: Arrives::AfterTheRun,
    names_roles: true,
    starts_always: false,
    writes_always: false,
};

/// What has to hold. Without its roles the evaluator goes by the state alone, and that is the
/// wanted one only when the run is over.
const WAYS: [Way; 3] = [
    AS_DEPLOYED,
    Way {
        name: "as deployed, events at once",
        arrives: Arrives::AtOnce,
        ..AS_DEPLOYED
    },
    Way {
        name: "own roles unnamed, events after the run",
        names_roles: false,
        ..AS_DEPLOYED
    },
];

const BREAKAGES: [Way; 3] = [
    Way {
        name: "our own calls in the middle of a repair are taken for an attacker's",
        arrives: Arrives::AtOnce,
        names_roles: false,
        ..AS_DEPLOYED
    },
    Way {
        name: "the runbook is started for our own calls, whatever the state",
        starts_always: true,
        ..AS_DEPLOYED
    },
    Way {
        name: "the same, and every run writes",
        starts_always: true,
        writes_always: true,
        ..AS_DEPLOYED
    },
];

/// AWS Config starts the runbook this often after a run that has failed.
const MOST_SCHEDULED: usize = 2;

/// What came of a scenario.
struct Told {
    breaks: Vec<Break>,
    calls: usize,
    notes: Vec<Note>,
    scheduled: usize,
    runs: usize,
}

impl Told {
    fn counted(self, scene: &Scene, way: Way, fault: Option<&FaultLine>) -> Counted {
        let script = Script {
            start: format!("{} ({})", scene.story.name, way.name),
            faults: fault.into_iter().cloned().collect(),
            ..Script::default()
        };
        let ended = Ended {
            breaks: self.breaks,
            calls: u64::try_from(self.calls).unwrap(),
            positions: 0,
        };
        ended.counted(&script)
    }
}

/// Attacks and lets everything come of it that does. After a run that has failed, and where no
/// event tells of the state, AWS Config starts the runbook.
fn play(scene: &Scene, way: Way, fault: Option<&FaultLine>) -> Told {
    let chain = Chain::of(scene, way);
    chain.attack();
    if let Some(fault) = fault {
        chain.sandbox().inject(fault.fault());
    }
    let mut rests = chain.settles();
    let mut runs = chain.runs();
    let mut scheduled = 0;
    while rests && !is_good(&runs) && scheduled < MOST_SCHEDULED {
        scheduled += 1;
        chain.by_schedule();
        rests = chain.settles();
        runs = chain.runs();
    }
    let notes = chain.notes();
    let mut breaks = beyond(&notes, fault.is_some());
    let most = scene.story.attack.calls.len() + scheduled + 1;
    if !rests || runs.len() > most {
        let text = format!("no rest within {most} runs: {notes:?}");
        breaks.push(Break::new(Invariant::I7, text));
    }
    if !is_good(&runs) {
        let text = format!("the runs ended so: {runs:?}");
        breaks.push(Break::new(Invariant::I3, text));
    }
    Told {
        breaks,
        calls: chain.sandbox().calls().len(),
        notes,
        scheduled,
        runs: runs.len(),
    }
}

fn is_good(runs: &[(String, String)]) -> bool {
    runs.last().is_some_and(|(_, ended)| ended == "Success")
}

/// The runs that own events caused.
fn caused(notes: &[Note]) -> Vec<&str> {
    let caused = notes.iter().filter_map(|note| match note {
        Note::Heard {
            is_own: true,
            started,
            ..
        } => started.as_deref(),
        _ => None,
    });
    caused.collect()
}

fn own_events(notes: &[Note]) -> impl Iterator<Item = &String> {
    notes.iter().filter_map(|note| match note {
        Note::Heard {
            is_own: true,
            event,
            ..
        } => Some(event),
        _ => None,
    })
}

/// What the remediator tried to write.
fn writes(notes: &[Note]) -> impl Iterator<Item = &Write> {
    let writes = notes.iter().filter_map(|note| match note {
        Note::Invoked { writes, .. } => Some(writes),
        Note::Heard { .. } => None,
    });
    writes.flatten()
}

/// I7. After a fault the repair can be half done, and a run that is caused then may be the one that
/// is needed: it counts from the first good end.
fn beyond(notes: &[Note], is_struck: bool) -> Vec<Break> {
    let is_good = |note: &Note| match note {
        Note::Invoked { outcome, .. } => {
            ["repaired", "already-healthy"].contains(&outcome.as_str())
        }
        Note::Heard { .. } => false,
    };
    let good = notes.iter().position(is_good).unwrap_or(notes.len());
    let (_, counted) = notes.split_at(if is_struck { good } else { 0 });
    let further = caused(counted);
    let mut breaks = Vec::new();
    if further.len() > 1 {
        let text = format!("own events caused the runs {further:?}: {notes:?}");
        breaks.push(Break::new(Invariant::I7, text));
    }
    let writes = notes.iter().filter(|note| match note {
        Note::Invoked { run, writes, .. } => !writes.is_empty() && further.contains(&run.as_str()),
        Note::Heard { .. } => false,
    });
    breaks.extend(writes.map(|note| {
        let text = format!("a run that own events caused writes: {note:?}");
        Break::new(Invariant::I7, text)
    }));
    breaks
}

/// The faults on a write: refused at first, done without an answer, and the remediator killed.
fn faults((service, operation): &Write) -> [FaultLine; 3] {
    [
        FaultKind::Throttle,
        FaultKind::TimeoutAfter,
        FaultKind::Killed,
    ]
    .map(|kind| FaultLine {
        service: service.clone(),
        operation: operation.clone(),
        when: When::First(1),
        kind,
    })
}

/// The sums of one way.
#[derive(Default)]
struct Sums {
    scenarios: usize,
    runs: usize,
    scheduled: usize,
    /// Own events that were heard, and runs that they caused.
    own: usize,
    further: usize,
    heard: BTreeSet<String>,
}

impl Sums {
    fn add(&mut self, told: &Told) {
        self.scenarios += 1;
        self.runs += told.runs;
        self.scheduled += told.scheduled;
        self.own += own_events(&told.notes).count();
        self.further += caused(&told.notes).len();
        self.heard.extend(own_events(&told.notes).cloned());
    }
}

/// The part of the sweep, and what it has seen so far.
struct Plays {
    scenes: Vec<Scene>,
    /// By way.
    sums: [Mutex<Sums>; WAYS.len()],
    /// What the remediator writes, by scene.
    writes: Vec<Mutex<BTreeSet<Write>>>,
}

impl Plays {
    fn begin() -> Self {
        let scenes: Vec<Scene> = states::stories().into_iter().map(Scene::of).collect();
        Self {
            sums: Default::default(),
            writes: scenes.iter().map(|_| Mutex::default()).collect(),
            scenes,
        }
    }

    fn play(&self, scene: usize, way: usize, fault: Option<&FaultLine>) -> Counted {
        let told = play(&self.scenes[scene], WAYS[way], fault);
        let mut known = self.writes[scene].lock().unwrap();
        known.extend(writes(&told.notes).cloned());
        self.sums[way].lock().unwrap().add(&told);
        told.counted(&self.scenes[scene], WAYS[way], fault)
    }

    fn calm(&self) -> Counted {
        in_parallel(self.scenes.len() * WAYS.len(), |number| {
            self.play(number / WAYS.len(), number % WAYS.len(), None)
        })
    }

    /// Every fault on every write that was seen.
    fn struck(&self) -> Counted {
        let mut all = Vec::new();
        for (scene, writes) in self.writes.iter().enumerate() {
            for fault in writes.lock().unwrap().iter().flat_map(faults) {
                all.extend((0..WAYS.len()).map(|way| (scene, way, fault.clone())));
            }
        }
        in_parallel(all.len(), |number| {
            let (scene, way, fault) = &all[number];
            self.play(*scene, *way, Some(fault))
        })
    }

    fn operations(&self) -> BTreeSet<Write> {
        let all = self.writes.iter();
        all.flat_map(|writes| writes.lock().unwrap().clone())
            .collect()
    }
}

#[test]
fn own_events_cause_one_further_run_at_most_and_it_writes_nothing() {
    let figures = Figures::begin("own events", 0);
    let plays = Plays::begin();
    let mut counted = plays.calm();
    counted.add(plays.struck());
    let operations = plays.operations();
    assert_eq!(
        (plays.scenes.len(), operations.len()),
        (40, 13),
        "{operations:?}"
    );
    for (way, sums) in WAYS.iter().zip(&plays.sums) {
        let sums = sums.lock().unwrap();
        println!(
            "own events, {}: {} scenarios, {} runs, of these {} by schedule; {} own events of {} \
             names, which caused {} runs",
            way.name,
            sums.scenarios,
            sums.runs,
            sums.scheduled,
            sums.own,
            sums.heard.len(),
            sums.further,
        );
        assert!(sums.heard.len() >= 8, "{:?}", sums.heard);
        // who knows its own calls starts nothing for them; who does not goes by the state
        assert_eq!(sums.further == 0, way.names_roles, "{}", way.name);
    }
    figures.close("scenarios", &counted);
}

#[test]
fn every_deliberate_breakage_of_the_chain_is_caught() {
    let plays = Plays::begin();
    for way in BREAKAGES {
        let caught = plays.scenes.iter().enumerate().find_map(|(tried, scene)| {
            let told = play(scene, way, None);
            let mut breaks = told.breaks.iter();
            let is_caught = breaks.any(|one| one.invariant == Invariant::I7);
            is_caught.then_some((tried + 1, scene.story.name, told.runs))
        });
        let (tried, start, runs) = caught.unwrap_or_else(|| panic!("not caught: {}", way.name));
        println!(
            "breakage of the chain: {}: {} after {tried} scenarios: start {start}, {runs} runs",
            way.name,
            Invariant::I7,
        );
    }
}
