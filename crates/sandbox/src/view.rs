//! What the account records, read past the API and without a call.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::seed::{EventSelectors, KeyState, TrailSettings};
use crate::services::s3::Bucket;
use crate::world::World;

/// The trails of the account with what they deliver to, as far as it decides what is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// The trails by ARN.
    pub trails: BTreeMap<String, RecordedTrail>,
    /// The policies of the buckets by name.
    pub buckets: BTreeMap<String, Option<String>>,
    /// The settings of the buckets by name.
    pub settings: BTreeMap<String, RecordedSettings>,
    /// The states and policies of the keys by ARN.
    pub keys: BTreeMap<String, (KeyState, String)>,
}

/// The settings of a bucket that decide who sees the log and how long it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSettings {
    /// Whether versioning is on.
    pub is_versioned: bool,
    /// Whether requesters pay.
    pub requester_pays: bool,
    /// How many of the four parts of the public access block are on.
    pub public_access_blocked: usize,
    /// Who owns what others put.
    pub ownership: Option<String>,
    /// What the access control list grants to others.
    pub grants: Vec<Value>,
    /// The lifecycle rules.
    pub lifecycle: Option<Vec<Value>>,
}

/// One trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedTrail {
    /// Whether it records.
    pub is_logging: bool,
    /// The settings.
    pub settings: TrailSettings,
    /// The event selectors.
    pub selectors: EventSelectors,
    /// The insight selectors in the form of the API model.
    pub insights: Vec<Value>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

impl World {
    /// What the account records now.
    pub fn recorded(&self) -> Recorded {
        let services = &self.services;
        let trails = services.cloudtrail.recorded();
        let buckets = services.s3.buckets.iter();
        let settings = buckets.clone();
        let keys = services.kms.keys.iter();
        Recorded {
            trails,
            buckets: buckets
                .map(|(name, bucket)| (name.clone(), bucket.policy.clone()))
                .collect(),
            settings: settings
                .map(|(name, bucket)| (name.clone(), settings_of(bucket)))
                .collect(),
            keys: keys
                .map(|(arn, key)| (arn.clone(), (key.state, key.policy.clone())))
                .collect(),
        }
    }
}

impl World {
    /// A number that stands for all on which the next answers to a repair can hang: equal worlds have
    /// equal ones. Left out are the services that a repair does not call and that keep accounts of
    /// what happened in which order: the event history, AWS Config, EventBridge, GuardDuty, Lambda
    /// and Systems Manager.
    pub fn fingerprint(&self) -> u64 {
        let mut text = Digest::default();
        let place = (
            &self.account_id,
            &self.partition,
            &self.region,
            &self.enabled_regions,
        );
        let written = write!(
            text,
            "{place:?} {} {:?}",
            self.now,
            self.services.standing()
        );
        written.map_or(0, |()| text.0.finish())
    }
}

/// Takes text in and keeps its hash alone.
#[derive(Default)]
struct Digest(DefaultHasher);

impl std::fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.hash(&mut self.0);
        Ok(())
    }
}

fn settings_of(bucket: &Bucket) -> RecordedSettings {
    let block = bucket.public_access_block.unwrap_or_default();
    let parts = [
        block.block_public_acls,
        block.ignore_public_acls,
        block.block_public_policy,
        block.restrict_public_buckets,
    ];
    RecordedSettings {
        is_versioned: bucket.versioning.as_deref() == Some("Enabled"),
        requester_pays: bucket.requester_pays,
        public_access_blocked: parts.into_iter().filter(|is_on| *is_on).count(),
        ownership: bucket.ownership.clone(),
        grants: bucket.grants.clone(),
        lifecycle: bucket.lifecycle.clone(),
    }
}
