//! What a step has to do, once its references are replaced.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::approve::{self, ApprovalRequest};
use super::failure::Failure;
use super::lambda;
use super::times::{parse_duration, parse_timestamp};
use crate::branch::{Branch, ConditionError};
use crate::convert::{describe, text_of};
use crate::document::{Action, ApiPurpose, Step};
use crate::substitute::{Scope, Unresolved, substitute};

/// The longest an operation may take.
const API_LIMIT: SignedDuration = SignedDuration::from_secs(25);

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    /// Call an operation.
    Call {
        service: String,
        api: String,
        input: Value,
        limit: SignedDuration,
    },
    /// Wait until then.
    SleepUntil(Timestamp),
    /// Ask for approval, after a message to a topic if there is one.
    Approve {
        request: ApprovalRequest,
        notice: Option<Value>,
    },
    /// Give a variable a value.
    SetVariable { name: String, value: Value },
    /// Go to a step, or on in order.
    Go(Option<String>),
}

/// Replaces the references of a step's inputs and says what is to be done.
pub(crate) fn prepare(
    step: &Step,
    scope: &dyn Scope,
    now: Timestamp,
) -> Result<(Map<String, Value>, Work), Failure> {
    if let Action::Branch(branch) = &step.action {
        return choose(branch, scope).map(|work| (branch_inputs(step, scope), work));
    }
    let inputs = match substitute(&step.inputs, scope).map_err(|error| unresolved(&error))? {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let work = match &step.action {
        Action::Api(purpose) => api_call(*purpose, &inputs)?,
        Action::InvokeLambdaFunction => lambda::call(&inputs)?,
        Action::Sleep => sleep(&inputs, now)?,
        Action::Approve => approve::work(&step.name, &inputs)?,
        Action::UpdateVariable => set_variable(&inputs)?,
        Action::Branch(_) | Action::Other(_) => Work::Go(None),
    };
    Ok((inputs, work))
}

fn unresolved(error: &Unresolved) -> Failure {
    Failure::input(error.to_string()).with("Reference", &error.reference.to_string())
}

fn choose(branch: &Branch, scope: &dyn Scope) -> Result<Work, Failure> {
    match branch.choose(scope) {
        Ok(target) => Ok(Work::Go(target.map(|target| target.name.clone()))),
        Err(ConditionError::Unresolved(error)) => Err(unresolved(&error)),
        Err(error) => Err(Failure::input(error.to_string())),
    }
}

/// A choice that is not looked at may name a step that never ran, so not all of it has a value.
fn branch_inputs(step: &Step, scope: &dyn Scope) -> Map<String, Value> {
    match substitute(&step.inputs, scope) {
        Ok(Value::Object(map)) => map,
        _ => match step.inputs.to_json() {
            Value::Object(map) => map,
            _ => Map::new(),
        },
    }
}

/// Inputs in the form of a report.
pub(crate) fn reported_inputs(inputs: &Map<String, Value>) -> BTreeMap<String, String> {
    let texts = inputs
        .iter()
        .map(|(name, value)| (name.clone(), text_of(value)));
    texts.collect()
}

fn set_variable(inputs: &Map<String, Value>) -> Result<Work, Failure> {
    let written = inputs.get("Name").map(text_of).unwrap_or_default();
    let Some(name) = written.strip_prefix("variable:") else {
        let problem = format!("Name is {written:?}, and must be variable:NAME");
        return Err(Failure::input(problem));
    };
    let value = inputs.get("Value").cloned();
    let value = value.ok_or_else(|| Failure::input("Value is missing"))?;
    Ok(Work::SetVariable {
        name: name.to_owned(),
        value,
    })
}

fn api_call(purpose: ApiPurpose, inputs: &Map<String, Value>) -> Result<Work, Failure> {
    let mut input = inputs.clone();
    let service = take_text(&mut input, "Service")?;
    let api = take_text(&mut input, "Api")?;
    if purpose != ApiPurpose::Execute {
        input.remove("PropertySelector");
        input.remove("DesiredValues");
    }
    Ok(Work::Call {
        service,
        api,
        input: Value::Object(input),
        limit: API_LIMIT,
    })
}

pub(super) fn take_text(inputs: &mut Map<String, Value>, name: &str) -> Result<String, Failure> {
    match inputs.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None => Err(Failure::input(format!("{name} is missing"))),
        Some(other) => Err(Failure::input(format!(
            "{name} is {}, and must be a text",
            describe(&other)
        ))),
    }
}

fn sleep(inputs: &Map<String, Value>, now: Timestamp) -> Result<Work, Failure> {
    let text = |name: &str| inputs.get(name).map(text_of);
    let until = match (text("Duration"), text("Timestamp")) {
        (Some(duration), None) => {
            let duration = parse_duration(&duration)
                .map_err(|problem| Failure::input(format!("Duration {problem}")))?;
            now.checked_add(duration)
                .map_err(|_| Failure::input("Duration leads beyond all times"))?
        }
        (None, Some(time)) => parse_timestamp(&time)
            .map_err(|problem| Failure::input(format!("Timestamp {problem}")))?,
        _ => return Err(Failure::input("either Duration or Timestamp is needed")),
    };
    Ok(Work::SleepUntil(until))
}
