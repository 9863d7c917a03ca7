//! SendAutomationSignal: the decisions that a waiting step takes.

use serde_json::{Value, json};
use trailkeeper_runbook::{ApprovalRequest, Decision};

use super::execution::{Execution, find};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::services::{not_implemented, sts};
use crate::world::World;

/// `Approve` and `Reject`; the other signals are for runs that are not modelled.
pub(super) fn signal(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let kinds = [
        "Approve",
        "Reject",
        "StartStep",
        "StopStep",
        "Resume",
        "Revoke",
    ];
    let kind = input.choice("SignalType", &kinds)?;
    let approved = match kind {
        Some("Approve") => true,
        Some("Reject") => false,
        Some(_) => return Err(not_implemented(call)),
        None => return Err(super::validation("Value null at 'signalType'")),
    };
    let comment = call.input.pointer("/Payload/Comment/0");
    let decision = Decision {
        principal: sts::caller_arn(world),
        approved,
        comment: comment.and_then(Value::as_str).unwrap_or("").to_owned(),
    };
    let execution = find(world, call)?;
    admissible(execution, &decision.principal)?;
    let id = execution.id.clone();
    let ssm = &mut world.services.ssm;
    if let Some(execution) = ssm.executions.get_mut(&id) {
        execution.decisions.push_back(decision);
        ssm.asked.push(id);
    }
    Ok(json!({}))
}

/// The next decision for a run that waits.
pub(crate) fn next_decision(world: &mut World, id: &str) -> Option<Decision> {
    let execution = world.services.ssm.executions.get_mut(id)?;
    execution.decisions.pop_front()
}

fn admissible(execution: &Execution, principal: &str) -> Result<(), ApiError> {
    let invalid = |text: String| ApiError::new("InvalidAutomationSignalException", text);
    let steps = execution.report.get("StepExecutions");
    let mut steps = steps.and_then(Value::as_array).into_iter().flatten();
    let waiting = steps.find(|step| step.get("StepStatus").is_some_and(|s| s == "Waiting"));
    let step = waiting.ok_or_else(|| {
        let status = execution.status();
        invalid(format!("No step waits for approval: the run is {status}."))
    })?;
    let named = step.pointer("/Inputs/Approvers").and_then(Value::as_str);
    let request = ApprovalRequest {
        step: String::new(),
        message: String::new(),
        approvers: named.map(approvers).unwrap_or_default(),
        needed: 1,
    };
    if request.names(principal) {
        return Ok(());
    }
    let named = request.approvers.join(", ");
    Err(invalid(format!(
        "{principal} is not an approver: {named} are."
    )))
}

/// As a report shows them: a list as JSON, or one of them as it is.
fn approvers(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|_| vec![text.to_owned()])
}
