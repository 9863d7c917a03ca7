//! Each move: seen, planned without a write, undone, seen to be undone, and then left alone.

use trailkeeper_core::remediation::RepairResult;
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, When};
use trailkeeper_tests::{Account, Coverage, outcome_of};

use crate::moves::{Move, account, on_the_selectors, on_the_stores, on_the_trail};

async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

/// Policies and selectors may say the same in other words; the evaluator judges those.
fn but_for_texts(mut before: Coverage, after: &Coverage) -> Coverage {
    before.bucket_statements.clear();
    before.key_statements.clear();
    for (arn, one) in &mut before.trails {
        one.selectors = after.trails[arn].selectors.clone();
    }
    before
}

/// The kinds of steps of which the report says one of `words`.
fn steps(result: &RepairResult, words: &[&str]) -> Vec<String> {
    let lines = result.steps.iter();
    let named = lines.filter(|line| words.contains(&line.text.as_str()));
    named.map(|line| line.code.clone()).collect()
}

async fn plan(account: &Account, id: &str) -> RepairResult {
    let planner = account.copy().with("Mode", "Plan");
    planner.sandbox.clear_calls();
    let result = planner.repair().await.unwrap();
    assert_eq!(
        result.outcome.unwrap().as_str(),
        "planned",
        "{id}: {result:?}"
    );
    assert_eq!(planner.writes(), [""; 0], "{id}: a plan writes");
    result
}

async fn run(one: Move) {
    let id = one.id;
    let account = account();
    let baseline = coverage(&account).await;
    assert_eq!(account.findings().await, [""; 0], "{id}: before");
    for (service, operation, input) in one.calls {
        account.act(service, operation, input).await;
    }
    account.pass(one.minutes);
    assert_eq!(account.findings().await, one.codes, "{id}: findings");
    let planned = plan(&account, id).await;

    account.sandbox.clear_calls();
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{id}: {ending:?}");
    assert_eq!(account.writes(), one.writes, "{id}: writes");
    let result = ending.unwrap();
    let done = steps(&result, &["added", "updated"]);
    assert_eq!(done, steps(&planned, &["planned"]), "{id}: done as planned");
    assert_eq!(result.changes, planned.changes, "{id}: changes");
    assert_eq!(result.remaining, [], "{id}");
    let after = coverage(&account).await;
    assert_eq!(
        but_for_texts(baseline, &after).lost_in(&after),
        None,
        "{id}"
    );

    account.sandbox.clear_calls();
    let again = account.repair().await;
    assert_eq!(outcome_of(&again), "already-healthy", "{id}: {again:?}");
    assert_eq!(account.writes(), [""; 0], "{id}: second run");
    account.pass(70);
    assert_eq!(account.findings().await, [""; 0], "{id}: after deliveries");
    let later = account.repair().await.unwrap();
    let unconfirmed = later
        .notes
        .iter()
        .any(|note| note.code == "delivery-not-confirmed");
    assert!(!unconfirmed, "{id}: {later:?}");
}

#[tokio::test]
async fn moves_on_the_trail_are_undone() {
    for one in on_the_trail() {
        run(one).await;
    }
}

#[tokio::test]
async fn moves_on_the_selectors_are_undone() {
    for one in on_the_selectors() {
        run(one).await;
    }
}

#[tokio::test]
async fn moves_on_bucket_and_key_are_undone() {
    for one in on_the_stores() {
        run(one).await;
    }
}

/// Without leave to repair the key, its state is named and left alone.
#[tokio::test]
async fn the_key_is_left_alone_without_leave() {
    for one in on_the_stores()
        .into_iter()
        .filter(|one| !one.id.starts_with("B25"))
    {
        let account = account().with("RepairKey", false);
        for (service, operation, input) in one.calls {
            account.act(service, operation, input).await;
        }
        account.sandbox.clear_calls();
        let failure = account.repair().await.unwrap_err();
        assert_eq!(failure.code, one.codes[0], "{}", one.id);
        assert_eq!(account.writes(), [""; 0], "{}", one.id);
    }
}

/// The gap runs from the stop to the restart, and is in the result.
#[tokio::test]
async fn the_time_without_logging_is_reported() {
    let account = account();
    let input = serde_json::json!({"Name": trailkeeper_tests::trail_arn()});
    account.act("cloudtrail", "StopLogging", input).await;
    let stopped = account.sandbox.now();
    account.pass(30);
    let started = account.sandbox.now();
    let result = account.repair().await.unwrap();
    assert_eq!(result.gap_start, Some(stopped));
    assert_eq!(result.gap_end, Some(started));
}

/// The key could not be read at first. The change that then names it is another one than that
/// which was made before, and need not be waited for as if it only did not show.
#[tokio::test]
async fn another_change_of_the_same_kind_is_made_at_once() {
    let one = on_the_trail().into_iter().find(|one| one.id == "B19");
    let account = account();
    for (service, operation, input) in one.unwrap().calls {
        account.act(service, operation, input).await;
    }
    account.sandbox.clear_calls();
    let error = ApiError::new("CodeOfTomorrowException", "injected");
    let fault = FaultKind::Error(error);
    let fault = Fault::new("kms", "DescribeKey", When::First(1), fault);
    account.sandbox.inject(fault);
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    let calls = account.sandbox.calls();
    let mut updates = calls.iter().filter(|call| call.operation == "UpdateTrail");
    let (first, second) = (updates.next().unwrap().at, updates.next().unwrap().at);
    let between = second.duration_since(first);
    assert!(between.as_secs() < 5, "{between:?}");
}
