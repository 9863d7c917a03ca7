//! The parts of the sweep.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Instant;

use trailkeeper_core::operation;
use trailkeeper_core::repair::Ending;
use trailkeeper_tests::Account;
use trailkeeper_tests::sweep::{
    Attack, Attacks, Counted, Ended, Heard, Memory, Model, Operation, Orders, Point, Random,
    Schedule, Script, Start, Visited, evaluate_under, finish, in_parallel, operations_of,
    places_in, play, points, shrink, take_turns,
};

use crate::orders::every_order;
use crate::states;

const SEED: u64 = 20_260_302;
const PAIRS: usize = 10_000;
/// From starts that are more than the design asks for one fault in so many is played,
const FAULTS_OF_OTHERS: usize = 2;
/// and one attack in so many, so that the whole ends in two minutes on two cores.
const ATTACKS_OF_OTHERS: usize = 4;

/// The starts that the design asks for: B01 to B17, one form of each, the healthy account, the
/// absent trail, and that with the quota full.
const ASKED_FOR: [&str; 20] = [
    "B01",
    "B02",
    "B03",
    "B04",
    "B05",
    "B06 none",
    "B07",
    "B08",
    "B09",
    "B10",
    "B11",
    "B12 data",
    "B13 KMS",
    "B14",
    "B15 data",
    "B16 baseline",
    "B17 off",
    "healthy",
    "absent",
    "absent, quota full",
];

/// What the parts share.
pub(crate) struct Sweep {
    seed: u64,
    began: Instant,
    /// A quick look plays one scenario in so many.
    one_in: usize,
    /// Whether long runs too are interrupted as often as can be.
    all_orders: bool,
    pub(crate) starts: Vec<Start>,
    attacks: Attacks,
    pub(crate) points: Vec<Point>,
    total: Mutex<BTreeMap<&'static str, Counted>>,
    memory: Memory,
}

/// The product as it is.
fn repair(account: &Account, _: &Heard<'_>) -> Option<Ending> {
    finish(account.repair())
}

fn from_environment<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let given = std::env::var(name).ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

impl Sweep {
    pub(crate) fn begin() -> Self {
        let starts = states::starts();
        let is_there = |name: &str| starts.iter().any(|start| start.name == name);
        assert!(
            ASKED_FOR.into_iter().all(is_there),
            "a start has another name"
        );
        let mut places = BTreeSet::new();
        let mut operations = BTreeSet::new();
        for start in &starts {
            places.extend(places_in(start));
            operations.extend(operations_of(&start.clean.calls).into_keys());
        }
        Self {
            seed: from_environment("TRAILKEEPER_SWEEP_SEED", SEED),
            began: Instant::now(),
            one_in: from_environment("TRAILKEEPER_SWEEP_ONE_IN", 1).max(1),
            all_orders: from_environment("TRAILKEEPER_SWEEP_ORDERS", String::new()) == "all",
            points: points(&Model::load(), &operations, &places),
            attacks: Attacks::of(states::attacks()),
            starts,
            total: Mutex::default(),
            memory: Memory::default(),
        }
    }

    fn play(&self, start: &Start, script: &Script) -> Counted {
        let driver = |account: &Account, heard: &Heard<'_>| self.memory.repair(account, heard);
        self.ended(script, |script| play(start, script, &self.attacks, &driver))
    }

    /// The scenario as counted; where it breaks something, its script is made as short as it can
    /// be.
    fn ended(&self, script: &Script, play: impl Fn(&Script) -> Ended) -> Counted {
        let ended = play(script);
        if ended.breaks.is_empty() {
            return ended.counted(script);
        }
        let least = shrink(script, |fewer| !play(fewer).breaks.is_empty());
        let counted = play(&least).counted(&least);
        for broken in &counted.broken {
            println!("{broken}");
        }
        counted
    }

