//! Events of EventBridge: a message within seconds.

use serde_json::{Value, json};
use trailkeeper_app::fast_path::{EventSettings, answer_event};
use trailkeeper_core::fast_path::{Action, EventAnswer};

use super::{Evaluator, in_time, named};
use crate::error::HandlerError;
use crate::invocation::Invocation;
use crate::log::{Cost, joined, summary};

pub(super) async fn handle(
    event: &Value,
    evaluator: &Evaluator,
    invocation: &Invocation,
) -> Result<Value, HandlerError> {
    let cost = evaluator.begin();
    let ended = match &evaluator.settings {
        Ok(settings) => answer(event, evaluator, settings, invocation, &cost).await,
        Err(error) => Err(error.clone()),
    };
    match &ended {
        Ok(answer) => log_answer(answer, event, invocation, &cost),
        Err(error) => log_error(error, event, invocation, &cost),
    }
    Ok(json!(ended?))
}

async fn answer(
    event: &Value,
    evaluator: &Evaluator,
    settings: &EventSettings,
    invocation: &Invocation,
    cost: &Cost<'_>,
) -> Result<EventAnswer, HandlerError> {
    let ports = cost.meter.on_events(&evaluator.events);
    let work = answer_event(
        &ports,
        settings,
        &invocation.caller,
        event,
        &evaluator.told,
        cost.start,
    );
    in_time(work, invocation, cost).await
}

fn action(action: Action) -> &'static str {
    match action {
        Action::None => "none",
        Action::Notified => "notified",
        Action::RepairStarted => "repair-started",
    }
}

/// The event's id is that of CloudTrail's record, which tells the rest; the line repeats nothing
/// of the request.
fn log_answer(answer: &EventAnswer, event: &Value, invocation: &Invocation, cost: &Cost<'_>) {
    summary!(
        info,
        "answered",
        invocation,
        cost,
        event = named(event, "/detail/eventName"),
        eventId = named(event, "/detail/eventID"),
        action = action(answer.action),
        executionId = answer.execution_id,
        notes = joined(&answer.notes),
    );
}

fn log_error(error: &HandlerError, event: &Value, invocation: &Invocation, cost: &Cost<'_>) {
    summary!(
        error,
        "not answered",
        invocation,
        cost,
        event = named(event, "/detail/eventName"),
        eventId = named(event, "/detail/eventID"),
        errorType = error.error_type,
        error = error.sentence(),
    );
}
