//! From the SDK's errors to ours.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use trailkeeper_core::{CallError, ErrorClass, Operation};

/// How much of an answer that carries no error message is worth showing.
const EXCERPT_CHARACTERS: usize = 200;

/// What to do about missing credentials; follows the reason that the credentials chain gives.
const CREDENTIALS_ADVICE: &str = "nothing was sent; give the Lambda function an execution role, \
     or sign in with `aws sso login`, or choose a profile with AWS_PROFILE";

/// The error of a call about `resource`.
pub(crate) fn call_error<E>(
    operation: Operation,
    resource: &str,
    error: &SdkError<E, HttpResponse>,
) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(reason) = missing_credentials(error) {
        let message = format!("{reason}; {CREDENTIALS_ADVICE}");
        return CallError::from_code(operation, resource, "NoCredentials", message);
    }
    match error {
        SdkError::ServiceError(answer) => answered(operation, resource, error, answer.raw()),
        SdkError::ResponseError(answer) => answered(operation, resource, error, answer.raw()),
        SdkError::TimeoutError(_) => unanswered(operation, resource, "Timeout", error),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            unanswered(operation, resource, "Timeout", error)
        }
        SdkError::ConstructionFailure(_) => {
            invalid_request(operation, resource, &root_cause(error))
        }
        _ => unanswered(operation, resource, "ConnectionLost", error),
    }
}

/// A request that could not be put together, so that nothing was sent.
pub(crate) fn invalid_request(operation: Operation, resource: &str, reason: &str) -> CallError {
    let message = format!("the request could not be built, nothing was sent: {reason}");
    CallError::from_code(operation, resource, "InvalidRequest", message)
}

/// An answer of success that lacks what it should hold, or contradicts itself.
pub(crate) fn invalid_response(operation: Operation, resource: &str, reason: &str) -> CallError {
    broken(operation, resource, "InvalidResponse", reason.to_owned())
}

// Where an error answer names no code, or cannot be read, the HTTP status takes the code's place.
fn answered<E>(
    operation: Operation,
    resource: &str,
    error: &SdkError<E, HttpResponse>,
    response: &HttpResponse,
) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = response.status();
    if status.is_success() && error.code().is_none() {
        let text = format!("the answer could not be read: {}", root_cause(error));
        return invalid_response(operation, resource, &signed(text, response));
    }
    let code = error
        .code()
        .map_or_else(|| status.as_u16().to_string(), str::to_owned);
    let text = error.message().filter(|text| !text.is_empty());
    let text = text.map_or_else(|| excerpt(response), str::to_owned);
    CallError::from_code(operation, resource, code, signed(text, response))
}

/// A call whose answer did not come, or not to its end.
pub(crate) fn unanswered(
    operation: Operation,
    resource: &str,
    code: &str,
    error: &(dyn Error + 'static),
) -> CallError {
    let reason = root_cause(error);
    let message = format!("no answer, so the effect of the call is unknown: {reason}");
    broken(operation, resource, code, message)
}

fn broken(operation: Operation, resource: &str, code: &str, message: String) -> CallError {
    CallError {
        operation,
        resource: resource.to_owned(),
        code: code.to_owned(),
        message,
        class: ErrorClass::Broken,
    }
}

// AWS support asks for the request id first.
fn signed(text: String, response: &HttpResponse) -> String {
    match response.headers().request_id() {
        Some(id) => format!("{text} (request id {id})"),
        None => text,
    }
}

fn excerpt(response: &HttpResponse) -> String {
    let body = response.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(body);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text: String = words.join(" ").chars().take(EXCERPT_CHARACTERS).collect();
    let status = response.status().as_u16();
    if text.is_empty() {
        format!("HTTP status {status} without a text")
    } else {
        format!("HTTP status {status}: {text}")
    }
}

// The SDK's own layers say little ("dispatch failure: other"); the last cause says it all.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

// The chain's last cause may be a detail of one provider; the credentials error names them all.
fn missing_credentials(error: &(dyn Error + 'static)) -> Option<String> {
    let found = causes(error).find(|cause| cause.is::<CredentialsError>())?;
    let texts: Vec<String> = causes(found).map(ToString::to_string).collect();
    Some(texts.join(": "))
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'e (dyn Error + 'static)| {
        (*cause).source()
    })
}
