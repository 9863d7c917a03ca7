//! The bounds of a run: CloudTrail's pace, and the end of its time.

use jiff::SignedDuration;
use serde_json::json;
use trailkeeper_sandbox::seed::{EventSelectors, TrailStatus};
use trailkeeper_tests::{
    Account, HOME, TRAIL, code_of, healthy_trail, healthy_world, now, outcome_of,
};

/// An account whose trail needs four CloudTrail writes.
fn account() -> Account {
    let mut world = healthy_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.log_file_validation_enabled = false;
    let narrow = json!({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true});
    trail.selectors = EventSelectors::Basic(vec![narrow]);
    trail.insights.clear();
    trail.status = TrailStatus::stopped(now());
    world.seed_trail(trail);
    Account::of(world)
}

#[tokio::test]
async fn cloudtrail_writes_are_a_second_apart_and_none_is_throttled() {
    let account = account();
    assert_eq!(outcome_of(&account.repair().await), "repaired");
    let calls = account.sandbox.calls();
    let times: Vec<_> = calls
        .iter()
        .filter(|call| call.write && call.service == "cloudtrail")
        .inspect(|call| assert_eq!(call.outcome, "ok", "{call:?}"))
        .map(|call| call.at)
        .collect();
    assert_eq!(times.len(), 4);
    for pair in times.windows(2) {
        assert!(
            pair[1].duration_since(pair[0]) >= SignedDuration::from_secs(1),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn no_call_is_started_that_could_not_end_before_the_deadline() {
    let call_time = SignedDuration::from_secs(10);
    let mut ends = Vec::new();
    for seconds in 0..30 {
        let account = account();
        let deadline = account.sandbox.now() + SignedDuration::from_secs(seconds);
        let ending = account.repair_until(deadline).await;
        for call in account.sandbox.calls() {
            assert!(call.at + call_time <= deadline, "{seconds} s: {call:?}");
        }
        if ending.is_err() {
            assert_eq!(code_of(&ending), "deadline", "{seconds} s");
            // whatever was reached, the next run goes on from there
            assert_eq!(
                outcome_of(&account.repair().await),
                "repaired",
                "{seconds} s"
            );
        }
        ends.push(outcome_of(&ending));
    }
    assert_eq!(ends.first().map(String::as_str), Some("failed:deadline"));
    assert_eq!(ends.last().map(String::as_str), Some("repaired"));
}