    fn told(&self, part: &'static str, began: Instant, counted: Counted) {
        println!(
            "sweep: {} {part}, {} left out as the same as another, {} by sampling, {} calls, {} invariant breaks, {:.1} s",
            counted.runs,
            counted.needless,
            counted.unsampled,
            counted.calls,
            counted.broken.len(),
            began.elapsed().as_secs_f64(),
        );
        self.total.lock().unwrap().insert(part, counted);
    }

    /// Every fault point, once, twice, always, and at every later call of its operation.
    pub(crate) fn faults(&self) {
        let began = Instant::now();
        let clean: Vec<BTreeMap<Operation, usize>> = self
            .starts
            .iter()
            .map(|start| operations_of(&start.clean.calls))
            .collect();
        let count = self.points.len() * self.starts.len();
        let counted = in_parallel(count, |number| {
            let which = number % self.starts.len();
            let point = &self.points[number / self.starts.len()];
            let times = clean[which].get(&point.operation).copied().unwrap_or(0);
            self.fault_point(&self.starts[which], point, times)
        });
        self.told("fault runs", began, counted);
    }

    /// Whether a scenario is played: all of them from the starts that the design asks for, one in
    /// `of_others` from those that are more than that, by the seed; fewer in a quick look.
    fn is_in_sample(&self, script: &Script, of_others: usize) -> bool {
        let one_in = match ASKED_FOR.contains(&script.start.as_str()) {
            true => self.one_in,
            false => self.one_in * of_others,
        };
        let text = script.to_string();
        let letters = text.bytes().map(u64::from).enumerate();
        let mixed = letters.fold(0_u64, |sum, (place, letter)| {
            let place = u64::try_from(place).unwrap();
            sum.wrapping_add(letter.wrapping_mul(place * place + 7))
        });
        Random::new(self.seed, mixed).below(one_in) == 0
    }

    fn fault_point(&self, start: &Start, point: &Point, times: usize) -> Counted {
        let mut sum = Counted::default();
        if times == 0 {
            // until its fault strikes a run is the clean run, which never calls the operation
            sum.needless = 3;
            return sum;
        }
        let later = (2..=times).map(|nth| Schedule::Later(u32::try_from(nth).unwrap()));
        for schedule in Schedule::ALL.into_iter().chain(later) {
            let script = Script {
                start: start.name.clone(),
                faults: vec![point.fault(schedule)],
                ..Script::default()
            };
            if self.is_in_sample(&script, FAULTS_OF_OTHERS) {
                sum.add(self.play(start, &script));
            } else {
                sum.unsampled += 1;
            }
        }
        sum
    }

    /// The evaluator under every fault point of what it calls.
    pub(crate) fn evaluator(&self) {
        let began = Instant::now();
        let counted = in_parallel(self.starts.len(), |number| {
            self.evaluate(&self.starts[number])
        });
        self.told("evaluations", began, counted);
    }

    fn evaluate(&self, start: &Start) -> Counted {
        let account = start.account.copy();
        let findings = finish(account.findings()).unwrap();
        let called = operations_of(&account.sandbox.calls());
        let mut sum = Counted::default();
        for point in &self.points {
            if !called.contains_key(&point.operation) {
                sum.needless += 3;
                continue;
            }
            for schedule in Schedule::ALL {
                let script = Script {
                    start: start.name.clone(),
                    faults: vec![point.fault(schedule)],
                    ..Script::default()
                };
                let is_compliant = findings.is_empty();
                if !self.is_in_sample(&script, 1) {
                    sum.unsampled += 1;
                    continue;
                }
                sum.add(self.ended(&script, |script| {
                    evaluate_under(start, script, is_compliant)
                }));
            }
        }
        sum
    }

    /// Two remediators in every order.
    pub(crate) fn interleavings(&self) {
        let began = Instant::now();
        let mut starts: Vec<&Start> = self.starts.iter().collect();
        // the longest first, so that no core is left with one at the end
        starts.sort_by_key(|start| std::cmp::Reverse(start.clean.calls.len()));
        let counted = in_parallel(starts.len(), |number| {
            if self.one_in > 1 && number % self.one_in.min(4) != 3 {
                return Counted::default();
            }
            every_order(starts[number], &self.memory, self.all_orders)
        });
        self.told("interleavings", began, counted);
    }

