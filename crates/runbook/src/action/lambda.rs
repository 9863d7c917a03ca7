//! `aws:invokeLambdaFunction`.

use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::failure::{Failure, FailureStage, FailureType};
use super::prepare::Work;
use crate::convert::text_of;

/// The longest a function may take.
const LIMIT: SignedDuration = SignedDuration::from_secs(300);
/// The largest answer of a function, in bytes.
const LARGEST_ANSWER: usize = 200 * 1024;

/// The call of Invoke.
pub(super) fn call(inputs: &Map<String, Value>) -> Result<Work, Failure> {
    let mut input = inputs.clone();
    let typed = input.remove("InputPayload");
    let text = input.remove("Payload");
    let function = super::prepare::take_text(&mut input, "FunctionName")?;
    input.insert("FunctionName".to_owned(), Value::String(function));
    let payload = match (typed, text) {
        (Some(typed), _) => Some(typed.to_string()),
        (None, Some(text)) => Some(text_of(&text)),
        (None, None) => None,
    };
    if let Some(payload) = payload {
        input.insert("Payload".to_owned(), Value::String(payload));
    }
    Ok(Work::Call {
        service: "lambda".to_owned(),
        api: "Invoke".to_owned(),
        input: Value::Object(input),
        limit: LIMIT,
    })
}

/// What an answer of Invoke hands on by itself.
pub(super) fn predefined(answer: &Value) -> Map<String, Value> {
    let mut outputs = Map::new();
    for name in ["StatusCode", "FunctionError", "LogResult", "Payload"] {
        match answer.get(name) {
            None | Some(Value::Null) => (),
            Some(value) => {
                outputs.insert(name.to_owned(), value.clone());
            }
        }
    }
    outputs
}

/// The answer of the function itself; it is what selectors look into.
pub(super) fn payload(answer: &Value) -> Value {
    let text = match answer.get("Payload") {
        Some(Value::String(text)) => text,
        Some(other) => return other.clone(),
        None => return Value::Null,
    };
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
}

/// Why the function failed, or why its answer cannot be taken.
pub(super) fn failure(function: &str, answer: &Value) -> Option<Failure> {
    let size = answer
        .get("Payload")
        .map(text_of)
        .map_or(0, |text| text.len());
    if size > LARGEST_ANSWER {
        let message = format!(
            "function {function} answered {size} bytes; a step takes at most {LARGEST_ANSWER}"
        );
        let stage = FailureStage::PostVerification;
        return Some(Failure::new(stage, FailureType::Action, message));
    }
    let error = answer.get("FunctionError").map(text_of)?;
    if error.is_empty() {
        return None;
    }
    let payload = payload(answer);
    let told = |name: &str| payload.get(name).map(text_of).unwrap_or_default();
    let (kind, message) = (told("errorType"), told("errorMessage"));
    let said = match (kind.as_str(), message.as_str()) {
        ("", "") => text_of(&payload),
        ("", message) => message.to_owned(),
        (kind, message) => format!("{kind}: {message}"),
    };
    let message = format!("function {function} failed ({error}): {said}");
    let failure = Failure::new(FailureStage::Invocation, FailureType::Action, message);
    Some(
        failure
            .with("FunctionError", &error)
            .with("ErrorType", &kind),
    )
}
