//! The sandbox's own addresses: its call log, its clock and its faults.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::message::{Reply, Request};
use crate::account::Sandbox;
use crate::call::ApiError;
use crate::fault::{Fault, FaultKind, When};

const CONTENT_TYPE: &str = "application/json";

/// Answers a request to `/_sandbox/…`.
pub(super) fn answer(sandbox: &Sandbox, request: &Request) -> Reply {
    // a page in a browser must not steer the account
    if request.header("origin").is_some() {
        return refused(403, "requests of web pages are not answered");
    }
    let done = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/_sandbox/calls") => Ok(json!(sandbox.calls())),
        ("DELETE", "/_sandbox/calls") => {
            sandbox.clear_calls();
            Ok(json!({}))
        }
        ("POST", "/_sandbox/advance") => advance(sandbox, request),
        ("POST", "/_sandbox/faults") => fault(request).map(|fault| {
            sandbox.inject(fault);
            json!({})
        }),
        ("DELETE", "/_sandbox/faults") => {
            sandbox.clear_faults();
            Ok(json!({}))
        }
        _ => return refused(404, "the sandbox has no such address"),
    };
    match done {
        Ok(value) => Reply::new(200, CONTENT_TYPE, value.to_string()),
        Err(text) => refused(400, &text),
    }
}

fn refused(status: u16, text: &str) -> Reply {
    Reply::new(status, CONTENT_TYPE, json!({"message": text}).to_string())
}

fn advance(sandbox: &Sandbox, request: &Request) -> Result<Value, String> {
    let body = request.json().map_err(|error| error.message)?;
    let seconds = body.get("seconds").and_then(Value::as_i64);
    let Some(seconds) = seconds.filter(|seconds| *seconds >= 0) else {
        return Err("seconds must be a whole number, 0 or more".to_owned());
    };
    sandbox.advance(SignedDuration::from_secs(seconds));
    Ok(json!({"now": sandbox.now()}))
}

fn fault(request: &Request) -> Result<Fault, String> {
    let body = request.json().map_err(|error| error.message)?;
    let text = |name: &str| {
        let value = body.get(name).and_then(Value::as_str);
        value.ok_or_else(|| format!("{name} must be given"))
    };
    let when =
        when(body.get("when")).ok_or("when must be \"always\", {\"nth\": n} or {\"first\": n}")?;
    let kind = kind(body.get("kind")).ok_or("kind is missing or unknown")?;
    Ok(Fault::new(text("service")?, text("operation")?, when, kind))
}

fn when(value: Option<&Value>) -> Option<When> {
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    match value {
        None => Some(When::Always),
        Some(Value::String(text)) => (text == "always").then_some(When::Always),
        Some(value) => match (value.get("nth"), value.get("first")) {
            (Some(nth), None) => number(nth).map(When::Nth),
            (None, Some(first)) => number(first).map(When::First),
            _ => None,
        },
    }
}

fn kind(value: Option<&Value>) -> Option<FaultKind> {
    let value = value?;
    if let Some(error) = value.get("error") {
        let code = error.get("code")?.as_str()?;
        let message = error.get("message").and_then(Value::as_str);
        let status = error.get("status").and_then(Value::as_u64).unwrap_or(400);
        let error = ApiError::new(code, message.unwrap_or(code));
        let status = u16::try_from(status).ok();
        let status = status.filter(|status| (400..600).contains(status))?;
        return Some(FaultKind::Error(error.with_status(status)));
    }
    Some(match value.as_str()? {
        "throttle" => FaultKind::Throttle,
        "denied" => FaultKind::Denied { scp: false },
        "deniedByScp" => FaultKind::Denied { scp: true },
        "timeoutBefore" => FaultKind::TimeoutBefore,
        "timeoutAfter" => FaultKind::TimeoutAfter,
        "staleRead" => FaultKind::StaleRead,
        "dropped" => FaultKind::Dropped,
        _ => return None,
    })
}
