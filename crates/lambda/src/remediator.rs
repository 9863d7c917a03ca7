//! The function that a step of the runbook invokes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;
use trailkeeper_app::incident::{IncidentPorts, IncidentSettings, record};
use trailkeeper_app::ports::AutomationReader;
use trailkeeper_app::repair::{Counter, MOST_TIME, RepairPorts, repair, within_budget};
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::remediation::{
    Destinations, Entry, Mode, Outcome, RepairFailure, RepairRequest, RepairResult,
};
use trailkeeper_core::repair::{Ending, Goal, Limits};

use crate::error::HandlerError;
use crate::invocation::Invocation;
use crate::log::{Cost, joined, summary};

/// How often a call is tried. The repair repeats what is worth it by itself, with its own view of
/// which failures pass and of the time that is left; a second layer of retries would multiply
/// both.
pub const ATTEMPTS: u32 = 1;

/// The longest that a call may take. CloudTrail's slowest write, of Insights selectors, takes a
/// few seconds; a call without an answer after ten has lost its connection. It is at the same time
/// what the repair leaves before its deadline when it starts a call, so that no write is cut off
/// by the end of the function.
pub const CALL_TIME: Duration = Duration::from_secs(10);

/// What a repair and its report need.
#[derive(Clone)]
pub struct Remediator {
    /// The account.
    pub ports: RepairPorts,
    /// The runs of the runbook, for the repair budget.
    pub automation: Arc<dyn AutomationReader>,
    /// Who did it, and who is told.
    pub incident: IncidentPorts,
    /// The topic and the rest of what the environment says.
    pub settings: IncidentSettings,
    /// What a trail may be made to deliver to; none: whatever the payload asks for.
    pub destinations: Option<Destinations>,
}

/// Restores the trail that the payload names. `seed` is a random value, for jitter.
///
/// # Errors
/// The payload cannot be used, or the trail is not as wanted in the end. The message's second line
/// is how far the repair came, as JSON.
pub async fn handle(
    payload: Value,
    remediator: &Remediator,
    invocation: &Invocation,
    seed: u64,
) -> Result<Value, HandlerError> {
    let cost = Cost::begin(remediator.ports.clock.as_ref());
    let request = RepairRequest::parse(&payload);
    let asked = Asked {
        trail: request.as_ref().map_or("", |request| &request.trail),
        execution: request
            .as_ref()
            .ok()
            .and_then(|request| request.execution_id.as_deref())
            .unwrap_or_default(),
    };
    let ended = match &request {
        Ok(request) => match allowed(request, remediator, invocation) {
            Ok(()) => repaired(request, remediator, invocation, seed, &cost).await,
            Err(failure) => Err(failure),
        },
        Err(error) => Err(RepairFailure::early(error.code(), error.to_string())),
    };
    match ended {
        Ok(result) => {
            log_result(&result, &asked, invocation, &cost);
            Ok(result.to_json())
        }
        Err(failure) => {
            log_failure(&failure, &asked, invocation, &cost);
            Err(failure.into())
        }
    }
}

/// Refuses to deliver where nobody meant to. A plan is refused too: what may not be done need not be
/// planned, and the run ends at its first step.
fn allowed(
    request: &RepairRequest,
    remediator: &Remediator,
    invocation: &Invocation,
) -> Result<(), RepairFailure> {
    let Some(destinations) = &remediator.destinations else {
        return Ok(());
    };
    let checked = destinations.check(request, &invocation.caller);
    checked.map_err(|error| RepairFailure::early(error.code(), error.to_string()))
}

/// What the log repeats of the payload: which trail, and for which Automation execution.
struct Asked<'a> {
    trail: &'a str,
    execution: &'a str,
}

async fn repaired(
    request: &RepairRequest,
    remediator: &Remediator,
    invocation: &Invocation,
    seed: u64,
    cost: &Cost<'_>,
) -> Result<RepairResult, RepairFailure> {
    let limits = Limits {
        deadline: invocation.work_until(),
        call_time: SignedDuration::try_from(CALL_TIME).unwrap_or(SignedDuration::MAX),
        seed,
    };
    let ports = cost.meter.on_repair(&remediator.ports);
    let ending = repair(&ports, &invocation.caller, &Goal::from(request), &limits).await;
    // The runbook asks for a plan before and after the repair, which tells of neither.
    if request.mode == Mode::Plan {
        return budgeted(ending, request, remediator, invocation, cost).await;
    }
    tell(ending, remediator, invocation, cost).await
}

