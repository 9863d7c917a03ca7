//! An account with a bucket, and short ways to call it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, TrailSeed, cloudtrail_key_policy};
use trailkeeper_sandbox::{Call, Failure, Sandbox, World};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const HOME: &str = "us-east-1";
pub(crate) const AWAY: &str = "eu-west-1";
pub(crate) const BUCKET: &str = "trail-logs";
pub(crate) const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

pub(crate) fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// Lets CloudTrail write everything for every trail.
pub(crate) fn open_policy(bucket: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
    }]})
    .to_string()
}

pub(crate) fn bucket(name: &str, policy: Option<String>) -> BucketSeed {
    BucketSeed {
        name: name.to_owned(),
        policy,
        ..BucketSeed::default()
    }
}

/// An account with one good bucket and one good key.
pub(crate) fn account() -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_bucket(bucket(BUCKET, Some(open_policy(BUCKET))));
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        aliases: vec!["alias/trails".to_owned()],
        ..KeySeed::default()
    });
    world
}

pub(crate) fn key_arn() -> String {
    format!("arn:aws:kms:{HOME}:{ACCOUNT}:key/{KEY_ID}")
}

pub(crate) fn key(policy: Option<String>) -> KeySeed {
    KeySeed {
        id: KEY_ID.to_owned(),
        policy: policy.or_else(|| Some(cloudtrail_key_policy("aws", ACCOUNT))),
        ..KeySeed::default()
    }
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{name}")
}

/// A healthy multi-Region trail.
pub(crate) fn trail(name: &str) -> TrailSeed {
    TrailSeed::healthy(name, HOME, BUCKET, now())
}

/// A healthy trail of one Region.
pub(crate) fn regional(name: &str, region: &str) -> TrailSeed {
    let mut seed = TrailSeed::healthy(name, region, BUCKET, now());
    seed.settings.is_multi_region_trail = false;
    seed
}

/// The account with the given trails.
pub(crate) fn with(trails: Vec<TrailSeed>) -> Sandbox {
    let mut world = account();
    for trail in trails {
        world.seed_trail(trail);
    }
    Sandbox::new(world)
}

/// One call in `region`.
pub(crate) async fn at(
    sandbox: &Sandbox,
    region: &str,
    operation: &str,
    input: Value,
) -> Result<Value, Failure> {
    let call = Call::new("cloudtrail", operation, region, input);
    if call.is_write() || operation == "LookupEvents" {
        // CloudTrail takes one write a second, and two lookups
        sandbox.advance(SignedDuration::from_secs(1));
    }
    sandbox.call(call).await
}

/// One call in the home Region that must succeed.
pub(crate) async fn good(sandbox: &Sandbox, operation: &str, input: Value) -> Value {
    at(sandbox, HOME, operation, input).await.unwrap()
}

/// One call in `region` that must be refused; its error code.
pub(crate) async fn code_at(
    sandbox: &Sandbox,
    region: &str,
    operation: &str,
    input: Value,
) -> String {
    match at(sandbox, region, operation, input).await {
        Err(Failure::Api(error)) => error.code,
        other => format!("{other:?}"),
    }
}

/// As [`code_at`] in the home Region.
pub(crate) async fn code(sandbox: &Sandbox, operation: &str, input: Value) -> String {
    code_at(sandbox, HOME, operation, input).await
}

/// The trail as DescribeTrails shows it.
pub(crate) async fn described(sandbox: &Sandbox, name: &str) -> Value {
    let input = json!({"trailNameList": [arn(name)]});
    let answer = good(sandbox, "DescribeTrails", input).await;
    answer.pointer("/trailList/0").cloned().unwrap_or_default()
}

/// The trail's status in its home Region.
pub(crate) async fn status(sandbox: &Sandbox, name: &str) -> Value {
    good(sandbox, "GetTrailStatus", json!({"Name": arn(name)})).await
}
