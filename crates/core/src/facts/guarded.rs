//! What stands between an intruder and the audit trail: the product's own parts, as AWS shows them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::identity::Arn;

/// A delivery channel of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryChannelFacts {
    /// Its name.
    pub name: String,
    /// The bucket that takes what it delivers.
    pub bucket: String,
}

/// The remediation configuration of a rule of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemediationFacts {
    /// The rule's name.
    pub rule: String,
    /// The SSM document.
    pub document: String,
    /// Its version; none: the default version.
    pub version: Option<String>,
    /// Whether AWS Config starts it by itself.
    pub automatic: bool,
    /// The static values of its parameters.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The name of the parameter that takes the resource's id, where one does.
    pub resource_parameter: Option<String>,
}

/// A resource that AWS Config does not remediate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemediationExceptionFacts {
    /// The resource's type.
    pub resource_type: String,
    /// Its id.
    pub resource_id: String,
    /// Why, by whoever made it.
    pub message: String,
    /// When it ends; none: never.
    pub expires: Option<Timestamp>,
}

/// A rule of EventBridge on the default event bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRuleFacts {
    /// Its name.
    pub name: String,
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub state: String,
    /// Its event pattern's text; none for a schedule.
    pub pattern: Option<String>,
    /// The ARNs of its targets.
    pub targets: Vec<String>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFacts {
    /// Its ARN without version.
    pub arn: Arn,
    /// The SHA-256 of its code, in base64.
    pub code_sha256: String,
    /// The ARN of its role.
    pub role: String,
    /// The variables of its environment. Never shown: they may hold secrets.
    pub environment: BTreeMap<String, String>,
    /// Its reserved concurrency; none: it shares the account's.
    pub reserved_concurrency: Option<u32>,
    /// Its resource policy's text; none where it has none.
    pub policy: Option<String>,
}

/// An SSM document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// Its name.
    pub name: String,
    /// The SHA-256 of the default version's content, in hexadecimal digits.
    pub hash: String,
    /// The default version.
    pub version: String,
    /// `Active` when it can be run.
    pub status: String,
}

/// A run of an Automation document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionFacts {
    /// Its id.
    pub id: String,
    /// `InProgress`, `Success`, `Failed` and so on.
    pub status: String,
    /// When it began.
    pub started: Option<Timestamp>,
    /// The ARN of whoever started it, where that is known.
    pub executed_by: Option<String>,
}

impl ExecutionFacts {
    /// Whether the run has not come to its end.
    pub fn is_running(&self) -> bool {
        ["Pending", "InProgress", "Waiting", "Cancelling"].contains(&self.status.as_str())
    }
}

/// A detector of GuardDuty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectorFacts {
    /// Its id.
    pub id: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// The names of the filters that archive what they match, so that nobody is told.
    pub archiving_filters: Vec<String>,
}
