//! The side of an execution that its run talks to.

use serde_json::{Value, json};
use trailkeeper_runbook as runbook;

use super::execution::{Execution, report};
use crate::services::config::epoch;
use crate::world::World;

/// What a run needs to begin.
pub(crate) struct Order {
    pub(crate) document: runbook::Document,
    pub(crate) start: runbook::Start,
}

/// The order of an execution that has not begun.
pub(crate) fn begin(world: &World, id: &str) -> Option<Order> {
    let execution = world.services.ssm.executions.get(id)?;
    if execution.status() != "Pending" {
        return None; // cancelled before it could begin
    }
    Some(order(world, execution))
}

pub(super) fn order(world: &World, execution: &Execution) -> Order {
    let number = execution.number;
    let mut steps = 0_u32;
    let ids = move || {
        steps += 1;
        format!("{number:08x}-0000-4000-9000-{steps:012x}")
    };
    Order {
        document: runbook::Document::clone(&execution.document),
        start: runbook::Start {
            execution_id: execution.id.clone(),
            account_id: world.account_id.clone(),
            region: execution.region.clone(),
            document_name: execution.name.clone(),
            document_version: execution.version.clone(),
            executed_by: execution.executed_by.clone(),
            parameters: execution.parameters.clone(),
            ids: Box::new(ids),
        },
    }
}

/// Keeps the `AutomationExecution` as it stands; says whether the run is to be cancelled.
pub(crate) fn note(world: &mut World, id: &str, stands: runbook::AutomationExecution) -> bool {
    let Some(execution) = world.services.ssm.executions.get_mut(id) else {
        return true;
    };
    execution.report = report(move || {
        let mut wire = stands.to_wire();
        let told = wire.get_mut("AutomationExecution");
        told.map(Value::take).unwrap_or_default()
    });
    execution.stop
}

/// Keeps that a run could not begin.
pub(crate) fn refused(world: &mut World, id: &str, why: &str) {
    let now = epoch(world.now);
    let Some(execution) = world.services.ssm.executions.get_mut(id) else {
        return;
    };
    execution.tell([
        ("AutomationExecutionStatus", json!("Failed")),
        ("FailureMessage", json!(why)),
        ("ExecutionEndTime", now),
    ]);
}
