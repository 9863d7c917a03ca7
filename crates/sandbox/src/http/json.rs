//! The awsJson 1.1 protocol: the operation in `X-Amz-Target`, JSON both ways.

use serde_json::{Value, json};

use super::message::{Reply, Request};
use super::scope::Scope;
use crate::call::{ApiError, Call};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The target prefixes of the services that are known here, as far as the last dot.
const PREFIXES: [(&str, &[&str]); 6] = [
    (
        "cloudtrail",
        &[
            "CloudTrail_20131101",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        ],
    ),
    ("config", &["StarlingDoveService"]),
    ("events", &["AWSEvents"]),
    ("kms", &["TrentService"]),
    ("organizations", &["AWSOrganizationsV20161128"]),
    ("ssm", &["AmazonSSM"]),
];

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    let target = request.header("x-amz-target").unwrap_or_default();
    let known = PREFIXES.iter().find(|(name, _)| *name == scope.service);
    let fits = |prefix: &str| known.is_none_or(|(_, prefixes)| prefixes.contains(&prefix));
    let operation = target
        .rsplit_once('.')
        .filter(|(prefix, operation)| fits(prefix) && !operation.is_empty());
    let Some((_, operation)) = operation else {
        let text = format!("'{target}' is no operation of {}", scope.service);
        return Err(ApiError::new("UnknownOperationException", text));
    };
    let input = request.json()?;
    Ok(Call::new(&scope.service, operation, &scope.region, input))
}

pub(super) fn success(output: &Value) -> Reply {
    let body = match output {
        Value::Null => Vec::new(),
        output => output.to_string().into_bytes(),
    };
    Reply::new(200, CONTENT_TYPE, body)
}

pub(super) fn failure(error: &ApiError) -> Reply {
    let body = json!({"__type": error.code, "message": error.message});
    Reply::new(error.status, CONTENT_TYPE, body.to_string()).with("x-amzn-errortype", &error.code)
}
