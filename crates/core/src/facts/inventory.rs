//! What AWS Config says of itself: what it records and what its rules found.

use jiff::Timestamp;
use serde_json::Value;

use super::settings::{Settings, settings_in};
use crate::config_rule::{Compliance, RuleParameters};

/// Which resource types a recorder records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceTypeSelection {
    /// All types that AWS Config supports.
    All,
    /// All but these.
    AllBut(Vec<String>),
    /// Only these.
    Only(Vec<String>),
}

impl ResourceTypeSelection {
    /// Whether resources of the type are recorded.
    pub fn holds(&self, resource_type: &str) -> bool {
        let named = |types: &[String]| types.iter().any(|name| name == resource_type);
        match self {
            Self::All => true,
            Self::AllBut(types) => !named(types),
            Self::Only(types) => named(types),
        }
    }
}

/// A configuration recorder: DescribeConfigurationRecorders and its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecorderFacts {
    /// Its name.
    pub name: String,
    /// What it records.
    pub types: ResourceTypeSelection,
    /// Whether it records at this moment.
    pub recording: bool,
    /// The error of its last delivery, where that failed.
    pub last_error: Option<String>,
    /// Its role and how often it records.
    pub settings: Settings,
}

impl RecorderFacts {
    /// The settings in what AWS Config says of a recorder.
    pub fn settings_of(recorder: &Value) -> Settings {
        settings_in(recorder, &["roleARN", "recordingMode"])
    }
}

/// A resource on which a rule's verdict stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EvaluatedResource {
    /// The resource's type.
    pub resource_type: String,
    /// Its id.
    pub resource_id: String,
    /// The verdict.
    pub compliance: Compliance,
    /// The verdict's annotation.
    pub annotation: Option<String>,
    /// The time that the verdict is about.
    pub ordering_timestamp: Option<Timestamp>,
}

/// A rule of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigRuleFacts {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub parameters: RuleParameters,
    /// `Source.SourceIdentifier`: of a custom rule its function's ARN.
    pub source: Option<String>,
    /// `ACTIVE`, `DELETING` and so on.
    pub state: Option<String>,
    /// When it is asked and about which resources.
    pub settings: Settings,
}

impl ConfigRuleFacts {
    /// The settings in what AWS Config says of a rule.
    pub fn settings_of(rule: &Value) -> Settings {
        const NAMES: [&str; 4] = [
            "MaximumExecutionFrequency",
            "Scope",
            "Source.Owner",
            "Source.SourceDetails",
        ];
        settings_in(rule, &NAMES)
    }
}
