//! The account from which tests start: one trail, its bucket, its key.

use jiff::Timestamp;
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, TrailSeed, cloudtrail_bucket_policy};

/// The account.
pub const ACCOUNT: &str = "111122223333";
/// The Region of the rule, the runbook, the trail, the bucket and the key.
pub const HOME: &str = "us-east-1";
/// Another Region of the account.
pub const AWAY: &str = "eu-west-1";
/// The trail.
pub const TRAIL: &str = "org-audit";
/// The bucket for its log files.
pub const BUCKET: &str = "amzn-s3-demo-audit";
/// The id of the key that encrypts them.
pub const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
/// The Config rule.
pub const RULE: &str = "cloudtrail-enabled";

/// Two statements of others as they stand in the bucket's policy, byte for byte: odd layout, odd
/// order of members, an escaped character.
pub const FOREIGN_STATEMENTS: [&str; 2] = [
    r#"{ "Effect":"Deny","Sid"  :  "TlsOnly",
          "Principal":"*", "Action":"s3:*",
          "Condition":{"Bool":{"aws:SecureTransport":"false"}},
        "Resource":["arn:aws:s3:::amzn-s3-demo-audit","arn:aws:s3:::amzn-s3-demo-audit/*"]}"#,
    r#"{"Sid":"Audit\u006frsRead","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/auditor"},"Action":["s3:GetObject"],"Resource":"arn:aws:s3:::amzn-s3-demo-audit/*"}"#,
];

/// When tests begin.
pub fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// The ARN of a trail of the account, at home in `region`.
pub fn arn_of(region: &str, name: &str) -> String {
    format!("arn:aws:cloudtrail:{region}:{ACCOUNT}:trail/{name}")
}

/// The trail's ARN.
pub fn trail_arn() -> String {
    arn_of(HOME, TRAIL)
}

/// The key's ARN.
pub fn key_arn() -> String {
    format!("arn:aws:kms:{HOME}:{ACCOUNT}:key/{KEY_ID}")
}

/// The bucket's policy: what CloudTrail needs for the trail, where `grants` says so, and the two
/// statements of others.
pub fn bucket_policy(grants: bool) -> String {
    let foreign = FOREIGN_STATEMENTS.join(",\n");
    if !grants {
        return format!("{{\"Version\":\"2012-10-17\",\n \"Statement\":[{foreign}]}}");
    }
    let documented = cloudtrail_bucket_policy("aws", BUCKET, None, ACCOUNT, &trail_arn());
    documented.replacen(
        "\"Statement\": [",
        &format!("\"Statement\": [{foreign},"),
        1,
    )
}

/// A healthy trail `name` at home in `region`, encrypted with the key.
pub fn healthy_trail(region: &str, name: &str) -> TrailSeed {
    let mut seed = TrailSeed::healthy(name, region, BUCKET, now());
    seed.settings.kms_key_id = Some(key_arn());
    seed
}

/// The account with bucket and key and without any trail.
pub fn plain_world() -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(true)),
        ..BucketSeed::default()
    });
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        aliases: vec!["alias/audit".to_owned()],
        ..KeySeed::default()
    });
    world
}

/// The account with its healthy trail.
pub fn healthy_world() -> World {
    let mut world = plain_world();
    world.seed_trail(healthy_trail(HOME, TRAIL));
    world
}
