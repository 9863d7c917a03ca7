//! Whoever may start the runbook has our role work for him, which no guard rail stops: the
//! confused deputy.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_core::remediation::Destinations;
use trailkeeper_sandbox::seed::{BucketSeed, cloudtrail_bucket_policy};
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, HOME, TRAIL, trail_arn};

use crate::product::{install, remediator};
use crate::run::{Run, run_runbook};
use crate::stage::{target, world};

const THEIRS: &str = "amzn-s3-demo-theirs";

/// The account with a bucket of the intruder's, which CloudTrail may write to, and the runbook.
fn account(is_pinned: bool) -> Account {
    let mut world = world("");
    let policy = cloudtrail_bucket_policy("aws", THEIRS, None, ACCOUNT, &trail_arn());
    world.seed_bucket(BucketSeed {
        name: THEIRS.to_owned(),
        policy: Some(policy),
        ..BucketSeed::default()
    });
    let account = install(world);
    if is_pinned {
        let pinned = remediator(&account, Some(destinations(&account)));
        let name = target().remediator;
        account.sandbox.register_function(&name, Arc::new(pinned));
    }
    account
}

/// The list as the template makes it: of what the remediation names.
fn destinations(account: &Account) -> Destinations {
    let named = [
        "CloudTrailS3BucketName",
        "CloudTrailKmsKeyId",
        "SnsTopicName",
        "CloudWatchLogsLogGroupArn",
        "CloudWatchLogsRoleArn",
    ];
    let texts = named.map(|name| account.payload[name].as_str().unwrap_or_default());
    Destinations::parse(&texts.join(",")).expect("the list is one")
}

async fn trail_of(account: &Account) -> Value {
    let ask = json!({"Name": TRAIL});
    let answer = account.act("cloudtrail", "GetTrail", ask).await;
    answer["Trail"].clone()
}

/// The runbook, started by hand with another bucket.
async fn redirect(account: Account) -> (Run, Value, Value) {
    let before = trail_of(&account).await;
    let account = account.with("CloudTrailS3BucketName", THEIRS);
    let run = run_runbook(&account).await;
    (run, before, trail_of(&account).await)
}

#[tokio::test]
async fn the_runbook_does_not_redirect_the_trail_where_destinations_are_listed() {
    let (run, before, after) = redirect(account(true)).await;
    assert_eq!(run.status, "Failed");
    let failure = &run.failure;
    for part in ["destination-not-allowed", "CloudTrailS3BucketName", THEIRS] {
        assert!(failure.contains(part), "{failure}");
    }
    assert_eq!(run.writes, Vec::<String>::new());
    assert_eq!(after, before);
    assert_eq!(after["S3BucketName"], BUCKET);
    assert_eq!(after["HomeRegion"], HOME);
}

#[tokio::test]
async fn the_listed_destinations_are_repaired() {
    let account = account(true);
    let stop = json!({"Name": TRAIL});
    account.act("cloudtrail", "StopLogging", stop).await;
    let run = run_runbook(&account).await;
    assert_eq!(
        (run.status.as_str(), run.output("outcome")),
        ("Success", "repaired")
    );
}

/// Without the list the payload alone says where to, as before.
#[tokio::test]
async fn without_a_list_the_payload_alone_counts() {
    let (run, _, after) = redirect(account(false)).await;
    assert_eq!(run.status, "Success", "{}", run.failure);
    assert_eq!(after["S3BucketName"], THEIRS);
}
