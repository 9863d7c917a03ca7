//! What is attacked.

use std::collections::BTreeMap;

use serde_json::json;

use crate::seed::{BucketSeed, KeySeed};
use crate::world::World;

/// The intruder's own account.
pub const INTRUDER_ACCOUNT: &str = "666666666666";
/// The intruder's bucket.
pub const LOOT: &str = "attackers-bucket";
/// The id of the intruder's key.
const INTRUDER_KEY: &str = "6666abcd-12ab-34cd-56ef-1234567890ab";

/// The id of a key that the intruder has made in the account.
const PLANTED_KEY: &str = "7777abcd-12ab-34cd-56ef-1234567890ab";
/// The alias of the trail's key.
pub(super) const KEY_ALIAS: &str = "alias/audit";

/// The names of what an account has and an intruder goes for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The account.
    pub account: String,
    /// The trail's home Region, where everything else is too.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// Its bucket.
    pub bucket: String,
    /// Its key's id.
    pub key_id: String,
    /// The name of the topic of new log files.
    pub topic: String,
    /// The name of its log group.
    pub log_group: String,
    /// The name of the role that writes to the log group.
    pub log_role: String,
    /// The AWS Config rule about the trail.
    pub rule: String,
    /// The function behind the rules.
    pub evaluator: String,
    /// The function behind the runbook.
    pub remediator: String,
    /// The runbook.
    pub runbook: String,
    /// The EventBridge rule that hands events of the trail to the evaluator.
    pub event_rule: String,
    /// GuardDuty's detector.
    pub detector: String,
}

impl Target {
    /// The names of [`stage`](super::stage)'s account.
    pub fn example() -> Self {
        let text = str::to_owned;
        Self {
            account: text("111122223333"),
            region: text("us-east-1"),
            trail: text("org-audit"),
            bucket: text("amzn-s3-demo-audit"),
            key_id: text("1234abcd-12ab-34cd-56ef-1234567890ab"),
            topic: text("audit"),
            log_group: text("audit"),
            log_role: text("cloudtrail-to-logs"),
            rule: text("cloudtrail-enabled"),
            evaluator: text("trailkeeper-evaluator"),
            remediator: text("trailkeeper-remediator"),
            runbook: text("Trailkeeper-RestoreCloudTrail"),
            event_rule: text("trailkeeper-trail-events"),
            // the sandbox's first id of a detector
            detector: text("12abc34d567e8fa901bc2d34e0000001"),
        }
    }

    /// The EventBridge rule that hands events of EventBridge's own rules to the evaluator.
    pub fn guard_event_rule(&self) -> &'static str {
        "trailkeeper-guard-events"
    }

    /// The AWS Config rule about the guard.
    pub fn guard_rule(&self) -> &'static str {
        "trailkeeper-guard"
    }

    /// The role that Automation takes on for the runbook.
    pub fn automation_role(&self) -> &'static str {
        "trailkeeper-automation"
    }

    /// The product's roles.
    pub fn own_roles(&self) -> [&str; 3] {
        [&self.remediator, &self.evaluator, self.automation_role()]
    }

    /// The evaluator's own variables as they are deployed.
    pub fn evaluator_environment(&self) -> BTreeMap<String, String> {
        let topic = format!(
            "arn:aws:sns:{}:{}:trailkeeper-notifications",
            self.region, self.account
        );
        [
            ("TRAILKEEPER_MODE", "enforce"),
            ("TRAILKEEPER_TOPIC_ARN", &topic),
            ("TRAILKEEPER_CONFIG_RULE", &self.rule),
            ("TRAILKEEPER_GUARD_CONFIG_RULE", self.guard_rule()),
            ("TRAILKEEPER_OWN_ROLES", &self.own_roles().join(",")),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// The trail's ARN.
    pub fn trail_arn(&self) -> String {
        format!(
            "arn:aws:cloudtrail:{}:{}:trail/{}",
            self.region, self.account, self.trail
        )
    }

    /// The key's ARN.
    pub fn key_arn(&self) -> String {
        format!(
            "arn:aws:kms:{}:{}:key/{}",
            self.region, self.account, self.key_id
        )
    }

    /// The topic's ARN.
    pub fn topic_arn(&self) -> String {
        format!(
            "arn:aws:sns:{}:{}:{}",
            self.region, self.account, self.topic
        )
    }

    /// The log group's ARN, as CloudTrail wants it.
    pub fn log_group_arn(&self) -> String {
        format!(
            "arn:aws:logs:{}:{}:log-group:{}:*",
            self.region, self.account, self.log_group
        )
    }

    /// The ARN of the role that writes to the log group.
    pub fn log_role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.log_role)
    }

    /// The intruder's key.
    pub fn intruders_key(&self) -> String {
        format!(
            "arn:aws:kms:{}:{INTRUDER_ACCOUNT}:key/{INTRUDER_KEY}",
            self.region
        )
    }

    /// The key that the intruder has made in the account, since an alias stands for no other's.
    pub(super) fn planted_key(&self) -> String {
        format!(
            "arn:aws:kms:{}:{}:key/{PLANTED_KEY}",
            self.region, self.account
        )
    }

    /// Puts the intruder's bucket and key beside the account, and a further key into it; all let
    /// CloudTrail in.
    pub fn seed_intruder(&self, world: &mut World) {
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:PutObject"],
            "Resource": [format!("arn:aws:s3:::{LOOT}"), format!("arn:aws:s3:::{LOOT}/*")],
        }]});
        world.seed_bucket(BucketSeed {
            name: LOOT.to_owned(),
            owner: Some(INTRUDER_ACCOUNT.to_owned()),
            policy: Some(policy.to_string()),
            ..BucketSeed::default()
        });
        let everyone = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*",
        }]});
        let key = KeySeed {
            region: Some(self.region.clone()),
            policy: Some(everyone.to_string()),
            ..KeySeed::default()
        };
        world.seed_key(KeySeed {
            id: INTRUDER_KEY.to_owned(),
            account: Some(INTRUDER_ACCOUNT.to_owned()),
            ..key.clone()
        });
        world.seed_key(KeySeed {
            id: PLANTED_KEY.to_owned(),
            ..key
        });
    }
}
