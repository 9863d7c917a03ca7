//! The executions: what is kept of one and what is told of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_runbook as runbook;

use super::filter::{self, Filter};
use super::invalid_token;
use super::start::Launch;
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::services::config::page::{answer, page};
use crate::world::World;

/// The members of an execution that a list of executions leaves out.
const ONLY_IN_FULL: [&str; 4] = [
    "StepExecutions",
    "StepExecutionsTruncated",
    "Parameters",
    "Variables",
];
const EXECUTION_FILTERS: [&str; 12] = [
    "DocumentNamePrefix",
    "ExecutionStatus",
    "ExecutionId",
    "ParentExecutionId",
    "CurrentAction",
    "StartTimeBefore",
    "StartTimeAfter",
    "AutomationType",
    "TagKey",
    "TargetResourceGroup",
    "AutomationSubtype",
    "OpsItemId",
];
const STEP_FILTERS: [&str; 9] = [
    "StartTimeBefore",
    "StartTimeAfter",
    "StepExecutionStatus",
    "StepExecutionId",
    "StepName",
    "Action",
    "ParentStepExecutionId",
    "ParentStepIteration",
    "ParentStepIteratorValue",
];

/// The `AutomationExecution` as it stands, written out when somebody reads it: a run takes many steps
/// at which nobody does. Shared, for the whole state is copied now and then.
pub(super) type Report = Arc<LazyLock<Value, Box<dyn FnOnce() -> Value + Send + Sync>>>;

/// A report that is written by `write`.
pub(super) fn report(write: impl FnOnce() -> Value + Send + Sync + 'static) -> Report {
    Arc::new(LazyLock::new(Box::new(write)))
}

/// One execution.
#[derive(Debug, Clone)]
pub(super) struct Execution {
    pub(super) id: String,
    /// Counted from 1.
    pub(super) number: u32,
    pub(super) region: String,
    pub(super) document: Arc<runbook::Document>,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) parameters: BTreeMap<String, Vec<String>>,
    pub(super) executed_by: String,
    pub(super) started: Timestamp,
    /// The client token and what it stands for.
    pub(super) token: Option<(String, Launch)>,
    /// Whether it is to be cancelled.
    pub(super) stop: bool,
    /// What approvers have said and the run has not taken yet.
    pub(super) decisions: VecDeque<runbook::Decision>,
    pub(super) report: Report,
}

impl Execution {
    pub(super) fn status(&self) -> &str {
        let status = self.report.get("AutomationExecutionStatus");
        status.and_then(Value::as_str).unwrap_or_default()
    }

    /// Puts members into the report.
    pub(super) fn tell<const N: usize>(&mut self, members: [(&str, Value); N]) {
        let mut told = self.report.as_object().cloned().unwrap_or_default();
        told.extend(members.map(|(name, value)| (name.to_owned(), value)));
        self.report = report(|| Value::Object(told));
    }
}

/// How an execution stands, and its steps, for another service.
pub(crate) fn status<'a>(world: &'a World, id: &str) -> Option<(&'a str, &'a [Value])> {
    let execution = world.services.ssm.executions.get(id)?;
    let steps = execution.report.get("StepExecutions")?.as_array()?;
    Some((execution.status(), steps))
}

pub(super) fn find<'a>(world: &'a World, call: &Call) -> Result<&'a Execution, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("AutomationExecutionId", 36, 36)?;
    let found = world.services.ssm.executions.get(id);
    let here = found.filter(|execution| execution.region == call.region);
    here.ok_or_else(|| {
        let text = format!("Automation execution {id} does not exist.");
        ApiError::new("AutomationExecutionNotFoundException", text)
    })
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let execution = find(world, call)?;
    Ok(json!({"AutomationExecution": **execution.report}))
}

/// The newest first.
pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let filters = filter::read(&input, 10, &EXECUTION_FILTERS)?;
    let size = input.number("MaxResults", 1, 50)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let executions = world.services.ssm.executions.values().rev();
    let found = executions
        .filter(|execution| execution.region == call.region)
        .filter(|execution| filters.iter().all(|filter| passes(execution, filter)))
        .map(metadata)
        .collect();
    let size = size.and_then(|size| usize::try_from(size).ok());
    let page = page(&call.operation, found, token, size.unwrap_or(50)).map_err(invalid_token)?;
    Ok(answer("AutomationExecutionMetadataList", page))
}

fn passes(execution: &Execution, filter: &Filter) -> bool {
    match filter.key.as_str() {
        "DocumentNamePrefix" => filter.any(|value| execution.name.starts_with(value)),
        "ExecutionStatus" => filter.any(|value| execution.status() == value),
        "ExecutionId" => filter.any(|value| execution.id == value),
        "AutomationType" => filter.any(|value| value == "Local"),
        "StartTimeBefore" | "StartTimeAfter" => filter.time(execution.started),
        "CurrentAction" => {
            let action = execution.report.get("CurrentAction");
            let action = action.and_then(Value::as_str);
            filter.any(|value| action == Some(value))
        }
        // parents, tags, groups, subtypes and items: no execution here has them
        _ => false,
    }
}

fn metadata(execution: &Execution) -> Value {
    let mut report = Value::clone(&**execution.report);
    if let Some(members) = report.as_object_mut() {
        for name in ONLY_IN_FULL {
            members.remove(name);
        }
        members.insert("AutomationType".to_owned(), json!("Local"));
        members.insert("LogFile".to_owned(), json!(""));
    }
    report
}

pub(super) fn steps(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let execution = find(world, call)?;
    let filters = filter::read(&input, 6, &STEP_FILTERS)?;
    let size = input.number("MaxResults", 1, 50)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let steps = execution.report.get("StepExecutions");
    let mut found: Vec<Value> = steps
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|step| filters.iter().all(|filter| step_passes(step, filter)))
        .cloned()
        .collect();
    if input.flag("ReverseOrder")? {
        found.reverse();
    }
    let size = size.and_then(|size| usize::try_from(size).ok());
    let page = page(&call.operation, found, token, size.unwrap_or(50)).map_err(invalid_token)?;
    Ok(answer("StepExecutions", page))
}

fn step_passes(step: &Value, filter: &Filter) -> bool {
    let text = |name: &str| step.get(name).and_then(Value::as_str);
    let is = |name: &str| filter.any(|value| text(name) == Some(value));
    match filter.key.as_str() {
        "StepExecutionStatus" => is("StepStatus"),
        "StepExecutionId" => is("StepExecutionId"),
        "StepName" => is("StepName"),
        "Action" => is("Action"),
        "StartTimeBefore" | "StartTimeAfter" => {
            let began = step.get("ExecutionStartTime").and_then(Value::as_f64);
            let began = began.map(|seconds| (seconds * 1000.0).round() as i64);
            let began = began.and_then(|began| Timestamp::from_millisecond(began).ok());
            began.is_some_and(|began| filter.time(began))
        }
        _ => false, // no step here has a parent
    }
}
