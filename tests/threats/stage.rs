//! The account that is attacked: the sandbox's stage, with statements of others in the bucket's
//! policy, and with more that can be read.

use serde_json::{Value, json};
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::attacks::{Step, Target, stage};
use trailkeeper_sandbox::seed::BucketSeed;
use trailkeeper_tests::{BUCKET, HOME, TRAIL, bucket_policy, healthy_trail};

/// The prefix below which the log is wanted.
pub(crate) const PREFIX: &str = stage::PREFIX;

/// Service, operation and input.
type Made = (&'static str, &'static str, Value);

/// What is attacked.
pub(crate) fn target() -> Target {
    Target::example()
}

/// The account before the attack. The way says which of two things that exclude each other there
/// is.
pub(crate) fn world(way: &str) -> World {
    shared(stage::account(&target(), way), way)
}

/// The account with statements of others in the policy of its bucket.
fn shared(mut world: World, way: &str) -> World {
    world.seed_bucket(BucketSeed {
        policy: Some(bucket_policy(true)),
        ..stage::bucket(&target(), way)
    });
    world
}

/// The log goes below a prefix, in a bucket that takes it below any.
pub(crate) fn with_prefix(way: &str) -> World {
    stage::with_prefix(&target(), way)
}

/// A trail that neither notifies nor copies its events.
pub(crate) fn without_readers(way: &str) -> World {
    let mut world = world(way);
    world.seed_trail(healthy_trail(HOME, TRAIL));
    world
}

/// The management account of an organization, whose trail records all of it.
pub(crate) fn management_account(way: &str) -> World {
    stage::management_account(&target(), way)
}

/// A member account that only the organization's trail records; where others act on it, the
/// management account.
pub(crate) fn member_account(way: &str) -> World {
    let world = stage::member_account(&target(), way);
    if way == "leave" {
        return shared(world, way);
    }
    world
}

fn made(step: Step) -> Made {
    (step.service, step.operation, step.input)
}

/// GuardDuty as it is set up: a detector, lists of what is trusted, an export, and who looks after
/// it.
pub(crate) fn guardduty(way: &str) -> Vec<Made> {
    let mut calls: Vec<Made> = stage::guardduty(&target()).into_iter().map(made).collect();
    // there is one such list at most
    calls.retain(|call| way != "a trusted list" || call.1 != "CreateIPSet");
    calls.retain(|call| way != "a trusted entity list" || call.1 != "CreateTrustedEntitySet");
    calls
}

/// The service-linked role that CloudTrail has in an organization.
pub(crate) fn service_role() -> Made {
    made(stage::service_role())
}

/// Who reads the log, as it is set up: what the sandbox's stage has, and of the bucket its events
/// and access logs.
pub(crate) fn readers() -> Vec<Made> {
    let events = json!({
        "Bucket": BUCKET, "NotificationConfiguration": {"EventBridgeConfiguration": {}},
    });
    let access = json!({"Bucket": BUCKET, "BucketLoggingStatus": {"LoggingEnabled": {
        "TargetBucket": stage::COPIES, "TargetPrefix": "access/",
    }}});
    let mut readers = vec![
        ("s3", "PutBucketNotificationConfiguration", events),
        ("s3", "PutBucketLogging", access),
    ];
    readers.extend(stage::readers(&target()).into_iter().map(made));
    readers
}
