//! The product's Lambda functions as functions of a sandbox: the real handlers over its ports.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::fast_path::EventSettings;
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_lambda::evaluator::Evaluator;
use trailkeeper_lambda::{HandlerError, Invocation, evaluator, remediator};
use trailkeeper_sandbox::{Function, Sandbox};

use crate::account::sandbox_caller;

/// The function behind the rules.
pub(crate) const EVALUATOR: &str = "trailkeeper-evaluator";
/// The function behind the runbook's step.
pub(crate) const REMEDIATOR: &str = "trailkeeper-remediator";

/// The functions' timeouts.
const EVALUATOR_TIME: SignedDuration = SignedDuration::from_mins(1);
const REMEDIATOR_TIME: SignedDuration = SignedDuration::from_mins(5);

/// Gives the sandbox both functions.
pub(crate) fn register(sandbox: &Sandbox) {
    let evaluator = EvaluatorFunction {
        evaluator: evaluator_of(sandbox),
        sandbox: sandbox.clone(),
    };
    sandbox.register_function(EVALUATOR, Arc::new(evaluator));
    let remediator = Remediator(sandbox.clone());
    sandbox.register_function(REMEDIATOR, Arc::new(remediator));
}

fn evaluator_of(sandbox: &Sandbox) -> Evaluator {
    let ports = sandbox.evaluate_ports(&PolicyCache::default());
    let events = sandbox.event_ports(&ports.policies);
    Evaluator::new(ports, events, EventSettings::default())
}

struct EvaluatorFunction {
    evaluator: Evaluator,
    sandbox: Sandbox,
}

#[async_trait]
impl Function for EvaluatorFunction {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let invocation = invocation(&self.sandbox, EVALUATOR_TIME)?;
        let answer = evaluator::handle(payload, &self.evaluator, &invocation).await;
        answer.map_err(|error| payload_of(&error))
    }
}

struct Remediator(Sandbox);

#[async_trait]
impl Function for Remediator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let remediator = remediator::Remediator {
            ports: self.0.repair_ports(),
            incident: self.0.incident_ports(),
            settings: IncidentSettings::default(),
        };
        let invocation = invocation(&self.0, REMEDIATOR_TIME)?;
        let seed = remediator::seed(&invocation.request_id);
        let answer = remediator::handle(payload, &remediator, &invocation, seed).await;
        answer.map_err(|error| payload_of(&error))
    }
}

/// An invocation now, by a fixed id: the same sandbox is to give the same answers.
fn invocation(sandbox: &Sandbox, time: SignedDuration) -> Result<Invocation, Value> {
    let caller = sandbox_caller(sandbox);
    let caller = caller.map_err(|error| error_payload("bad-invocation", &error.to_string()))?;
    let now = sandbox.now();
    Ok(Invocation {
        caller,
        request_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        deadline: now.checked_add(time).unwrap_or(now),
    })
}

fn payload_of(error: &HandlerError) -> Value {
    error_payload(&error.error_type, &error.error_message)
}

fn error_payload(code: &str, message: &str) -> Value {
    json!({"errorType": code, "errorMessage": message})
}
