//! The demo's account.

mod instances;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::EVALUATOR;
use crate::account::Sandbox;
use crate::seed::{
    Actor, BucketSeed, EventSeed, KeySeed, LastDelivery, RecorderSeed, RuleSeed, TrailSeed,
    TrailSettings, TrailStatus, cloudtrail_key_policy,
};
use crate::world::World;

pub use instances::DemoInstances;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
const TRAIL: &str = "org-audit";
const BUCKET: &str = "amzn-s3-demo-audit-111122223333";
const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const KEY_ALIAS: &str = "alias/trailkeeper-audit";
const RULE: &str = "cloudtrail-enabled";
const AUDITOR: &str = "444455556666";
/// 2026-03-02T10:00:00Z.
const NOW: i64 = 1_772_445_600;

/// The names of what the demo's account holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoNames {
    /// The account.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// The trail.
    pub trail: String,
    /// Its ARN.
    pub trail_arn: String,
    /// The bucket that takes the trail's log files.
    pub bucket: String,
    /// The ARN of the key with which they are to be encrypted.
    pub key_arn: String,
    /// The key's alias.
    pub key_alias: String,
    /// The Config rule.
    pub rule: String,
    /// The function behind the rule.
    pub function: String,
    /// Its EC2 instances.
    pub instances: DemoInstances,
}

/// An account after an intruder's visit, at 2026-03-02T10:00:00Z: its one trail is stopped, in one
/// Region, without digests, key, Insights and global events, and its bucket no longer lets
/// CloudTrail write but holds two statements of others that must survive a repair. Of its six
/// instances two have no profile, and the role of one may do far too much.
pub fn demo() -> (Sandbox, DemoNames) {
    let now = Timestamp::from_second(NOW).unwrap_or_default();
    let mut world = World::new(ACCOUNT, REGION, now);
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy()),
        ..BucketSeed::default()
    });
    let key_arn = world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        policy: Some(cloudtrail_key_policy("aws", ACCOUNT)),
        aliases: vec![KEY_ALIAS.to_owned()],
        ..KeySeed::default()
    });
    let trail_arn = world.seed_trail(trail(now));
    world.seed_event(stop(now, &trail_arn));
    seed_rule(&mut world, &key_arn);
    let instances = instances::seed(&mut world);
    let names = DemoNames {
        account: ACCOUNT.to_owned(),
        region: REGION.to_owned(),
        trail: TRAIL.to_owned(),
        trail_arn,
        bucket: BUCKET.to_owned(),
        key_arn,
        key_alias: KEY_ALIAS.to_owned(),
        rule: RULE.to_owned(),
        function: EVALUATOR.to_owned(),
        instances,
    };
    (Sandbox::new(world), names)
}

/// The trail: deliveries failed from the change of the bucket policy on, then it was stopped.
fn trail(now: Timestamp) -> TrailSeed {
    let stopped = stopped_at(now);
    let delivered = |minutes| Some(stopped - SignedDuration::from_mins(minutes));
    TrailSeed {
        name: TRAIL.to_owned(),
        home_region: REGION.to_owned(),
        settings: TrailSettings {
            s3_bucket_name: BUCKET.to_owned(),
            ..TrailSettings::default()
        },
        status: TrailStatus {
            delivery: LastDelivery {
                time: delivered(21),
                error: Some("AccessDenied".to_owned()),
            },
            digest: LastDelivery {
                time: delivered(62),
                error: None,
            },
            ..TrailStatus::stopped(stopped)
        },
        ..TrailSeed::default()
    }
}

fn stopped_at(now: Timestamp) -> Timestamp {
    now - SignedDuration::from_secs(168)
}

/// The call that stopped the trail.
fn stop(now: Timestamp, trail_arn: &str) -> EventSeed {
    EventSeed {
        at: stopped_at(now),
        region: REGION.to_owned(),
        event_source: "cloudtrail.amazonaws.com".to_owned(),
        event_name: "StopLogging".to_owned(),
        actor: Some(Actor::iam_user(
            ACCOUNT,
            "mallory",
            "AKIAIOSFODNN7EXAMPLE",
            "203.0.113.24",
        )),
        resource: Some(("AWS::CloudTrail::Trail".to_owned(), trail_arn.to_owned())),
        request_parameters: json!({"name": trail_arn}),
        response_elements: json!(null),
        error: None,
    }
}

fn seed_rule(world: &mut World, key_arn: &str) {
    let parameters = json!({
        "rule": RULE,
        "trailName": TRAIL,
        "s3BucketName": BUCKET,
        "kmsKeyId": key_arn,
    });
    let recorder = RecorderSeed::new(world, REGION);
    world.seed_recorder(recorder);
    world.seed_function(EVALUATOR, None);
    world.seed_rule(RuleSeed {
        input_parameters: Some(parameters.to_string()),
        message_types: vec!["ScheduledNotification".to_owned()],
        ..RuleSeed::new(REGION, RULE, EVALUATOR)
    });
}

/// Two statements of others, in a layout of their own, and none for CloudTrail.
fn bucket_policy() -> String {
    format!(
        r#"{{
    "Version": "2012-10-17",
    "Id": "audit-bucket",
    "Statement": [
        {{
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [ "arn:aws:s3:::{BUCKET}", "arn:aws:s3:::{BUCKET}/*" ],
            "Condition": {{ "Bool": {{ "aws:SecureTransport": "false" }} }}
        }},
        {{
            "Sid": "AuditorsRead",
            "Effect": "Allow",
            "Principal": {{ "AWS": "arn:aws:iam::{AUDITOR}:role/auditor" }},
            "Action": [ "s3:GetObject", "s3:ListBucket" ],
            "Resource": [ "arn:aws:s3:::{BUCKET}", "arn:aws:s3:::{BUCKET}/*" ]
        }}
    ]
}}"#
    )
}
