//! Deliberate breakages of the remediator: the sweep must catch each, and name the invariant.

use std::collections::BTreeSet;
use std::sync::Mutex;

use jiff::Timestamp;
use trailkeeper_core::Caller;
use trailkeeper_core::facts::{BasicSelector, EventSelectors, ReadWriteType};
use trailkeeper_core::remediation::{Outcome, RepairResult};
use trailkeeper_core::repair::{
    Ending, Goal, Limits, Next, PlannedStep, Step, StepKind, View, next,
};
use trailkeeper_sandbox::seed::cloudtrail_bucket_policy;
use trailkeeper_sandbox::{Fault, FaultKind, When};
use trailkeeper_tests::sweep::{Attacks, Heard, Invariant, Schedule, Script, Start, finish, play};
use trailkeeper_tests::{ACCOUNT, AWAY, Account, BUCKET, healthy_trail, plain_world, trail_arn};

use crate::parts::Sweep;

/// A breakage, what of the sweep must catch it, and the invariant that it breaks.
struct Breakage {
    name: &'static str,
    how: &'static str,
    invariant: Invariant,
    driver: fn(&Account) -> Option<Ending>,
}

const BREAKAGES: [Breakage; 10] = [
    Breakage {
        name: "order",
        how: "everything is read before a stopped trail is started",
        invariant: Invariant::A4,
        driver: |account| by(account, surveys_first),
    },
    Breakage {
        name: "order of writes",
        how: "selectors are cleared before the wider ones are put",
        invariant: Invariant::I1,
        driver: clears_first,
    },
    Breakage {
        name: "verification",
        how: "what was answered as done is not read again",
        invariant: Invariant::I4,
        driver: |account| by(account, trusts_answers),
    },
    Breakage {
        name: "merge",
        how: "the bucket's policy is replaced by CloudTrail's statements",
        invariant: Invariant::I5,
        driver: |account| by(account, replaces_policy),
    },
    Breakage {
        name: "pacing",
        how: "no wait is kept",
        invariant: Invariant::I3,
        driver: |account| by(account, waits_for_nothing),
    },
    Breakage {
        name: "adoption",
        how: "the first other trail is taken and not the best",
        invariant: Invariant::I6,
        driver: |account| by(account, adopts_the_first),
    },
    Breakage {
        name: "clean-up",
        how: "a trail that was made anew is not finished",
        invariant: Invariant::I4,
        driver: |account| by(account, leaves_unfinished),
    },
    Breakage {
        name: "paging",
        how: "only the first page of ListTrails is read",
        invariant: Invariant::I3,
        driver: reads_one_page,
    },
    Breakage {
        name: "selectors",
        how: "selectors are replaced and not widened",
        invariant: Invariant::I1,
        driver: |account| by(account, replaces_selectors),
    },
    Breakage {
        name: "idempotence",
        how: "StartLogging is called to be sure",
        invariant: Invariant::I2,
        driver: |account| by(account, starts_to_be_sure),
    },
];

type StepFunction = fn(&Goal, &Caller, &View, Timestamp, &Limits) -> Next;

fn by(account: &Account, step: StepFunction) -> Option<Ending> {
    finish(account.repair_by(step))
}

/// A good end that nothing stands behind.
fn claimed(goal: &Goal) -> Next {
    let result = RepairResult {
        outcome: Some(Outcome::Repaired),
        trail_arn: goal.trail_arn(),
        ..RepairResult::default()
    };
    Next::Done(Box::new(Ok(result)))
}

fn with_step(planned: PlannedStep, step: Step) -> Next {
    Next::Write(Box::new(PlannedStep { step, ..planned }))
}

fn surveys_first(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    let only_plan = Goal {
        plan_only: view.attempts().is_empty(),
        ..goal.clone()
    };
    match next(&only_plan, caller, view, now, limits) {
        Next::Done(_) => next(goal, caller, view, now, limits),
        action => action,
    }
}

fn only_management() -> EventSelectors {
    EventSelectors::Basic(vec![BasicSelector {
        read_write_type: ReadWriteType::All,
        include_management_events: true,
        data_resources: Vec::new(),
        exclude_management_event_sources: Vec::new(),
    }])
}

fn clears_first(account: &Account) -> Option<Ending> {
    let is_cleared = Mutex::new(false);
    finish(account.repair_by(|goal, caller, view, now, limits| {
        match next(goal, caller, view, now, limits) {
            Next::Write(planned) if planned.step.kind() == StepKind::PutEventSelectors => {
                let mut is_cleared = is_cleared.lock().unwrap();
                match &planned.step {
                    Step::PutEventSelectors(arn, _) if !*is_cleared => {
                        *is_cleared = true;
                        let step = Step::PutEventSelectors(arn.clone(), only_management());
                        with_step(*planned, step)
                    }
                    _ => Next::Write(planned),
                }
            }
            action => action,
        }
    }))
}

fn trusts_answers(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    let is_written = view
        .attempts()
        .last()
        .is_some_and(|last| last.result.is_ok());
    match next(goal, caller, view, now, limits) {
        Next::Reread if is_written => claimed(goal),
        action => action,
    }
}

