//! What the account records, read past the API and without a call.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::seed::{EventSelectors, KeyState, TrailSettings};
use crate::world::World;

/// The trails of the account with what they deliver to, as far as it decides what is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// The trails by ARN.
    pub trails: BTreeMap<String, RecordedTrail>,
    /// The policies of the buckets by name.
    pub buckets: BTreeMap<String, Option<String>>,
    /// The states and policies of the keys by ARN.
    pub keys: BTreeMap<String, (KeyState, String)>,
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
        let keys = services.kms.keys.iter();
        Recorded {
            trails,
            buckets: buckets
                .map(|(name, bucket)| (name.clone(), bucket.policy.clone()))
                .collect(),
            keys: keys
                .map(|(arn, key)| (arn.clone(), (key.state, key.policy.clone())))
                .collect(),
        }
    }
}
