//! P8, P15: what a tool says about trails.

use trailkeeper_sandbox::seed::{BucketSeed, EventSelectors, LastDelivery, TrailStatus};
use trailkeeper_sandbox::{Fault, FaultKind, When};
use trailkeeper_tests::{
    Account, BUCKET, HOME, TRAIL, bucket_policy, healthy_trail, healthy_world, now, plain_world,
    trail_arn,
};

use serde_json::json;

#[tokio::test]
async fn p8_an_account_without_a_trail_is_non_compliant() {
    let account = Account::of(plain_world());
    assert_eq!(account.findings().await, ["trail-missing"]);
}

#[tokio::test]
async fn p8_all_selectors_count_and_not_only_the_first() {
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.selectors = EventSelectors::Basic(vec![
        json!({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true}),
        json!({"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}),
    ]);
    let mut world = healthy_world();
    world.seed_trail(trail);
    assert_eq!(Account::of(world).findings().await, [""; 0]);
}

#[tokio::test]
async fn p8_advanced_selectors_are_understood() {
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.selectors = EventSelectors::Advanced(vec![json!({
        "Name": "whatever it is called",
        "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
    })]);
    let mut world = healthy_world();
    world.seed_trail(trail);
    assert_eq!(Account::of(world).findings().await, [""; 0]);
}

#[tokio::test]
async fn p8_an_empty_delivery_error_is_no_error() {
    for (error, codes) in [("", vec![]), ("AccessDenied", vec!["delivery-error"])] {
        let mut trail = healthy_trail(HOME, TRAIL);
        trail.status = TrailStatus {
            delivery: LastDelivery {
                error: Some(error.to_owned()),
                ..TrailStatus::healthy(now()).delivery
            },
            ..TrailStatus::healthy(now())
        };
        let mut world = healthy_world();
        world.seed_trail(trail);
        assert_eq!(Account::of(world).findings().await, codes, "{error:?}");
    }
}

/// One trail that cannot be read does not spoil the verdict on the others, and is not itself
/// called bad for what could not be read.
#[tokio::test]
async fn p15_an_error_about_one_trail_leaves_the_others_alone() {
    for operation in ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"] {
        for kind in [FaultKind::Denied { scp: false }, FaultKind::TimeoutBefore] {
            let mut world = healthy_world();
            let unreadable = world.seed_trail(healthy_trail(HOME, "aaa-unreadable"));
            let own = format!("\"{}\"", trail_arn());
            let both = format!("[{own}, \"{unreadable}\"]");
            world.seed_bucket(BucketSeed {
                name: BUCKET.to_owned(),
                policy: Some(bucket_policy(true).replace(&own, &both)),
                ..BucketSeed::default()
            });
            let mut account = Account::of(world);
            let fault = Fault::new("cloudtrail", operation, When::Always, kind).about(&unreadable);
            account.sandbox.inject(fault);
            let mut any = account.rule_parameters();
            any.remove("trailName");
            assert_eq!(account.findings_with(&any).await, [""; 0], "{operation}");
            account = account.with("CloudTrailName", "aaa-unreadable");
            let codes = account.findings().await;
            assert_eq!(codes, ["could-not-verify"], "{operation}");
        }
    }
}

/// What one trail cannot deliver is not made good by another that could not be read.
#[tokio::test]
async fn p15_a_listing_that_fails_is_no_missing_trail() {
    let account = Account::healthy();
    for operation in ["DescribeTrails", "ListTrails"] {
        let denied = FaultKind::Denied { scp: false };
        let fault = Fault::new("cloudtrail", operation, When::Always, denied);
        account.sandbox.inject(fault);
    }
    assert_eq!(
        account.findings().await,
        ["could-not-verify", "could-not-verify"]
    );
}