fn replaces_policy(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    match next(goal, caller, view, now, limits) {
        Next::Write(planned) => match planned.step.clone() {
            Step::PutBucketPolicy {
                bucket,
                region,
                owner,
                existed,
                ..
            } => {
                let policy = cloudtrail_bucket_policy("aws", BUCKET, None, ACCOUNT, &trail_arn());
                let step = Step::PutBucketPolicy {
                    bucket,
                    region,
                    owner,
                    policy,
                    existed,
                };
                with_step(*planned, step)
            }
            _ => Next::Write(planned),
        },
        action => action,
    }
}

fn waits_for_nothing(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    match next(goal, caller, view, now, limits) {
        Next::Wait(until) => next(goal, caller, view, until, limits),
        action => action,
    }
}

fn adopts_the_first(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    let mut goal = goal.clone();
    if goal.adopt_existing_trail {
        goal.trail = "other-1".to_owned();
    }
    next(&goal, caller, view, now, limits)
}

fn leaves_unfinished(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    let is_made = |kind, is_ok| kind == StepKind::CreateTrail && is_ok;
    let mut attempts = view.attempts().iter();
    if attempts.any(|attempt| is_made(attempt.kind, attempt.result.is_ok())) {
        return claimed(goal);
    }
    next(goal, caller, view, now, limits)
}

/// What the code would see if it did not ask for the second page.
fn reads_one_page(account: &Account) -> Option<Ending> {
    let cut = FaultKind::Without("NextToken".to_owned());
    let fault = Fault::new("cloudtrail", "ListTrails", When::Always, cut);
    account.sandbox.inject(fault);
    finish(account.repair())
}

fn replaces_selectors(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    match next(goal, caller, view, now, limits) {
        Next::Write(planned) => match planned.step.clone() {
            Step::PutEventSelectors(arn, _) => {
                with_step(*planned, Step::PutEventSelectors(arn, only_management()))
            }
            _ => Next::Write(planned),
        },
        action => action,
    }
}

fn starts_to_be_sure(
    goal: &Goal,
    caller: &Caller,
    view: &View,
    now: Timestamp,
    limits: &Limits,
) -> Next {
    match next(goal, caller, view, now, limits) {
        Next::Done(ending) if view.attempts().is_empty() => {
            let found = ending.as_ref().as_ref().ok();
            match found.and_then(|result| result.trail_arn.clone()) {
                Some(arn) => Next::Write(Box::new(PlannedStep {
                    step: Step::StartLogging(arn),
                    changes: Vec::new(),
                    trail: None,
                })),
                None => Next::Done(ending),
            }
        }
        action => action,
    }
}

/// A trail of another Region behind the first page of the listing.
fn behind_the_first_page() -> Start {
    let mut world = plain_world();
    for (region, name) in [(AWAY, "a"), (AWAY, "b"), (AWAY, "org-audit")] {
        let mut trail = healthy_trail(region, name);
        trail.settings.is_multi_region_trail = false;
        world.seed_trail(trail);
    }
    world.set_list_trails_page(1);
    Start::new("a second page", &Account::of(world))
}

/// A breakage that so many scenarios do not show is not caught.
const MOST: usize = 2_000;

/// Plays the starts without a fault, then with every fault, until the breakage is caught; else
/// tells what else was seen to break.
fn caught_by(
    sweep: &Sweep,
    starts: &[Start],
    breakage: &Breakage,
) -> Result<(Script, usize), BTreeSet<String>> {
    let mut tried = 0;
    let mut others = BTreeSet::new();
    let mut catches = |start: &Start, script: Script| {
        if tried >= MOST {
            return None;
        }
        tried += 1;
        let driver = |account: &Account, _: &Heard<'_>| (breakage.driver)(account);
        let ended = play(start, &script, &Attacks::default(), &driver);
        let told = ended.breaks.iter().map(|one| format!("{script}: {one}"));
        others.extend(told.take(1).filter(|_| tried <= starts.len()));
        let mut breaks = ended.breaks.iter();
        breaks
            .any(|one| one.invariant == breakage.invariant)
            .then_some((script, tried))
    };
    let calm = |start: &Start| Script {
        start: start.name.clone(),
        ..Script::default()
    };
    if let Some(caught) = starts.iter().find_map(|start| catches(start, calm(start))) {
        return Ok(caught);
    }
    let mut points = sweep.points.iter();
    let caught = points.find_map(|point| {
        starts.iter().find_map(|start| {
            let script = Script {
                faults: vec![point.fault(Schedule::Once)],
                ..calm(start)
            };
            catches(start, script)
        })
    });
    caught.ok_or(others)
}

#[test]
fn every_deliberate_breakage_is_caught_and_named() {
    let sweep = Sweep::begin();
    let mut starts = sweep.starts.clone();
    starts.push(behind_the_first_page());
    for breakage in &BREAKAGES {
        let caught = caught_by(&sweep, &starts, breakage);
        let (script, tried) =
            caught.unwrap_or_else(|others| panic!("{} is not caught: {others:#?}", breakage.name));
        println!(
            "breakage {}: {}: {} after {tried} scenarios: {script}",
            breakage.name, breakage.how, breakage.invariant
        );
    }
}
