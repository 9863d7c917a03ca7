//! The count of what the runbook repaired, before a run of AWS Config's repairs once more.

use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::guard::REPAIR_WINDOW;
use trailkeeper_core::remediation::{
    Budget, Entry, Mode, Outcome, RepairRequest, RepairResult, Repairs,
};
use trailkeeper_core::repair::Ending;

use crate::ports::AutomationReader;

/// How the run that asked ends, with the repair budget counted where that matters: a plan that AWS
/// Config's run would carry out ends as [`Outcome::RepairsExhausted`] where the trail was repaired too
/// often within the hour. What cannot be read is a note, and the repair goes on: a trail that
/// stays stopped loses events.
///
/// # Errors
/// The failure that the plan ended in, never one of its own.
pub async fn within_budget(
    automation: &dyn AutomationReader,
    own: OwnRoles<'_>,
    request: &RepairRequest,
    ending: Ending,
    now: Timestamp,
) -> Ending {
    let (Some(execution), Mode::Plan) = (&request.execution_id, request.mode) else {
        return ending;
    };
    let mut plan = ending?;
    if plan.outcome != Some(Outcome::Planned) {
        return Ok(plan);
    }
    let budget = Budget {
        own,
        execution,
        now,
    };
    match turned_down(automation, &budget, &plan).await {
        Ok(None) => Ok(plan),
        Ok(Some(result)) => Ok(result),
        Err(error) => {
            let why = format!("{} {}", error.operation, error.code);
            plan.notes.push(Entry::new("runs-not-read", why));
            Ok(plan)
        }
    }
}

async fn turned_down(
    automation: &dyn AutomationReader,
    budget: &Budget<'_>,
    plan: &RepairResult,
) -> Result<Option<RepairResult>, CallError> {
    let Some(own) = automation.execution(budget.execution).await? else {
        return Ok(None);
    };
    if !budget.limits(&own) {
        return Ok(None);
    }
    let since = budget.now - REPAIR_WINDOW;
    let runs = automation.executions(&own.document, since).await?;
    let mut repairs = Repairs::default();
    for run in budget.runs_to_read(&runs) {
        if let Some(record) = automation.execution(&run.id).await? {
            repairs.count(run, &record, plan.trail_arn.as_ref());
        }
        if repairs.use_up_the_budget() {
            return Ok(Some(repairs.turn_down(plan.clone(), &own.document)));
        }
    }
    Ok(None)
}
