//! Lambda's REST API: the operation in the path, the payload as the body.

use serde_json::{Map, Value, json};

use super::message::{Reply, Request, percent_decoded};
use super::scope::Scope;
use crate::call::{ApiError, Call};

const CONTENT_TYPE: &str = "application/json";

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    let segments: Vec<String> = request
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(percent_decoded)
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let Some((operation, name, statement)) = route(&request.method, &segments) else {
        let text = format!(
            "the sandbox does not model {} {}",
            request.method, request.path
        );
        return Err(ApiError::new("NotImplementedException", text));
    };
    let mut input = match operation {
        "Invoke" => Map::new(),
        _ if request.body.is_empty() => Map::new(),
        _ => match payload(request)? {
            Value::Object(members) => members,
            _ => Map::new(),
        },
    };
    let mut put = |name: &str, value: &str| input.insert(name.to_owned(), json!(value));
    if let Some(name) = name {
        put("FunctionName", name);
    }
    if let Some(statement) = statement {
        put("StatementId", statement);
    }
    if let Some(revision) = request.parameter("RevisionId") {
        put("RevisionId", revision);
    }
    if let Some(qualifier) = request.parameter("Qualifier") {
        put("Qualifier", qualifier);
    }
    if operation == "Invoke" {
        if let Some(kind) = request.header("x-amz-invocation-type") {
            put("InvocationType", kind);
        }
        if let Some(kind) = request.header("x-amz-log-type") {
            put("LogType", kind);
        }
        input.insert("Payload".to_owned(), payload(request)?);
    }
    let input = Value::Object(input);
    Ok(Call::new("lambda", operation, &scope.region, input))
}

/// The operation, and what the path names: a function, a statement of its policy.
type Route<'a> = (&'static str, Option<&'a str>, Option<&'a str>);

fn route<'a>(method: &str, segments: &[&'a str]) -> Option<Route<'a>> {
    let (name, rest) = match segments {
        [
            "2015-03-31" | "2017-10-31" | "2019-09-25" | "2019-09-30",
            "functions",
            name,
            rest @ ..,
        ] => (*name, rest),
        ["2015-03-31", "functions"] if method == "GET" => {
            return Some(("ListFunctions", None, None));
        }
        _ => return None,
    };
    let operation = match (method, rest) {
        ("POST", ["invocations"]) => "Invoke",
        ("GET", ["configuration"]) => "GetFunctionConfiguration",
        ("PUT", ["configuration"]) => "UpdateFunctionConfiguration",
        ("PUT", ["code"]) => "UpdateFunctionCode",
        ("GET", ["concurrency"]) => "GetFunctionConcurrency",
        ("PUT", ["concurrency"]) => "PutFunctionConcurrency",
        ("DELETE", ["concurrency"]) => "DeleteFunctionConcurrency",
        ("GET", ["event-invoke-config"]) => "GetFunctionEventInvokeConfig",
        ("PUT", ["event-invoke-config"]) => "PutFunctionEventInvokeConfig",
        ("POST", ["event-invoke-config"]) => "UpdateFunctionEventInvokeConfig",
        ("DELETE", ["event-invoke-config"]) => "DeleteFunctionEventInvokeConfig",
        ("GET", ["policy"]) => "GetPolicy",
        ("POST", ["policy"]) => "AddPermission",
        ("DELETE", ["policy", statement]) => {
            return Some(("RemovePermission", Some(name), Some(statement)));
        }
        ("GET", []) => "GetFunction",
        ("DELETE", []) => "DeleteFunction",
        _ => return None,
    };
    Some((operation, Some(name), None))
}

fn payload(request: &Request) -> Result<Value, ApiError> {
    request.json().map_err(|error| {
        let text = format!("Could not parse request body into json: {}", error.message);
        ApiError::new("InvalidRequestContentException", text)
    })
}

pub(super) fn success(operation: &str, output: &Value) -> Reply {
    match operation {
        "DeleteFunction"
        | "DeleteFunctionConcurrency"
        | "DeleteFunctionEventInvokeConfig"
        | "RemovePermission" => {
            return Reply::empty(204);
        }
        "AddPermission" => return Reply::new(201, CONTENT_TYPE, output.to_string()),
        _ => {}
    }
    if operation != "Invoke" {
        return Reply::new(200, CONTENT_TYPE, output.to_string());
    }
    let status = output.get("StatusCode").and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let body = output.get("Payload").map(Value::to_string);
    let reply = Reply::new(
        status.unwrap_or(200),
        CONTENT_TYPE,
        body.unwrap_or_default(),
    );
    let headers = [
        ("FunctionError", "x-amz-function-error"),
        ("ExecutedVersion", "x-amz-executed-version"),
        ("LogResult", "x-amz-log-result"),
    ];
    headers.iter().fold(reply, |reply, (member, header)| {
        match output.get(*member).and_then(Value::as_str) {
            Some(value) => reply.with(header, value),
            None => reply,
        }
    })
}

pub(super) fn failure(error: &ApiError) -> Reply {
    let side = if error.status < 500 {
        "User"
    } else {
        "Service"
    };
    let body = json!({"Type": side, "Message": error.message, "message": error.message});
    Reply::new(error.status, CONTENT_TYPE, body.to_string()).with("x-amzn-errortype", &error.code)
}
