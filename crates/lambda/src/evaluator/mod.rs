//! The function behind the rules of AWS Config and behind those of EventBridge.

mod bus;
mod config;

use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::fast_path::{EventPorts, EventSettings};
use trailkeeper_core::fast_path::Memory;

use crate::error::HandlerError;
use crate::invocation::Invocation;
use crate::log::Cost;

/// How often a call is tried in all. Nobody else repeats a read within an evaluation, and a read
/// that failed makes a verdict of could-not-verify.
pub const ATTEMPTS: u32 = 3;

/// The longest that a call may take with all attempts: four seconds for each, where AWS answers
/// in tenths of one. The few calls that wait for one another so fit into a minute.
pub const CALL_TIME: Duration = Duration::from_secs(12);

/// The longest name that an event's field may have; more is no name of AWS.
const MOST_CHARACTERS: usize = 128;

/// What answers the events. Keep it as long as the process lives: it holds what need not be read
/// again and what was told already.
pub struct Evaluator {
    ports: EvaluatePorts,
    events: EventPorts,
    settings: Result<EventSettings, HandlerError>,
    told: Mutex<Memory>,
}

impl Evaluator {
    /// An evaluator that told nothing yet. `events` and `settings` are for events of EventBridge;
    /// the settings also name the roles that are the product's own.
    pub fn new(ports: EvaluatePorts, events: EventPorts, settings: EventSettings) -> Self {
        Self::with(ports, events, Ok(settings))
    }

    /// The same, where the settings may be an error: it is the answer to events of EventBridge.
    /// Those of AWS Config need none of them.
    pub fn with(
        mut ports: EvaluatePorts,
        events: EventPorts,
        settings: Result<EventSettings, HandlerError>,
    ) -> Self {
        if let Ok(settings) = &settings {
            ports.guard.own_roles.clone_from(&settings.own_roles);
            ports.guard.key.clone_from(&settings.key);
            if let Some(attribution) = &mut ports.attribution {
                attribution.own_roles.clone_from(&settings.own_roles);
            }
        }
        Self {
            ports,
            events,
            settings,
            told: Mutex::default(),
        }
    }

    fn begin(&self) -> Cost<'_> {
        Cost::begin(self.ports.clock.as_ref())
    }
}

/// Answers an event of AWS Config or of EventBridge, and logs it in one line.
///
/// An event of AWS Config ends in a report to AWS Config; the value that is returned repeats it,
/// for those who invoke the function by hand. One of EventBridge ends in a message or in nothing,
/// and in `{action, executionId, notes}`.
///
/// # Errors
/// The event cannot be read; it is not for this account or rule; AWS Config did not take the
/// report, SNS not the message; or the time was up.
pub async fn handle(
    event: Value,
    evaluator: &Evaluator,
    invocation: &Invocation,
) -> Result<Value, HandlerError> {
    // Boxed: each holds the whole tree of calls below it.
    if event.get("detail-type").is_some() {
        Box::pin(bus::handle(&event, evaluator, invocation)).await
    } else {
        Box::pin(config::handle(&event, evaluator, invocation)).await
    }
}

/// The end of `work`, or that the time was up. Cut off here it leaves a line that counts its
/// calls, which is how a hanging one is found.
async fn in_time<T, E: Into<HandlerError>>(
    work: impl Future<Output = Result<T, E>>,
    invocation: &Invocation,
    cost: &Cost<'_>,
) -> Result<T, HandlerError> {
    let left = invocation.time_to_log(cost.start);
    match tokio::time::timeout(left, work).await {
        Ok(ended) => ended.map_err(Into::into),
        Err(_elapsed) => Err(HandlerError::out_of_time()),
    }
}

/// A text of the event for the log, so long as a name can be.
fn named(event: &Value, pointer: &str) -> String {
    let text = event.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default()
        .chars()
        .take(MOST_CHARACTERS)
        .collect()
}
