//! A run as GetAutomationExecution shows it; member names and their order are the API's.

mod printed;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutomationExecution {
    /// The run's id.
    pub automation_execution_id: String,
    /// The document's name.
    pub document_name: String,
    /// The document's version.
    pub document_version: String,
    /// When the run began.
    #[serde(serialize_with = "printed::time")]
    pub execution_start_time: Timestamp,
    /// When it ended; none while it runs.
    #[serde(serialize_with = "printed::optional_time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_end_time: Option<Timestamp>,
    /// How it stands.
    pub automation_execution_status: Status,
    /// The steps: first those of the document in its order, then every repetition.
    pub step_executions: Vec<StepExecution>,
    /// Whether steps are left out; never.
    pub step_executions_truncated: bool,
    /// The parameters that were supplied.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The outputs the document declares.
    pub outputs: BTreeMap<String, Vec<String>>,
    /// Why the run failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_message: Option<String>,
    /// `Auto`.
    pub mode: &'static str,
    /// The ARN of who started it.
    pub executed_by: String,
    /// The step that runs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_step_name: Option<String>,
    /// Its action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_action: Option<String>,
    /// None: runs over several targets are not made here.
    pub targets: Vec<String>,
    /// None, for the same reason.
    pub resolved_targets: ResolvedTargets,
    /// The variables, if the document has any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Vec<String>>,
}

/// The targets of a run: none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResolvedTargets {
    /// Their values.
    pub parameter_values: Vec<String>,
    /// Whether some are left out.
    pub truncated: bool,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepExecution {
    /// The step's name.
    pub step_name: String,
    /// Its action.
    pub action: String,
    /// How long an attempt may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// `Abort`, `Continue` or `step:NAME`.
    pub on_failure: String,
    /// How often it is tried.
    pub max_attempts: u32,
    /// When it began.
    #[serde(serialize_with = "printed::optional_time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(serialize_with = "printed::optional_time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_end_time: Option<Timestamp>,
    /// How it stands.
    pub step_status: Status,
    /// The inputs with every reference replaced.
    pub inputs: BTreeMap<String, String>,
    /// What it handed on.
    pub outputs: BTreeMap<String, Vec<String>>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_message: Option<String>,
    /// How it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_details: Option<FailureDetails>,
    /// The id of this execution of the step.
    pub step_execution_id: String,
    /// None: nothing can be overridden here.
    pub overridden_parameters: BTreeMap<String, Vec<String>>,
    /// Whether the run ends with it.
    pub is_end: bool,
    /// The step after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// Whether its failure makes the run fail.
    pub is_critical: bool,
    /// Every step that may come after it.
    pub valid_next_steps: Vec<String>,
}

/// How a step failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FailureDetails {
    /// `InputValidation`, `PreVerification`, `Invocation` or `PostVerification`.
    pub failure_stage: String,
    /// `Action`, `Permission`, `Throttling`, `Verification` or `Internal`.
    pub failure_type: String,
    /// More, by name.
    pub details: BTreeMap<String, Vec<String>>,
}

/// How a run or a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Status {
    /// Not begun; at the end: never reached.
    Pending,
    /// Under way.
    InProgress,
    /// Asks for approval.
    Waiting,
    /// Done.
    Success,
    /// Took too long.
    TimedOut,
    /// Cancelled, with the steps for that under way.
    Cancelling,
    /// Cancelled.
    Cancelled,
    /// Failed.
    Failed,
}

impl Status {
    /// The status as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Waiting => "Waiting",
            Self::Success => "Success",
            Self::TimedOut => "TimedOut",
            Self::Cancelling => "Cancelling",
            Self::Cancelled => "Cancelled",
            Self::Failed => "Failed",
        }
    }

    /// Whether nothing more happens.
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::InProgress | Self::Waiting | Self::Cancelling => false,
            Self::Success | Self::TimedOut | Self::Cancelled | Self::Failed => true,
        }
    }
}
