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
use trailkeeper_sandbox::seed::Actor;
use trailkeeper_sandbox::{Function, Sandbox};

use crate::account::sandbox_caller;

/// The function behind the rules.
pub(crate) const EVALUATOR: &str = "trailkeeper-evaluator";
/// The function behind the runbook's step.
pub(crate) const REMEDIATOR: &str = "trailkeeper-remediator";

/// The functions' timeouts.
const EVALUATOR_TIME: SignedDuration = SignedDuration::from_mins(1);
const REMEDIATOR_TIME: SignedDuration = SignedDuration::from_mins(5);

/// The account as the function sees it, whose calls are those of its role.
fn as_role(sandbox: &Sandbox, function: &str) -> Sandbox {
    let account = sandbox.with_world(|world| world.account_id.clone());
    let session = Actor::role_session(&account, function, function, "192.0.2.10");
    sandbox.as_actor(session)
}

/// Gives the sandbox both functions. Events are answered as `events` says; the remediator tells the
/// same topic.
pub(crate) fn register(sandbox: &Sandbox, events: EventSettings) {
    let remediator = RemediatorFunction {
        sandbox: as_role(sandbox, REMEDIATOR),
        settings: IncidentSettings {
            topic: events.topic.clone(),
            own_roles: events.own_roles.clone(),
            events: false,
        },
    };
    sandbox.register_function(REMEDIATOR, Arc::new(remediator));
    let evaluator = EvaluatorFunction {
        evaluator: evaluator_of(sandbox, events),
        sandbox: sandbox.clone(),
    };
    sandbox.register_function(EVALUATOR, Arc::new(evaluator));
}

fn evaluator_of(sandbox: &Sandbox, settings: EventSettings) -> Evaluator {
    let ports = sandbox.evaluate_ports(&PolicyCache::default());
    let events = sandbox.event_ports(&ports.policies);
    Evaluator::new(ports, events, settings)
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

struct RemediatorFunction {
    sandbox: Sandbox,
    settings: IncidentSettings,
}

#[async_trait]
impl Function for RemediatorFunction {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let remediator = remediator::Remediator {
            ports: self.sandbox.repair_ports(),
            automation: Arc::new(self.sandbox.clone()),
            incident: self.sandbox.incident_ports(),
            settings: self.settings.clone(),
            destinations: None,
        };
        let invocation = invocation(&self.sandbox, REMEDIATOR_TIME)?;
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
