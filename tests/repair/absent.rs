//! No trail of the name: create it, or take over another one.

use serde_json::Value;
use trailkeeper_core::facts::EventSelectors;
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, When};
use trailkeeper_tests::{
    Account, Coverage, HOME, arn_of, healthy_trail, outcome_of, plain_world, trail_arn,
};

async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

#[tokio::test]
async fn an_absent_trail_is_created_complete() {
    let account = Account::of(plain_world());
    let result = account.repair().await.unwrap();
    assert_eq!(result.outcome.unwrap().as_str(), "repaired");
    let notes: Vec<&str> = result.notes.iter().map(|note| note.code.as_str()).collect();
    let told = ["organization-not-available", "bucket-open-to-others"];
    assert_eq!(notes, told);
    let after = coverage(&account).await;
    let made = &after.trails[&trail_arn()];
    assert!(made.is_logging);
    let flags = [
        made.trail.is_multi_region,
        made.trail.include_global_service_events,
        made.trail.log_file_validation,
    ];
    assert_eq!(flags, [Some(true); 3]);
    assert_eq!(made.trail.is_organization_trail, Some(false));
    let EventSelectors::Basic(selectors) = &made.selectors else {
        panic!("{made:?}");
    };
    assert!(selectors.iter().any(|one| one.include_management_events));
    assert_eq!(made.insights.len(), 2);
    account.pass(70);
    assert_eq!(account.findings().await, [""; 0]);
}

/// A trail by ARN is created where the ARN says, wherever the remediator runs.
#[tokio::test]
async fn an_absent_trail_is_created_in_the_region_of_its_arn() {
    let account = Account::of(plain_world())
        .with("CloudTrailName", trail_arn())
        .run_in("eu-west-1");
    assert_eq!(outcome_of(&account.repair().await), "repaired");
    let arns: Vec<String> = coverage(&account).await.trails.into_keys().collect();
    assert_eq!(arns, [trail_arn()]);
}

fn five_trails() -> Account {
    let mut world = plain_world();
    for number in 1..=5 {
        let mut trail = healthy_trail(HOME, &format!("other-{number}"));
        trail.status.is_logging = number > 2;
        trail.settings.is_multi_region_trail = number != 3;
        trail.settings.log_file_validation_enabled = false;
        world.seed_trail(trail);
    }
    Account::of(world)
}

/// Two stopped, one of one Region; of the others the first by name.
#[tokio::test]
async fn with_the_quota_full_the_best_trail_is_adopted() {
    let account = five_trails().with("AdoptExistingTrail", true);
    let before = coverage(&account).await;
    let result = account.repair().await.unwrap();
    assert_eq!(result.outcome.unwrap().as_str(), "repaired");
    let adopted = arn_of(HOME, "other-4");
    assert_eq!(result.trail_arn.unwrap().to_string(), adopted);
    let after = coverage(&account).await;
    assert_eq!(before.lost_in(&after), None);
    for (arn, one) in &after.trails {
        let validated = one.trail.log_file_validation == Some(true);
        assert_eq!(
            validated,
            *arn == adopted,
            "only the adopted trail is changed"
        );
    }
    account.sandbox.clear_calls();
    assert_eq!(outcome_of(&account.repair().await), "already-healthy");
    assert_eq!(account.writes(), [""; 0]);
}

/// The read that would have shown the best one fails once and comes through later: by then another
/// trail is the run's, and stays the next run's too.
#[tokio::test]
async fn a_run_that_adopts_stays_with_the_trail_that_it_wrote_to() {
    let account = five_trails().with("AdoptExistingTrail", true);
    let error = ApiError::new("TrailNotFoundException", "injected");
    account.sandbox.inject(Fault::new(
        "cloudtrail",
        "GetTrailStatus",
        When::Nth(4),
        FaultKind::Error(error),
    ));
    let ending = account.repair().await;
    let adopted = arn_of(HOME, "other-5");
    let calls = account.sandbox.calls();
    let writes = calls.iter().filter(|call| call.write);
    let named: Vec<&str> = writes
        .flat_map(|call| ["Name", "TrailName"].map(|member| call.input.get(member)))
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert!(!named.is_empty());
    assert!(named.iter().all(|name| *name == adopted), "{named:?}");
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    account.sandbox.clear_calls();
    let again = account.repair().await;
    assert_eq!(outcome_of(&again), "already-healthy");
    assert_eq!(again.unwrap().trail_arn.unwrap().to_string(), adopted);
}

/// Adopting does not take the place of creating where there is nothing to adopt.
#[tokio::test]
async fn with_nothing_to_adopt_the_trail_is_created() {
    let account = Account::of(plain_world()).with("AdoptExistingTrail", true);
    assert_eq!(outcome_of(&account.repair().await), "repaired");
    assert!(coverage(&account).await.trails[&trail_arn()].is_logging);
}
