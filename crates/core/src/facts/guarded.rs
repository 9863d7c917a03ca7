//! What stands between an intruder and the audit trail: the product's own parts, as AWS shows them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::settings::{Settings, settings_in};
use crate::identity::Arn;

/// A delivery channel of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryChannelFacts {
    /// Its name.
    pub name: String,
    /// The bucket that takes what it delivers.
    pub bucket: String,
    /// Prefix, key and topic, and how often a snapshot is delivered.
    pub settings: Settings,
}

impl DeliveryChannelFacts {
    /// The settings in what AWS Config says of a delivery channel.
    pub fn settings_of(channel: &Value) -> Settings {
        const NAMES: [&str; 4] = [
            "s3KeyPrefix",
            "s3KmsKeyArn",
            "snsTopicARN",
            "configSnapshotDeliveryProperties.deliveryFrequency",
        ];
        settings_in(channel, &NAMES)
    }
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
    /// How often AWS Config tries, within what time, and on how many resources at a time.
    pub settings: Settings,
}

impl RemediationFacts {
    /// The settings in what AWS Config says of a remediation configuration.
    pub fn settings_of(remediation: &Value) -> Settings {
        const NAMES: [&str; 4] = [
            "MaximumAutomaticAttempts",
            "RetryAttemptSeconds",
            "ExecutionControls.SsmControls.ConcurrentExecutionRatePercentage",
            "ExecutionControls.SsmControls.ErrorPercentage",
        ];
        settings_in(remediation, &NAMES)
    }
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
    /// Its targets.
    pub targets: Vec<EventTargetFacts>,
}

/// A target of a rule of EventBridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTargetFacts {
    /// Its id, which no other target of the rule has.
    pub id: String,
    /// The ARN of what receives the events.
    pub arn: String,
    /// All else that was said of it: what is sent in the event's place, with which role, how often.
    pub settings: Settings,
}

impl EventTargetFacts {
    /// The target as ListTargetsByRule shows it; none where it lacks its id or ARN.
    pub fn of_answer(target: &Value) -> Option<Self> {
        let text = |name: &str| Some(target.get(name)?.as_str()?.to_owned());
        let names = target.as_object()?.keys().map(String::as_str);
        let names: Vec<&str> = names.filter(|name| !["Id", "Arn"].contains(name)).collect();
        Some(Self {
            id: text("Id")?,
            arn: text("Arn").filter(|arn| !arn.is_empty())?,
            settings: settings_in(target, &names),
        })
    }

    /// Whether it gets something else than the event.
    pub fn is_reworded(&self) -> bool {
        let members = ["Input", "InputPath", "InputTransformer"];
        members.iter().any(|name| self.settings.contains_key(*name))
    }
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
    /// What else decides what it runs, where and for how long: layers, handler, network, time.
    pub settings: Settings,
}

impl FunctionFacts {
    /// The settings in what GetFunctionConfiguration answers. A layer is its version's ARN, which
    /// never gets another content; the layers' order decides which file is used.
    pub fn settings_of(configuration: &Value) -> Settings {
        const NAMES: [&str; 12] = [
            "Architectures",
            "DeadLetterConfig",
            "FileSystemConfigs",
            "Handler",
            "ImageConfigResponse",
            "KMSKeyArn",
            "LoggingConfig",
            "MemorySize",
            "PackageType",
            "Runtime",
            "Timeout",
            "VpcConfig",
        ];
        let mut settings = settings_in(configuration, &NAMES);
        let layers = configuration.get("Layers").and_then(Value::as_array);
        let layers = layers.into_iter().flatten();
        let layers: Vec<&str> = layers
            .map(|layer| layer.get("Arn").and_then(Value::as_str).unwrap_or("?"))
            .collect();
        if !layers.is_empty() {
            settings.insert("Layers".to_owned(), layers.join(","));
        }
        settings
    }
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

/// What a run of an Automation document is and did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExecutionRecord {
    /// The document's name.
    pub document: String,
    /// The document's version.
    pub version: Option<String>,
    /// What it was started with: names and values.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The ARN of whoever started it, where that is known.
    pub executed_by: Option<String>,
    /// The outputs of each of its steps, in their order: names and values.
    pub outputs: Vec<BTreeMap<String, Vec<String>>>,
}

/// The runs of a document that were listed, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Executions {
    /// The runs.
    pub runs: Vec<ExecutionFacts>,
    /// Whether there may be more that were not listed.
    pub is_cut: bool,
}

/// A detector of GuardDuty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectorFacts {
    /// Its id.
    pub id: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// The names of the filters that archive the finding about a stopped trail, so that nobody is
    /// told.
    pub archiving_filters: Vec<String>,
}
