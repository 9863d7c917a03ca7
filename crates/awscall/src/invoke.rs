//! Lambda's Invoke.

use serde_json::{Map, Value};
use trailkeeper_runbook::ApiFailure;

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::request::{Request, SigningStyle, header_members, path_segment, required};
use crate::service::LAMBDA;

/// Invoke of a function.
pub(crate) fn request(place: Endpoint, input: &Map<String, Value>) -> Result<Request, ApiFailure> {
    let function = path_segment(required(input, "FunctionName")?);
    let query = match input.get("Qualifier").and_then(Value::as_str) {
        Some(qualifier) => format!("?Qualifier={}", path_segment(qualifier)),
        None => String::new(),
    };
    let own = [
        ("InvocationType", "x-amz-invocation-type"),
        ("LogType", "x-amz-log-type"),
        ("ClientContext", "x-amz-client-context"),
    ];
    let payload = match input.get("Payload") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(typed) => typed.to_string().into_bytes(),
    };
    Ok(Request {
        method: "POST",
        url: format!(
            "{}/2015-03-31/functions/{function}/invocations{query}",
            place.url
        ),
        headers: header_members(input, &own)?,
        body: payload,
        signing_name: LAMBDA.signing_name,
        signing_region: place.signing_region,
        style: SigningStyle::Common,
    })
}

/// What Invoke answers; the payload is the function's own answer, as text.
pub(crate) fn read(answer: &Answer) -> Value {
    let own = [
        ("FunctionError", "x-amz-function-error"),
        ("LogResult", "x-amz-log-result"),
        ("ExecutedVersion", "x-amz-executed-version"),
    ];
    let told = own
        .iter()
        .filter_map(|(member, header)| Some(((*member).to_owned(), answer.header(header)?.into())));
    let mut members: Map<String, Value> = told.collect();
    members.insert("StatusCode".to_owned(), answer.status.into());
    members.insert("Payload".to_owned(), answer.text().into());
    Value::Object(members)
}
