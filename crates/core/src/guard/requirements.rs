//! What the rule `guard` demands.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{AccountId, Region};

/// Where the baseline is, whose bytes have this hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselinePlace<'a> {
    /// The SHA-256 of the document, in hexadecimal digits.
    pub sha256: &'a str,
    /// The bucket.
    pub bucket: &'a str,
}

/// What must be there and at work. Names are those of the rule's own Region and account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// What stands before each name that begins with a dash.
    pub name_prefix: Option<String>,
    /// Rules of AWS Config that must be there.
    pub config_rules: BTreeSet<String>,
    /// Rules that must have a remediation, and whether AWS Config must start it by itself.
    pub remediated_rules: BTreeMap<String, bool>,
    /// Rules of EventBridge that must be enabled and have a target; where functions are named, one
    /// of them, which gets the event as it is.
    pub event_rules: BTreeSet<String>,
    /// Rules of EventBridge that must be enabled and tell the topic: of every changed verdict of
    /// the rules about the trail and the guard, of every failed execution of the runbooks and,
    /// where there are event rules, of calls that can silence the function that they reach.
    pub notification_rules: BTreeSet<String>,
    /// Functions that must be there and may not be throttled to nothing.
    pub functions: BTreeSet<String>,
    /// Functions that AWS Config and, where there are event rules, EventBridge must be let into.
    pub invoked_functions: BTreeSet<String>,
    /// SSM documents that must be there and active.
    pub runbooks: BTreeSet<String>,
    /// Roles that must be there and may be taken on by nobody but the services that run the
    /// functions and the runbooks.
    pub roles: BTreeSet<String>,
    /// What stood behind the names of roles that ended with a dash; they have it now.
    pub role_suffix: Option<String>,
    /// Trails of the rule's Region, besides the one that is judged, that must be logging.
    pub trails: BTreeSet<String>,
    /// The key (id, ARN or alias) that must be usable.
    pub key: Option<String>,
    /// Whether AWS Config must record and deliver.
    pub recorder: bool,
    /// Whether GuardDuty must watch.
    pub guard_duty: bool,
    /// Whether what can be put right without widening anything is.
    pub repair: bool,
    /// The hash of the baseline.
    pub baseline_sha256: Option<String>,
    /// The bucket with the baseline.
    pub baseline_bucket: Option<String>,
    /// The bucket's Region; none: the rule's.
    pub baseline_region: Option<Region>,
    /// The bucket's owner; none: this account.
    pub baseline_owner: Option<AccountId>,
}

impl Default for Requirements {
    /// The defaults of the rule's parameters: nothing but a recorder, without which no rule on
    /// changes is ever asked.
    fn default() -> Self {
        Self {
            name_prefix: None,
            config_rules: BTreeSet::new(),
            remediated_rules: BTreeMap::new(),
            event_rules: BTreeSet::new(),
            notification_rules: BTreeSet::new(),
            functions: BTreeSet::new(),
            invoked_functions: BTreeSet::new(),
            runbooks: BTreeSet::new(),
            roles: BTreeSet::new(),
            role_suffix: None,
            trails: BTreeSet::new(),
            key: None,
            recorder: true,
            guard_duty: false,
            repair: false,
            baseline_sha256: None,
            baseline_bucket: None,
            baseline_region: None,
            baseline_owner: None,
        }
    }
}

impl Requirements {
    /// The baseline, where one is named.
    pub fn baseline(&self) -> Option<BaselinePlace<'_>> {
        Some(BaselinePlace {
            sha256: self.baseline_sha256.as_deref()?,
            bucket: self.baseline_bucket.as_deref()?,
        })
    }
}
