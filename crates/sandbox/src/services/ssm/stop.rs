//! StopAutomationExecution.

use serde_json::{Value, json};

use super::execution::find;
use crate::call::{ApiError, Call};
use crate::services::config::epoch;
use crate::services::config::input::Input;
use crate::world::World;

/// `Cancel` ends a run before its next step. So does `Complete` here: it lets the step that runs
/// end, and a step of this model runs in no time.
pub(super) fn stop(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    input.choice("Type", &["Complete", "Cancel"])?;
    let execution = find(world, call)?;
    let (id, status) = (execution.id.clone(), execution.status().to_owned());
    if !["Pending", "InProgress", "Waiting"].contains(&status.as_str()) {
        let text = format!("Automation execution {id} cannot be stopped: its status is {status}.");
        let code = "InvalidAutomationStatusUpdateException";
        return Err(ApiError::new(code, text));
    }
    let now = epoch(world.now);
    let ssm = &mut world.services.ssm;
    let Some(execution) = ssm.executions.get_mut(&id) else {
        return Ok(json!({}));
    };
    execution.stop = true;
    if status == "Waiting" {
        ssm.asked.push(id.clone());
    }
    if status == "Pending" {
        ssm.asked.retain(|asked| *asked != id);
        execution.tell([
            ("AutomationExecutionStatus", json!("Cancelled")),
            ("ExecutionEndTime", now),
        ]);
    }
    Ok(json!({}))
}
