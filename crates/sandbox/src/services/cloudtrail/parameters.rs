//! How records tell the input and the answer of a call.

use serde_json::{Map, Value, json};

use crate::call::{ApiError, Call};
use crate::services::ec2;
use crate::services::events::length;

/// Larger `requestParameters` are left out of the record.
const LARGEST_PARAMETERS: usize = 100 * 1024;

/// The record's `requestParameters` and `responseElements`.
pub(super) fn elements(call: &Call, answer: &Result<Value, ApiError>) -> (Value, Value) {
    match call.service.as_str() {
        "ec2" => (
            ec2::request_parameters(call),
            ec2::response_elements(call, answer),
        ),
        "s3" => (bucket_request(call), Value::Null),
        _ => {
            let answered = answer.as_ref().map_or(Value::Null, response);
            (request(call), answered)
        }
    }
}

/// The record's `errorCode`: those of EC2 say whose fault it was, and a call that was not allowed
/// bears one code whatever the service answered.
pub(super) fn error_code(call: &Call, error: &ApiError) -> String {
    match call.service.as_str() {
        "ec2" if error.status < 500 => format!("Client.{}", error.code),
        "ec2" => format!("Server.{}", error.code),
        "sns" if error.code == "AuthorizationError" => "AccessDenied".to_owned(),
        _ if error.code == "AccessDeniedException" => "AccessDenied".to_owned(),
        _ => error.code.clone(),
    }
}

/// The type and the name of the resource that the call concerns.
pub(super) fn resource(call: &Call, answer: &Result<Value, ApiError>) -> Option<(String, String)> {
    let (kind, members): (_, &[&str]) = match call.service.as_str() {
        "ec2" => return ec2::resource(call, answer),
        "iam" if call.input.get("PolicyArn").is_none() => match call.input.get("RoleName") {
            Some(_) => ("AWS::IAM::Role", &["RoleName"]),
            None => ("AWS::IAM::InstanceProfile", &["InstanceProfileName"]),
        },
        "iam" => ("AWS::IAM::Policy", &["PolicyArn"]),
        "cloudtrail" => (
            "AWS::CloudTrail::Trail",
            &["Name", "TrailName", "ResourceId"],
        ),
        "s3" => ("AWS::S3::Bucket", &["Bucket"]),
        "kms" => ("AWS::KMS::Key", &["KeyId"]),
        "lambda" => ("AWS::Lambda::Function", &["FunctionName"]),
        "events" => ("AWS::Events::Rule", &["Name", "Rule"]),
        "config" => ("AWS::Config::ConfigRule", &["ConfigRuleName"]),
        "sns" => ("AWS::SNS::Topic", &["TopicArn"]),
        "logs" => ("AWS::Logs::LogGroup", &["logGroupName"]),
        "ssm" => ("AWS::SSM::Document", &["Name"]),
        "guardduty" => ("AWS::GuardDuty::Detector", &["DetectorId"]),
        _ => return None,
    };
    let mut named = members.iter().filter_map(|member| call.input.get(*member));
    let name = named.next().and_then(Value::as_str)?;
    Some((kind.to_owned(), name.to_owned()))
}

/// The input without its contents: those of functions and messages are in no record.
fn request(call: &Call) -> Value {
    let mut told = lower_keys(&call.input);
    if let Some(members) = told.as_object_mut() {
        for content in ["payload", "zipFile", "message"] {
            members.remove(content);
        }
        if members.is_empty() {
            return Value::Null;
        }
    }
    told
}

/// S3 records the request as it looks on the wire: the bucket, the sub-resource, and the body
/// under the name of its root.
fn bucket_request(call: &Call) -> Value {
    let mut told = Map::new();
    for (name, value) in call.input.as_object().into_iter().flatten() {
        let (name, value) = match (name.as_str(), value) {
            ("Body", _) => continue,
            ("Bucket", value) => ("bucketName".to_owned(), value.clone()),
            ("Policy", Value::String(text)) => {
                let policy = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
                ("bucketPolicy".to_owned(), policy)
            }
            ("ExpectedBucketOwner", value) => {
                ("x-amz-expected-bucket-owner".to_owned(), value.clone())
            }
            (name, Value::Object(_) | Value::Array(_)) => (name.to_owned(), value.clone()),
            (name, value) => (lower(name), value.clone()),
        };
        told.insert(name, value);
    }
    told.insert(
        "Host".to_owned(),
        json!(format!("s3.{}.amazonaws.com", call.region)),
    );
    if let Some(sub_resource) = sub_resource(&call.operation) {
        told.insert(sub_resource.to_owned(), json!(""));
    }
    Value::Object(told)
}

fn sub_resource(operation: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 13] = [
        ("BucketPolicy", "policy"),
        ("BucketLifecycle", "lifecycle"),
        ("BucketVersioning", "versioning"),
        ("BucketEncryption", "encryption"),
        ("BucketRequestPayment", "requestPayment"),
        ("PublicAccessBlock", "publicAccessBlock"),
        ("OwnershipControls", "ownershipControls"),
        ("BucketAcl", "acl"),
        ("ObjectLockConfiguration", "object-lock"),
        ("BucketReplication", "replication"),
        ("BucketNotification", "notification"),
        ("BucketLogging", "logging"),
        ("BucketTagging", "tagging"),
    ];
    let mut names = NAMES.iter();
    let found = names.find(|(part, _)| operation.contains(part));
    found.map(|(_, name)| *name)
}

/// What CloudTrail writes in place of parameters over its limit.
pub(super) fn within_limit(request: &Value) -> Value {
    let size = length(request);
    if size <= LARGEST_PARAMETERS {
        return request.clone();
    }
    json!({
        "reason": "requestParameters too large",
        "omitted": true,
        "originalSize": size,
    })
}

/// Empty answers are recorded as null.
fn response(answer: &Value) -> Value {
    match answer.as_object() {
        Some(map) if !map.is_empty() => lower_keys(answer),
        _ => Value::Null,
    }
}

/// Records write members with a small first letter: `S3BucketName` is `s3BucketName` there.
fn lower_keys(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let one = |(key, value): (&String, &Value)| {
                // the keys of maps are the caller's own
                let map = ["Parameters", "Variables", "Criterion"].contains(&key.as_str());
                let value = if map {
                    value.clone()
                } else {
                    lower_keys(value)
                };
                (lower(key), value)
            };
            Value::Object(map.iter().map(one).collect::<Map<String, Value>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(lower_keys).collect()),
        other => other.clone(),
    }
}

fn lower(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
