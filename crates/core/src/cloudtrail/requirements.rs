//! What is wanted of the audit trail, whoever states it: the rule's or the runbook's parameters.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::identity::AccountId;

/// Which management events must be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ManagementEvents {
    /// Reads and writes.
    #[default]
    All,
    /// Reads.
    ReadOnly,
    /// Writes.
    WriteOnly,
    /// None: the trail may leave them out.
    None,
}

/// A kind of CloudTrail Insights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InsightType {
    /// Unusual rates of write management calls.
    ApiCallRate,
    /// Unusual rates of errors.
    ApiErrorRate,
}

impl InsightType {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::ApiCallRate, Self::ApiErrorRate];

    /// The API's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiCallRate => "ApiCallRateInsight",
            Self::ApiErrorRate => "ApiErrorRateInsight",
        }
    }

    /// The kind that the API names `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The wanted trail. An absent text means that whatever is there may stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// The trail's name or ARN; none: any trail may satisfy.
    pub trail: Option<String>,
    /// The bucket that must take the log files.
    pub bucket: Option<String>,
    /// The account that must own the bucket; none: the account that asks.
    pub bucket_owner: Option<AccountId>,
    /// The prefix that must stand before `AWSLogs/`.
    pub key_prefix: Option<String>,
    /// The topic (name or ARN) that must be told of deliveries.
    pub sns_topic: Option<String>,
    /// The log group that must take a copy.
    pub log_group_arn: Option<String>,
    /// The role for that group; only a repair needs it.
    pub log_group_role_arn: Option<String>,
    /// Whether the trail must record in all Regions.
    pub multi_region: bool,
    /// Whether it must record global service events.
    pub global_service_events: bool,
    /// Whether it must write digests.
    pub log_file_validation: bool,
    /// Whether log files must be encrypted with a KMS key.
    pub kms: bool,
    /// The key that must be used: id, ARN or alias.
    pub kms_key_id: Option<String>,
    /// The management events that must be recorded.
    pub management_events: ManagementEvents,
    /// The Insights that must be on.
    pub insights: BTreeSet<InsightType>,
    /// Whether an organization trail is required.
    pub organization_trail: bool,
    /// How old the last log file may be; digests may be 90 minutes older.
    pub max_delivery_age: SignedDuration,
    /// Whether what a member account cannot see counts as not verified.
    pub strict_visibility: bool,
    /// The SHA-256 of the baseline with which the trail is compared.
    pub baseline_sha256: Option<String>,
    /// Whether the newest log files must be there as the digests name them.
    pub check_log_files: bool,
}

impl Default for Requirements {
    /// The defaults of the rule's parameters. Three hours of delivery age: deliveries average
    /// five minutes, and a quiet account's hourly digest is the only thing sure to arrive.
    fn default() -> Self {
        Self {
            trail: None,
            bucket: None,
            bucket_owner: None,
            key_prefix: None,
            sns_topic: None,
            log_group_arn: None,
            log_group_role_arn: None,
            multi_region: true,
            global_service_events: true,
            log_file_validation: true,
            kms: true,
            kms_key_id: None,
            management_events: ManagementEvents::All,
            insights: InsightType::ALL.into(),
            organization_trail: false,
            max_delivery_age: SignedDuration::from_mins(180),
            strict_visibility: false,
            baseline_sha256: None,
            check_log_files: false,
        }
    }
}
