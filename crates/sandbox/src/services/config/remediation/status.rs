//! DescribeRemediationExecutionStatus.

use serde_json::{Map, Value, json};

use super::super::epoch;
use super::super::input::Input;
use super::super::page::{answer, page};
use super::run::Run;
use super::{Resource, no_such_configuration, resources, rule_of};
use crate::call::{ApiError, Call};
use crate::services::ssm;
use crate::world::World;

/// Resource keys of runs have members with a small first letter.
pub(super) const MEMBERS: (&str, &str) = ("resourceType", "resourceId");

/// The state of a run: that of its execution.
pub(super) fn state(world: &World, run: &Run) -> &'static str {
    let Ok(id) = &run.execution else {
        return "FAILED";
    };
    match ssm::status(world, id) {
        Some(("Pending", _)) => "QUEUED",
        Some(("InProgress" | "Waiting" | "Cancelling", _)) => "IN_PROGRESS",
        Some(("Success", _)) => "SUCCEEDED",
        Some(_) => "FAILED",
        None => "UNKNOWN",
    }
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let key = rule_of(&input, call)?;
    let wanted = resources(&input, MEMBERS, 768)?;
    let size = input.limit("Limit", 100)?.filter(|size| *size > 0);
    let token = input.text("NextToken", 0, usize::MAX)?;
    let remediations = &world.services.config.remediations;
    if !remediations.is_configured(&key) {
        return Err(no_such_configuration(&key));
    }
    let asked = |resource| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.contains(resource))
    };
    let found = remediations
        .runs
        .iter()
        .filter(|((of, resource), _)| *of == key && asked(resource))
        .map(|((_, resource), run)| told(world, resource, run))
        .collect();
    let page = page(&call.operation, found, token, size.unwrap_or(100))?;
    Ok(answer("RemediationExecutionStatuses", page))
}

fn told(world: &World, resource: &Resource, run: &Run) -> Value {
    json!({
        "ResourceKey": {"resourceType": resource.0, "resourceId": resource.1},
        "State": state(world, run),
        "StepDetails": steps(world, run),
        "InvocationTime": epoch(run.invoked),
        "LastUpdatedTime": epoch(run.updated),
    })
}

fn steps(world: &World, run: &Run) -> Vec<Value> {
    match &run.execution {
        Ok(id) => {
            let steps = ssm::status(world, id).map_or(&[][..], |(_, steps)| steps);
            steps.iter().map(step).collect()
        }
        // no step ever ran: the start itself is the step that failed
        Err(why) => vec![json!({
            "Name": "StartAutomationExecution",
            "State": "FAILED",
            "ErrorMessage": why,
            "StartTime": epoch(run.invoked),
            "StopTime": epoch(run.invoked),
        })],
    }
}

fn step(step: &Value) -> Value {
    let mut members = Map::new();
    let state = match step.get("StepStatus").and_then(Value::as_str) {
        Some("Success") => "SUCCEEDED",
        Some("Pending") => "PENDING",
        Some("InProgress" | "Waiting" | "Cancelling") => "IN_PROGRESS",
        Some("Failed" | "TimedOut" | "Cancelled") => "FAILED",
        Some("Exited") => "EXITED",
        _ => "UNKNOWN",
    };
    members.insert("State".to_owned(), json!(state));
    for (from, to) in [
        ("StepName", "Name"),
        ("FailureMessage", "ErrorMessage"),
        ("ExecutionStartTime", "StartTime"),
        ("ExecutionEndTime", "StopTime"),
    ] {
        if let Some(value) = step.get(from) {
            members.insert(to.to_owned(), value.clone());
        }
    }
    Value::Object(members)
}
