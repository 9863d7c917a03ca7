//! Faults, one at a time: every call of a repair fails in every way, once, twice and always. However a run
//! ends, it takes nothing away and does not say more than is so, and the next run comes through.
#![expect(clippy::panic, clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeMap;

use serde_json::json;
use trailkeeper_sandbox::seed::{BucketSeed, EventSelectors, KeySeed, KeyState, TrailStatus};
use trailkeeper_sandbox::{ApiError, CallRecord, Fault, FaultKind, When, World};
use trailkeeper_tests::{
    ACCOUNT, Account, BUCKET, HOME, KEY_ID, TRAIL, bucket_policy, healthy_trail, healthy_world,
    now, outcome_of, plain_world, replay,
};

/// I3: what a run may still need once the faults are over. Of a write that was dropped the service
/// says nothing: it is looked for several times before it is made again.
const CALLS_AFTER: usize = 25;
const CALLS_AFTER_DROPPING: usize = 50;
const SECONDS_AFTER: i64 = 60;

/// Everything that a repair can mend is broken.
fn damaged() -> World {
    let mut world = broken_stores(plain_world());
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.is_multi_region_trail = false;
    trail.settings.log_file_validation_enabled = false;
    trail.settings.kms_key_id = None;
    trail.selectors = EventSelectors::Basic(vec![
        json!({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true}),
    ]);
    trail.insights.clear();
    trail.status = TrailStatus::stopped(now());
    world.seed_trail(trail);
    world
}

/// Neither bucket nor key lets CloudTrail write.
fn broken_stores(mut world: World) -> World {
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(false)),
        ..BucketSeed::default()
    });
    let root_only = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Root", "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "kms:*", "Resource": "*",
    }]});
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        state: KeyState::PendingDeletion,
        policy: Some(root_only.to_string()),
        ..KeySeed::default()
    });
    world
}

/// One flag is off: a single write repairs it.
fn one_flag_off() -> World {
    let mut world = healthy_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.log_file_validation_enabled = false;
    world.seed_trail(trail);
    world
}

fn account(world: World) -> Account {
    Account::of(world).with("RepairKey", true)
}

/// A call of the clean run: the nth of its operation.
struct Target {
    service: String,
    operation: String,
    nth: u32,
}

async fn targets(start: &World) -> Vec<Target> {
    let clean = account(start.clone());
    assert_eq!(outcome_of(&clean.repair().await), "repaired");
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let calls = clean.sandbox.calls();
    let targets = calls.into_iter().map(|call| {
        let nth = seen.entry(call.operation.clone()).or_default();
        *nth += 1;
        Target {
            service: call.service,
            operation: call.operation,
            nth: *nth,
        }
    });
    targets.collect()
}

fn faults(target: &Target, kind: &FaultKind, times: u32) -> Vec<Fault> {
    let Target {
        service,
        operation,
        nth,
    } = target;
    (*nth..*nth + times)
        .map(|nth| Fault::new(service, operation, When::Nth(nth), kind.clone()))
        .collect()
}

/// How many calls came after the last call that a fault struck, and how long they took.
fn after_the_faults(account: &Account, faults: &[Fault], calls: &[CallRecord]) -> (usize, i64) {
    let struck = |fault: &Fault| {
        let When::Nth(nth) = fault.when else {
            return None;
        };
        let mut of_kind = calls.iter().enumerate();
        let mut of_kind = of_kind
            .by_ref()
            .filter(|(_, call)| call.operation == fault.operation);
        of_kind.nth(usize::try_from(nth - 1).unwrap())
    };
    let last = faults
        .iter()
        .filter_map(struck)
        .max_by_key(|(place, _)| *place);
    last.map_or((0, 0), |(place, call)| {
        let took = account.sandbox.now().duration_since(call.at);
        (calls.len() - place - 1, took.as_secs())
    })
}