    /// One move of the attacker before every call.
    pub(crate) fn attackers(&self) {
        let began = Instant::now();
        let count = self.starts.len() * self.attacks.list().len();
        let counted = in_parallel(count, |number| {
            let start = &self.starts[number % self.starts.len()];
            self.attack_everywhere(start, &self.attacks.list()[number / self.starts.len()])
        });
        self.told("attacker moves", began, counted);
    }

    fn attack_everywhere(&self, start: &Start, attack: &Attack) -> Counted {
        let mut sum = Counted::default();
        for position in 0..=start.clean.calls.len() {
            let script = Script {
                start: start.name.clone(),
                attack: Some((position, attack.name.clone())),
                ..Script::default()
            };
            if self.is_in_sample(&script, ATTACKS_OF_OTHERS) {
                sum.add(self.play(start, &script));
            } else {
                sum.unsampled += 1;
            }
        }
        sum
    }

    /// Two faults at a time.
    pub(crate) fn pairs(&self) {
        let began = Instant::now();
        let count = from_environment("TRAILKEEPER_SWEEP_PAIRS", PAIRS);
        let counted = in_parallel(count, |number| {
            let mut random = Random::new(self.seed, u64::try_from(number).unwrap());
            let start = &self.starts[random.below(self.starts.len())];
            let called = operations_of(&start.clean.calls);
            let own: Vec<&Point> = self
                .points
                .iter()
                .filter(|point| called.contains_key(&point.operation))
                .collect();
            let mut fault = || {
                let point = own[random.below(own.len())];
                point.fault(Schedule::ALL[random.below(Schedule::ALL.len())])
            };
            let script = Script {
                start: start.name.clone(),
                faults: vec![fault(), fault()],
                ..Script::default()
            };
            self.play(start, &script)
        });
        self.told("pairs of faults", began, counted);
    }

    /// The closing figures.
    pub(crate) fn close(&self) {
        let total = self.total.lock().unwrap();
        let mut sum = Counted::default();
        for counted in total.values() {
            sum.add(counted.clone());
        }
        let parts: Vec<String> = total
            .iter()
            .map(|(part, counted)| format!("{} {part}", counted.runs))
            .collect();
        println!(
            "sweep: {} fault points of {} operations (of {} that the product names), {} start states",
            self.points.len(),
            self.points
                .iter()
                .map(|point| &point.operation)
                .collect::<BTreeSet<_>>()
                .len(),
            operation::ALL.len(),
            self.starts.len(),
        );
        println!(
            "sweep closed: {}; {} runs in all, {} left out as the same, {} by sampling, {} calls, {} invariant breaks, {:.1} s, seed {}",
            parts.join(", "),
            sum.runs,
            sum.needless,
            sum.unsampled,
            sum.calls,
            sum.broken.len(),
            self.began.elapsed().as_secs_f64(),
            self.seed,
        );
        assert!(
            sum.broken.is_empty(),
            "{} invariants were broken",
            sum.broken.len()
        );
    }
}

/// Runs one scenario and tells what it breaks.
pub(crate) fn replay(text: &str) {
    let script: Script = text.parse().unwrap_or_else(|error| panic!("{error}"));
    let starts = states::starts();
    let start = starts.iter().find(|start| start.name == script.start);
    let start = start.unwrap_or_else(|| panic!("no start {}", script.start));
    let breaks = match &script.turns {
        Some(turns) => {
            take_turns(
                start,
                turns,
                Orders::default(),
                &Memory::default(),
                &mut Visited::default(),
            )
            .breaks
        }
        None => play(start, &script, &Attacks::of(states::attacks()), &repair).breaks,
    };
    for one in &breaks {
        println!("{one}");
    }
    assert!(breaks.is_empty(), "{} invariants are broken", breaks.len());
    println!("holds: {script}");
}
