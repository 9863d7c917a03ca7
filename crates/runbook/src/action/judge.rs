//! What an answer means for the step.

use serde_json::{Map, Value};

use super::failure::{Failure, FailureStage, FailureType};
use super::lambda;
use crate::convert::{convert, describe, text_of};
use crate::document::{Action, ApiPurpose, Step};
use crate::selector::{Selected, Selector};

/// What an answer means for the step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Judgement {
    /// The step has succeeded.
    Success(Map<String, Value>),
    /// The property has not its value yet.
    NotYet,
    /// The attempt has failed; what the answer handed on by itself is kept.
    Failed(Failure, Map<String, Value>),
}

/// Judges an answer.
pub(crate) fn judge(step: &Step, inputs: &Map<String, Value>, answer: &Value) -> Judgement {
    match &step.action {
        Action::InvokeLambdaFunction => judge_lambda(step, inputs, answer),
        Action::Api(ApiPurpose::Execute) => succeed(step, answer, Map::new()),
        Action::Api(purpose) => match property_matches(inputs, answer) {
            Err(failure) => Judgement::Failed(failure, Map::new()),
            Ok(None) => succeed(step, answer, Map::new()),
            Ok(Some(_)) if *purpose == ApiPurpose::Wait => Judgement::NotYet,
            Ok(Some(mismatch)) => Judgement::Failed(mismatch, Map::new()),
        },
        Action::Branch(_)
        | Action::Sleep
        | Action::Approve
        | Action::UpdateVariable
        | Action::Other(_) => Judgement::Success(Map::new()),
    }
}

fn judge_lambda(step: &Step, inputs: &Map<String, Value>, answer: &Value) -> Judgement {
    let function = inputs.get("FunctionName").map(text_of).unwrap_or_default();
    let predefined = lambda::predefined(answer);
    if let Some(failure) = lambda::failure(&function, answer) {
        return Judgement::Failed(failure, predefined);
    }
    succeed(step, &lambda::payload(answer), predefined)
}

/// Takes the declared outputs from an answer.
fn succeed(step: &Step, root: &Value, mut outputs: Map<String, Value>) -> Judgement {
    for output in &step.outputs {
        let taken = match output.selector.select(root).into_value() {
            Some(value) => convert(&value, output.data_type).map_err(|error| error.to_string()),
            None => Err("there is nothing in the answer".to_owned()),
        };
        match taken {
            Ok(value) => {
                outputs.insert(output.name.clone(), value);
            }
            Err(problem) => {
                let selector = output.selector.as_str();
                let message = format!("output {} ({selector}): {problem}", output.name);
                let stage = FailureStage::PostVerification;
                let failure = Failure::new(stage, FailureType::Action, message);
                return Judgement::Failed(failure.with("Output", &output.name), outputs);
            }
        }
    }
    Judgement::Success(outputs)
}

/// None if the property has one of the values; else how it does not.
fn property_matches(
    inputs: &Map<String, Value>,
    answer: &Value,
) -> Result<Option<Failure>, Failure> {
    let selector = inputs
        .get("PropertySelector")
        .map(text_of)
        .unwrap_or_default();
    let desired = match inputs.get("DesiredValues") {
        Some(Value::Array(values)) => values.iter().map(python_text).collect(),
        Some(value) => vec![python_text(value)],
        None => Vec::new(),
    };
    let selected = Selector::parse(&selector)
        .map_err(|error| Failure::input(error.to_string()))?
        .select(answer);
    if matches(&selected, &desired) {
        return Ok(None);
    }
    let found = selected.into_value().unwrap_or_default();
    let message = format!(
        "{selector} is {}; wanted {}",
        describe(&found),
        desired.join(" or ")
    );
    let stage = FailureStage::PostVerification;
    Ok(Some(Failure::new(
        stage,
        FailureType::Verification,
        message,
    )))
}

/// One value must be wanted; of several every one, and there must be one at all.
fn matches(selected: &Selected, desired: &[String]) -> bool {
    let wanted = |value: &Value| !value.is_null() && desired.contains(&python_text(value));
    match selected {
        Selected::One(value) => value.as_ref().is_some_and(wanted),
        Selected::Many(values) => !values.is_empty() && values.iter().all(wanted),
    }
}

/// The service compares texts as Python makes them: a boolean is `True` or `False`.
fn python_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        _ => text_of(value),
    }
}
