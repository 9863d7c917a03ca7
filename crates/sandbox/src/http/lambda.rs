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
    let mut input = Map::new();
    let mut put = |name: &str, value: &str| input.insert(name.to_owned(), json!(value));
    let operation = match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["2015-03-31", "functions", name, "invocations"]) => {
            put("FunctionName", name);
            "Invoke"
        }
        ("GET", ["2015-03-31", "functions", name, "configuration"]) => {
            put("FunctionName", name);
            "GetFunctionConfiguration"
        }
        ("GET", ["2015-03-31", "functions", name]) => {
            put("FunctionName", name);
            "GetFunction"
        }
        ("GET", ["2015-03-31", "functions"]) => "ListFunctions",
        (method, _) => {
            let text = format!("the sandbox does not model {method} {}", request.path);
            return Err(ApiError::new("NotImplementedException", text));
        }
    };
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

fn payload(request: &Request) -> Result<Value, ApiError> {
    request.json().map_err(|error| {
        let text = format!("Could not parse request body into json: {}", error.message);
        ApiError::new("InvalidRequestContentException", text)
    })
}

pub(super) fn success(operation: &str, output: &Value) -> Reply {
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