/// The plan, or that the run of AWS Config's that asked for it repairs nothing, which is told.
async fn budgeted(
    ending: Ending,
    request: &RepairRequest,
    remediator: &Remediator,
    invocation: &Invocation,
    cost: &Cost<'_>,
) -> Ending {
    let automation = cost.meter.on_automation(&remediator.automation);
    let counter = Counter {
        automation: automation.as_ref(),
        clock: remediator.ports.clock.as_ref(),
        own: OwnRoles {
            account: &invocation.caller.account,
            roles: &remediator.settings.own_roles,
        },
    };
    let kept = ending.clone();
    let work = within_budget(counter, request, ending);
    let longest = Duration::try_from(MOST_TIME).unwrap_or_default();
    let time = time_left(remediator, invocation).min(longest);
    let ended = tokio::time::timeout(time, work).await;
    let ended = ended.unwrap_or_else(|_| uncounted(kept));
    let is_new = |result: &RepairResult| {
        result.outcome == Some(Outcome::RepairsExhausted) && !result.was_told_before()
    };
    if ended.as_ref().is_ok_and(is_new) {
        tell(ended, remediator, invocation, cost).await
    } else {
        ended
    }
}

async fn tell(
    ending: Ending,
    remediator: &Remediator,
    invocation: &Invocation,
    cost: &Cost<'_>,
) -> Ending {
    let kept = ending.clone();
    match told(ending, remediator, invocation, cost).await {
        Some(ending) => ending,
        None => not_recorded(kept),
    }
}

/// The ending with who did the damage, after it was told; none where the time was up first, which
/// must not take the repair's result with it.
async fn told(
    ending: Ending,
    remediator: &Remediator,
    invocation: &Invocation,
    cost: &Cost<'_>,
) -> Option<Ending> {
    let incident = cost.meter.on_incident(&remediator.incident);
    let settings = &remediator.settings;
    let until = invocation.work_until();
    let left = time_left(remediator, invocation);
    let work = record(&incident, settings, &invocation.caller, ending, until);
    tokio::time::timeout(left, work).await.ok()
}

fn time_left(remediator: &Remediator, invocation: &Invocation) -> Duration {
    let now = remediator.ports.clock.now();
    let left = invocation.work_until().duration_since(now);
    Duration::try_from(left).unwrap_or_default()
}

fn not_recorded(ending: Ending) -> Ending {
    let why = "no time was left to look up who did it and to tell";
    noted(ending, Entry::new("incident-not-recorded", why))
}

fn uncounted(ending: Ending) -> Ending {
    noted(ending, Entry::new("runs-not-read", "no time was left"))
}

fn noted(mut ending: Ending, note: Entry) -> Ending {
    let result = match &mut ending {
        Ok(result) => result,
        Err(failure) => failure.result.as_mut(),
    };
    result.notes.push(note);
    ending
}

/// A random value for an invocation: Lambda draws its id at random.
pub fn seed(request_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    request_id.hash(&mut hasher);
    hasher.finish()
}

fn log_result(result: &RepairResult, asked: &Asked<'_>, invocation: &Invocation, cost: &Cost<'_>) {
    summary!(
        info,
        "ended",
        invocation,
        cost,
        trail = asked.trail,
        executionId = asked.execution,
        outcome = result.outcome.map_or("", Outcome::as_str),
        changes = joined(&result.changes),
        notes = joined(&result.notes),
    );
}

fn log_failure(
    failure: &RepairFailure,
    asked: &Asked<'_>,
    invocation: &Invocation,
    cost: &Cost<'_>,
) {
    summary!(
        error,
        "failed",
        invocation,
        cost,
        trail = asked.trail,
        executionId = asked.execution,
        outcome = failure.error_type(),
        error = failure.message,
        changes = joined(&failure.result.changes),
    );
}
