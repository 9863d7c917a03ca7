//! The handlers over the sandbox's ports.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

#[path = "../support/account.rs"]
mod account;
mod budget;
mod bus;
mod instances;
mod remediator;
#[path = "../support/instances.rs"]
mod seeds;
mod trails;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use account::{ACCOUNT, REGION};
use jiff::{SignedDuration, Timestamp};
use seeds::{INSTANCE_RULE, TOPIC};
use serde_json::Value;
use tracing::Level;
use tracing::instrument::WithSubscriber as _;
use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_lambda::evaluator::{self, Evaluator};
use trailkeeper_lambda::{HandlerError, Invocation, log};
use trailkeeper_sandbox::Sandbox;

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn invocation(seconds: i64) -> Invocation {
    Invocation {
        caller: Caller {
            account: ACCOUNT.parse().unwrap(),
            region: REGION.parse().unwrap(),
            partition: "aws".to_owned(),
        },
        request_id: "req-1".to_owned(),
        deadline: now() + SignedDuration::from_secs(seconds),
    }
}

fn settings() -> EventSettings {
    EventSettings {
        mode: Mode::Notify,
        topic: Some(TOPIC.parse().unwrap()),
        instance_rule: Some(INSTANCE_RULE.to_owned()),
        ..EventSettings::default()
    }
}

/// A function that was just started.
fn started(sandbox: &Sandbox, settings: EventSettings) -> Evaluator {
    let ports = ports(sandbox);
    let events = sandbox.event_ports(&ports.policies);
    Evaluator::new(ports, events, settings)
}

fn ports(sandbox: &Sandbox) -> EvaluatePorts {
    sandbox.evaluate_ports(&PolicyCache::default())
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `work` came to, and its one line in the log.
async fn logged<T>(work: impl Future<Output = T>) -> (T, Value) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = log::subscriber(Level::INFO, move || writer.clone());
    let ended = work.with_subscriber(subscriber).await;
    let text = lines.0.lock().unwrap().clone();
    (ended, serde_json::from_slice(&text).unwrap())
}

/// What a function that was just started makes of the event.
async fn evaluate(sandbox: &Sandbox, event: Value) -> (Result<Value, HandlerError>, Value) {
    ask(&started(sandbox, settings()), event).await
}

/// What a function that may have answered others before makes of the event.
async fn ask(evaluator: &Evaluator, event: Value) -> (Result<Value, HandlerError>, Value) {
    let invocation = invocation(60);
    logged(evaluator::handle(event, evaluator, &invocation)).await
}

/// The operations that were called since the log was cleared, each with its count.
fn counted(sandbox: &Sandbox) -> Vec<String> {
    let mut counts = BTreeMap::new();
    for call in sandbox.calls() {
        *counts.entry(call.operation).or_insert(0) += 1;
    }
    let counts = counts.iter();
    counts
        .map(|(name, count)| format!("{name} {count}"))
        .collect()
}