/// One run with these faults, and the next without.
async fn run(start: &World, faults: &[Fault], must_come_through: bool, name: &str) {
    let account = account(start.clone());
    for fault in faults {
        account.sandbox.inject(fault.clone());
    }
    let begin = account.sandbox.with_world(|world| world.clone());
    let ending = account.repair().await;
    let end = outcome_of(&ending);
    let calls = account.sandbox.calls();
    account.sandbox.clear_faults();
    match &ending {
        Ok(_) => {
            assert_eq!(end, "repaired", "{name}: {ending:?}");
            let look = account.copy().with("Mode", "Plan");
            let truth = look.repair().await;
            assert_eq!(outcome_of(&truth), "already-healthy", "{name}: {truth:?}");
        }
        Err(failure) => {
            assert!(!must_come_through, "{name}: {failure:?}");
            let is_coded = !failure.code.is_empty()
                && failure
                    .code
                    .chars()
                    .all(|one| one.is_ascii_lowercase() || one == '-');
            assert!(is_coded, "{name}: {}", failure.code);
            assert!(!failure.result.remaining.is_empty(), "{name}: {failure:?}");
        }
    }
    if must_come_through {
        let (more, seconds) = after_the_faults(&account, faults, &calls);
        let most = if name.starts_with("Dropped") {
            CALLS_AFTER_DROPPING
        } else {
            CALLS_AFTER
        };
        assert!(more <= most, "{name}: {more} calls");
        assert!(seconds <= SECONDS_AFTER, "{name}: {seconds} seconds");
    }
    replay(&begin, faults, &calls)
        .await
        .unwrap_or_else(|lost| panic!("{name}: {lost}"));
    let next = account.repair().await;
    let came_through = ["repaired", "already-healthy"].contains(&outcome_of(&next).as_str());
    assert!(came_through, "{name}: next run: {next:?}");
    account.pass(70);
    assert_eq!(account.findings().await, [""; 0], "{name}: evaluator");
}

async fn sweep(start: World, kind: FaultKind, must_come_through: bool) {
    for target in targets(&start).await {
        for times in 1..=2 {
            let Target { operation, nth, .. } = &target;
            let name = format!("{kind:?} on {operation} number {nth}, {times} times");
            let faults = faults(&target, &kind, times);
            run(&start, &faults, must_come_through, &name).await;
        }
        if target.nth == 1 {
            let Target {
                service, operation, ..
            } = &target;
            let fault = Fault::new(service, operation, When::Always, kind.clone());
            let name = format!("{kind:?} on {operation}, always");
            run(&start, &[fault], false, &name).await;
        }
    }
}

fn error(code: &str) -> FaultKind {
    FaultKind::Error(ApiError::new(code, "injected"))
}

/// The answer to the one write is lost: the re-read shows that it had its effect, and the report
/// says so.
#[tokio::test]
async fn a_write_whose_answer_is_lost_is_reported_as_done() {
    let account = account(one_flag_off());
    let lost = FaultKind::TimeoutAfter;
    let fault = Fault::new("cloudtrail", "UpdateTrail", When::Always, lost);
    account.sandbox.inject(fault);
    let result = account.repair().await.unwrap();
    assert_eq!(result.outcome.unwrap().as_str(), "repaired");
    let changes: Vec<String> = result.changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        ["log-validation-off: EnableLogFileValidation false -> true"]
    );
    let step = result.steps.iter().find(|line| line.code == "update-trail");
    assert_eq!(step.unwrap().text, "updated");
}

macro_rules! sweeps {
    ($($state:ident { $($name:ident: $kind:expr, $comes_through:expr;)* })*) => {
        $(
            mod $state {
                use super::*;
                $(
                    #[tokio::test]
                    async fn $name() {
                        sweep(super::$state(), $kind, $comes_through).await;
                    }
                )*
            }
        )*
    };
}

fn absent() -> World {
    broken_stores(plain_world())
}

sweeps! {
    damaged {
        throttle: FaultKind::Throttle, true;
        denied: FaultKind::Denied { scp: false }, false;
        timeout_before: FaultKind::TimeoutBefore, true;
        timeout_after: FaultKind::TimeoutAfter, true;
        stale_read: FaultKind::StaleRead, true;
        dropped: FaultKind::Dropped, true;
        internal_failure: error("InternalFailure"), true;
        conflict: error("ConflictException"), true;
    }
    absent {
        throttle: FaultKind::Throttle, true;
        denied: FaultKind::Denied { scp: false }, false;
        timeout_before: FaultKind::TimeoutBefore, true;
        timeout_after: FaultKind::TimeoutAfter, true;
        stale_read: FaultKind::StaleRead, true;
        dropped: FaultKind::Dropped, true;
        internal_failure: error("InternalFailure"), true;
        conflict: error("ConflictException"), true;
    }
    one_flag_off {
        throttle: FaultKind::Throttle, true;
        denied: FaultKind::Denied { scp: false }, false;
        timeout_before: FaultKind::TimeoutBefore, true;
        timeout_after: FaultKind::TimeoutAfter, true;
        stale_read: FaultKind::StaleRead, true;
        dropped: FaultKind::Dropped, true;
        internal_failure: error("InternalFailure"), true;
        conflict: error("ConflictException"), true;
    }
}
