//! An account with one good trail, bucket and key, and one rule.

use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::{AccountId, Arn, CallError, ErrorClass, Region};
use trailkeeper_sandbox::seed::{
    BucketSeed, KeySeed, ResultTokenSeed, RuleSeed, TrailSeed, cloudtrail_bucket_policy,
};
use trailkeeper_sandbox::{Sandbox, World};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const HOME: &str = "us-east-1";
pub(crate) const AWAY: &str = "eu-west-1";
pub(crate) const BUCKET: &str = "trail-logs";
pub(crate) const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const TOKEN: &str = "token-1";

pub(crate) fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

pub(crate) fn home() -> Region {
    HOME.parse().unwrap()
}

pub(crate) fn away() -> Region {
    AWAY.parse().unwrap()
}

pub(crate) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

pub(crate) fn trail_arn(name: &str) -> Arn {
    format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{name}")
        .parse()
        .unwrap()
}

pub(crate) fn key_arn() -> Arn {
    format!("arn:aws:kms:{HOME}:{ACCOUNT}:key/{KEY_ID}")
        .parse()
        .unwrap()
}

pub(crate) fn world() -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    let arn = trail_arn("main").to_string();
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(cloudtrail_bucket_policy("aws", BUCKET, None, ACCOUNT, &arn)),
        ..BucketSeed::default()
    });
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        aliases: vec!["alias/trails".to_owned()],
        ..KeySeed::default()
    });
    world.seed_trail(TrailSeed::healthy("main", HOME, BUCKET, now()));
    world.seed_rule(RuleSeed {
        result_tokens: vec![ResultTokenSeed {
            token: TOKEN.to_owned(),
            calls: None,
        }],
        ..RuleSeed::new(HOME, "cloudtrail-enabled", "trailkeeper-evaluator")
    });
    world
}

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::new(world())
}

/// Waits until CloudTrail takes another write: one a second.
pub(crate) fn pause(sandbox: &Sandbox) {
    sandbox.advance(SignedDuration::from_secs(1));
}

/// The operation, the code and the class of a call that must have failed.
pub(crate) fn failure<T: std::fmt::Debug>(
    result: Result<T, CallError>,
) -> (String, String, ErrorClass) {
    let error = result.unwrap_err();
    (error.operation.to_string(), error.code, error.class)
}

/// What [`failure`] should bring.
pub(crate) fn expected(
    operation: &str,
    code: &str,
    class: ErrorClass,
) -> (String, String, ErrorClass) {
    (operation.to_owned(), code.to_owned(), class)
}
