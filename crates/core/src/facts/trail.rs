//! A trail as the CloudTrail API describes it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{AccountId, Arn, Region};

/// A trail as DescribeTrails answers it. An absent flag is unknown, not false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The trail's ARN: home Region, owning account and name. All later calls go by it.
    pub arn: Arn,
    /// The trail's name.
    pub name: String,
    /// The Region in which the trail was created and can be changed.
    pub home_region: Region,
    /// The bucket that takes the log files.
    pub bucket: String,
    /// The prefix before `AWSLogs/` in the bucket.
    pub key_prefix: Option<String>,
    /// The topic that is told of each delivered file.
    pub sns_topic_arn: Option<String>,
    /// Whether events of global services are recorded.
    pub include_global_service_events: Option<bool>,
    /// Whether the trail records in all Regions.
    pub is_multi_region: Option<bool>,
    /// Whether digest files are written.
    pub log_file_validation: Option<bool>,
    /// Whether the trail records for the whole organization.
    pub is_organization_trail: Option<bool>,
    /// The ARN of the key that encrypts the log files.
    pub kms_key_id: Option<String>,
    /// The CloudWatch Logs group that takes a copy of the events.
    pub log_group_arn: Option<String>,
    /// The role with which CloudTrail writes to that group.
    pub log_group_role_arn: Option<String>,
}

impl Trail {
    /// Whether the trail belongs to `account` and so can be changed by it.
    pub fn is_owned_by(&self, account: &AccountId) -> bool {
        self.arn.is_owned_by(account)
    }
}

/// A line of ListTrails: every trail of the account in any Region, organization trails included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTrail {
    /// The trail's ARN.
    pub arn: Arn,
    /// Its home Region.
    pub home_region: Region,
}

/// What GetTrailStatus says. Empty error texts are taken as no error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailStatus {
    /// Whether the trail records now; absent means unknown.
    pub is_logging: Option<bool>,
    /// The S3 error of the last failed delivery; stays until a delivery succeeds.
    pub delivery_error: Option<String>,
    /// When the last log file was delivered.
    pub delivery_time: Option<Timestamp>,
    /// The S3 error of the last failed digest.
    pub digest_error: Option<String>,
    /// When the last digest was delivered.
    pub digest_time: Option<Timestamp>,
    /// The SNS error of the last failed notification.
    pub notification_error: Option<String>,
    /// The last error of delivery to CloudWatch Logs.
    pub cloudwatch_error: Option<String>,
    /// When events were last delivered to CloudWatch Logs.
    pub cloudwatch_time: Option<Timestamp>,
    /// When logging was last started.
    pub start_logging_time: Option<Timestamp>,
    /// When logging was last stopped.
    pub stop_logging_time: Option<Timestamp>,
}

/// Which events a basic selector takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReadWriteType {
    /// Read and write events.
    All,
    /// Read events only.
    ReadOnly,
    /// Write events only.
    WriteOnly,
}

impl ReadWriteType {
    /// The name that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::ReadOnly => "ReadOnly",
            Self::WriteOnly => "WriteOnly",
        }
    }
}

/// The data events of a basic selector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataResource {
    /// The resource type: `AWS::S3::Object`.
    #[serde(rename = "Type")]
    pub resource_type: String,
    /// ARNs or ARN prefixes.
    pub values: Vec<String>,
}

/// A basic event selector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BasicSelector {
    /// Reads, writes or both.
    pub read_write_type: ReadWriteType,
    /// Whether management events are taken.
    pub include_management_events: bool,
    /// Data events taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_resources: Vec<DataResource>,
    /// Event sources whose management events are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude_management_event_sources: Vec<String>,
}

/// One condition of an advanced selector; the values of one operator are alternatives, the
/// operators and the fields must all hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FieldSelector {
    /// The event record's field: `eventCategory`, `readOnly`, `resources.type`.
    pub field: String,
    /// Exactly one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    /// None of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    /// Begins with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    /// Begins with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    /// Ends with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    /// Ends with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

/// An advanced event selector.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdvancedSelector {
    /// A free-text name without meaning to CloudTrail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The conditions, all of which must hold.
    pub field_selectors: Vec<FieldSelector>,
}

/// The event selectors of a trail: basic and advanced exclude each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventSelectors {
    /// Basic selectors.
    #[serde(rename = "EventSelectors")]
    Basic(Vec<BasicSelector>),
    /// Advanced selectors.
    #[serde(rename = "AdvancedEventSelectors")]
    Advanced(Vec<AdvancedSelector>),
}

/// One kind of CloudTrail Insights that is switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InsightSelector {
    /// `ApiCallRateInsight` or `ApiErrorRateInsight`.
    pub insight_type: String,
    /// The event categories watched; empty means the default, `Management`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_categories: Vec<String>,
}
