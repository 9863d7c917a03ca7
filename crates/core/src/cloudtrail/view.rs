//! Everything observed of one trail.

use std::collections::BTreeMap;

use crate::baseline::{Baseline, BaselineError};
use crate::digest::LogFileCheck;
use crate::facts::{
    BucketFacts, BucketSettings, EventSelectors, Fact, InsightSelector, KeyFacts, Trail,
    TrailStatus,
};

/// One trail with the facts read of it. `None` means that the fact was not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailView {
    /// The trail as DescribeTrails answers it.
    pub trail: Trail,
    /// GetTrailStatus in the home Region.
    pub status: Option<Fact<TrailStatus>>,
    /// GetEventSelectors.
    pub selectors: Option<Fact<EventSelectors>>,
    /// GetInsightSelectors; empty where Insights is not enabled.
    pub insights: Option<Fact<Vec<InsightSelector>>>,
    /// The bucket and its policy, with the expected owner.
    pub bucket: Option<Fact<BucketFacts>>,
    /// Whether this account owns the bucket; asked only where the bucket's policy was denied.
    pub owns_bucket: Option<Fact<bool>>,
    /// The key that the trail uses.
    pub key: Option<Fact<KeyFacts>>,
    /// The policy of that key.
    pub key_policy: Option<Fact<String>>,
    /// The key that is required, where its name does not already tell that it is the trail's.
    pub wanted_key: Option<Fact<KeyFacts>>,
    /// What is read only where a baseline or the check of log files asks for it.
    pub beside: Beside,
}

/// The facts that only a baseline or the check of log files needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// The baseline, or why it is none.
    pub baseline: Option<Fact<Result<Baseline, BaselineError>>>,
    /// ListTags.
    pub tags: Option<Fact<BTreeMap<String, String>>>,
    /// The settings of the bucket.
    pub settings: BucketSettings,
    /// The newest digests and the log files that they name.
    pub log_files: Option<Fact<LogFileCheck>>,
}

impl TrailView {
    /// A trail of which nothing but its description has been read.
    pub fn described(trail: Trail) -> Self {
        Self {
            trail,
            status: None,
            selectors: None,
            insights: None,
            bucket: None,
            owns_bucket: None,
            key: None,
            key_policy: None,
            wanted_key: None,
            beside: Beside::default(),
        }
    }
}
