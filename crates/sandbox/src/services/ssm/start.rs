//! StartAutomationExecution.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use trailkeeper_runbook as runbook;

use super::begin::order;
use super::document::find;
use super::execution::{Execution, report};
use super::validation;
use crate::call::{ApiError, Call};
use crate::services::config::epoch;
use crate::services::config::input::Input;
use crate::services::{not_implemented, sts};
use crate::world::World;

/// What only runs over several targets, or by hand, need: not modelled.
const NOT_MODELLED: [&str; 6] = [
    "TargetParameterName",
    "Targets",
    "TargetMaps",
    "TargetLocations",
    "TargetLocationsURL",
    "AlarmConfiguration",
];

/// An execution that is to be started.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Launch {
    pub(crate) region: String,
    /// The document's name or ARN.
    pub(crate) document: String,
    pub(crate) version: Option<String>,
    pub(crate) parameters: BTreeMap<String, Vec<String>>,
    pub(crate) executed_by: String,
}

pub(super) fn start(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let document = input.required_text("DocumentName", 3, 256)?;
    let version = input.text("DocumentVersion", 1, usize::MAX)?;
    let token = input.text("ClientToken", 36, 36)?;
    let mode = input.choice("Mode", &["Auto", "Interactive"])?;
    input.structures("Tags", 1000)?;
    let parameters = parameters(&input)?;
    let unknown = NOT_MODELLED.iter().any(|name| input.value(name).is_some());
    if unknown || mode == Some("Interactive") {
        return Err(not_implemented(call));
    }
    let launch_of = Launch {
        region: call.region.clone(),
        document: document.to_owned(),
        version: version.map(str::to_owned),
        parameters,
        executed_by: sts::caller_arn(world),
    };
    if let Some(id) = repeated(world, token, &launch_of)? {
        return Ok(json!({"AutomationExecutionId": id}));
    }
    let id = launch(world, launch_of.clone())?;
    if let (Some(execution), Some(token)) = (world.services.ssm.executions.get_mut(&id), token) {
        execution.token = Some((token.to_owned(), launch_of));
    }
    Ok(json!({"AutomationExecutionId": id}))
}

fn parameters(input: &Input<'_>) -> Result<BTreeMap<String, Vec<String>>, ApiError> {
    let Some((map, names)) = input.map("Parameters", (1, 200), 50)? else {
        return Ok(BTreeMap::new());
    };
    let mut parameters = BTreeMap::new();
    for name in names {
        let values = map.texts(name, 0, 50, 512)?;
        let values = values.into_iter().map(str::to_owned).collect();
        parameters.insert(name.to_owned(), values);
    }
    Ok(parameters)
}

/// The execution that the same token has started already.
fn repeated(
    world: &World,
    token: Option<&str>,
    launch: &Launch,
) -> Result<Option<String>, ApiError> {
    let Some(token) = token else {
        return Ok(None);
    };
    if token.split('-').map(str::len).ne([8, 4, 4, 4, 12]) {
        let text = format!("Value '{token}' at 'clientToken' must be a UUID");
        return Err(validation(text));
    }
    let mut executions = world.services.ssm.executions.values();
    let known = executions.find_map(|execution| match &execution.token {
        Some((known, launch)) if known == token => Some((&execution.id, launch)),
        _ => None,
    });
    match known {
        Some((id, first)) if first == launch => Ok(Some(id.clone())),
        Some(_) => {
            let text = "The client token was used for another request.";
            Err(ApiError::new("IdempotentParameterMismatch", text))
        }
        None => Ok(None),
    }
}

/// Checks everything that is checked before the first step, and asks for the run.
pub(crate) fn launch(world: &mut World, launch: Launch) -> Result<String, ApiError> {
    let execution = checked(world, launch)?;
    let id = execution.id.clone();
    let ssm = &mut world.services.ssm;
    ssm.executions_made = execution.number;
    ssm.executions.insert(id.clone(), execution);
    ssm.asked.push(id.clone());
    Ok(id)
}

fn checked(world: &World, launch: Launch) -> Result<Execution, ApiError> {
    let found = find(world, &launch.region, &launch.document);
    let document = found.ok_or_else(|| {
        let text = format!(
            "Automation definition {} could not be found.",
            launch.document
        );
        ApiError::new("AutomationDefinitionNotFoundException", text)
    })?;
    let (version, content) = document.version(launch.version.as_deref()).ok_or_else(|| {
        let text = format!(
            "Version {} of the automation definition {} could not be found.",
            launch.version.as_deref().unwrap_or("$DEFAULT"),
            launch.document
        );
        ApiError::new("AutomationDefinitionVersionNotFoundException", text)
    })?;
    let number = world.services.ssm.executions_made + 1;
    let mut execution = Execution {
        id: format!("{number:08x}-0000-4000-8000-{number:012x}"),
        number,
        region: launch.region,
        document: content.content.document.clone(),
        name: document.name.clone(),
        version: version.to_string(),
        parameters: launch.parameters,
        executed_by: launch.executed_by,
        started: world.now,
        token: None,
        stop: false,
        decisions: VecDeque::new(),
        report: report(Value::default),
    };
    let waiting = pending(&execution);
    execution.report = report(|| waiting);
    let order = order(world, &execution);
    match runbook::Execution::start(order.document, order.start, world.now) {
        Err(runbook::StartError::Parameters(error)) => {
            let text = format!("Invalid parameters for {}: {error}", execution.name);
            let code = "InvalidAutomationExecutionParametersException";
            Err(ApiError::new(code, text))
        }
        // what cannot be run here fails at its turn, where its reason can be read
        Ok(_) | Err(runbook::StartError::Unsupported(_)) => Ok(execution),
    }
}

/// The `AutomationExecution` before its first step.
fn pending(execution: &Execution) -> Value {
    json!({
        "AutomationExecutionId": execution.id,
        "DocumentName": execution.name,
        "DocumentVersion": execution.version,
        "ExecutionStartTime": epoch(execution.started),
        "AutomationExecutionStatus": "Pending",
        "StepExecutions": [],
        "StepExecutionsTruncated": false,
        "Parameters": execution.parameters,
        "Outputs": {},
        "Mode": "Auto",
        "ExecutedBy": execution.executed_by,
        "Targets": [],
        "ResolvedTargets": {"ParameterValues": [], "Truncated": false},
    })
}
