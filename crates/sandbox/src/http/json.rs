//! The awsJson protocols: the operation in `X-Amz-Target`, JSON both ways. The account service has
//! the operation in its path instead.

use serde_json::{Value, json};

use super::message::{Reply, Request};
use super::scope::Scope;
use crate::call::{ApiError, Call};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The target prefixes of the services that are known here, as far as the last dot.
const PREFIXES: [(&str, &[&str]); 8] = [
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
    ("logs", &["Logs_20140328"]),
    ("monitoring", &["GraniteServiceVersion20100801"]),
    ("organizations", &["AWSOrganizationsV20161128"]),
    ("ssm", &["AmazonSSM"]),
];

/// The account service's operations by their paths.
const PATHS: [(&str, &str); 4] = [
    ("/enableRegion", "EnableRegion"),
    ("/disableRegion", "DisableRegion"),
    ("/listRegions", "ListRegions"),
    ("/getRegionOptStatus", "GetRegionOptStatus"),
];

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    if scope.service == "account" {
        let known = PATHS.iter().find(|(path, _)| *path == request.path);
        let Some((_, operation)) = known.filter(|_| request.method == "POST") else {
            let text = format!("'{}' is no operation of account", request.path);
            return Err(ApiError::new("UnknownOperationException", text));
        };
        let input = request.json()?;
        return Ok(Call::new("account", operation, &scope.region, input));
    }
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
    // the scope has the name of the endpoint
    let service = match scope.service.as_str() {
        "monitoring" => "cloudwatch",
        service => service,
    };
    Ok(Call::new(service, operation, &scope.region, input))
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
