//! S3's REST API with XML: path-style and host-style addresses, subresources in the query.

mod address;
mod body;
mod output;
mod routes;

use serde_json::{Map, Value, json};

use super::message::Request;
use super::scope::Scope;
use super::xml;
use crate::call::{ApiError, Call};
use address::Address;
use routes::{Body, Route};

pub(super) use output::{failure, success};

/// Headers of a request and the members they are.
const HEADERS: [(&str, &str); 15] = [
    ("x-amz-account-id", "AccountId"),
    ("x-amz-expected-bucket-owner", "ExpectedBucketOwner"),
    ("x-amz-acl", "ACL"),
    ("x-amz-grant-full-control", "GrantFullControl"),
    ("x-amz-grant-read", "GrantRead"),
    ("x-amz-grant-read-acp", "GrantReadACP"),
    ("x-amz-grant-write", "GrantWrite"),
    ("x-amz-grant-write-acp", "GrantWriteACP"),
    ("x-amz-mfa", "MFA"),
    ("x-amz-object-ownership", "ObjectOwnership"),
    ("x-amz-request-payer", "RequestPayer"),
    ("x-amz-server-side-encryption", "ServerSideEncryption"),
    ("x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"),
    ("content-md5", "ContentMD5"),
    ("if-none-match", "IfNoneMatch"),
];

/// Headers of a request that are truth values.
const FLAGS: [(&str, &str); 4] = [
    (
        "x-amz-bucket-object-lock-enabled",
        "ObjectLockEnabledForBucket",
    ),
    (
        "x-amz-bypass-governance-retention",
        "BypassGovernanceRetention",
    ),
    (
        "x-amz-confirm-remove-self-bucket-access",
        "ConfirmRemoveSelfBucketAccess",
    ),
    (
        "x-amz-server-side-encryption-bucket-key-enabled",
        "BucketKeyEnabled",
    ),
];

/// Parameters of the query and the members they are.
const PARAMETERS: [(&str, &str); 10] = [
    ("prefix", "Prefix"),
    ("delimiter", "Delimiter"),
    ("continuation-token", "ContinuationToken"),
    ("start-after", "StartAfter"),
    ("marker", "Marker"),
    ("encoding-type", "EncodingType"),
    ("bucket-region", "BucketRegion"),
    ("versionId", "VersionId"),
    ("key-marker", "KeyMarker"),
    ("version-id-marker", "VersionIdMarker"),
];

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    let address = Address::of(request);
    let Some(route) = routes::find(request, &address) else {
        let text = format!(
            "the sandbox does not model s3 {} {}",
            request.method, request.path
        );
        return Err(ApiError::new("NotImplementedException", text));
    };
    let mut input = Map::new();
    if let Some(bucket) = &address.bucket {
        input.insert("Bucket".to_owned(), json!(bucket));
    }
    if let Some(key) = &address.key {
        input.insert("Key".to_owned(), json!(key));
    }
    head(request, &mut input);
    let kind = request.header("content-type");
    if let (Some(kind), Body::Blob(_)) = (kind, route.body) {
        input.insert("ContentType".to_owned(), json!(kind));
    }
    if let Some((member, value)) = payload(request, route)? {
        input.insert(member.to_owned(), value);
    }
    let input = Value::Object(input);
    Ok(Call::new("s3", route.operation, &scope.region, input))
}

/// The members in the headers and the query.
fn head(request: &Request, input: &mut Map<String, Value>) {
    for (name, member) in HEADERS {
        if let Some(value) = request.header(name) {
            input.insert(member.to_owned(), json!(value));
        }
    }
    for (name, member) in FLAGS {
        if let Some(value) = request.header(name) {
            input.insert(member.to_owned(), json!(value.eq_ignore_ascii_case("true")));
        }
    }
    for (name, member) in PARAMETERS {
        if let Some(value) = request.parameter(name) {
            input.insert(member.to_owned(), json!(value));
        }
    }
    for (name, member) in [
        ("max-keys", "MaxKeys"),
        ("max-buckets", "MaxBuckets"),
        ("fetch-owner", "FetchOwner"),
    ] {
        // numbers and truth values are JSON already
        let value = request.parameter(name).map(serde_json::from_str::<Value>);
        if let Some(Ok(value)) = value {
            input.insert(member.to_owned(), value);
        }
    }
}

fn payload(request: &Request, route: &Route) -> Result<Option<(&'static str, Value)>, ApiError> {
    if route.body == Body::None {
        return Ok(None);
    }
    member(route.body, body::plain(request)?)
}

/// The document that the answer of an operation is over HTTP.
pub(crate) fn document(operation: &str, output: &Value) -> String {
    String::from_utf8_lossy(&success(operation, output).body).into_owned()
}

/// The member that a document is in the input of an operation.
pub(crate) fn input_member(
    operation: &str,
    document: &str,
) -> Result<Option<(&'static str, Value)>, ApiError> {
    member(routes::body_of(operation), document.as_bytes().to_vec())
}

fn member(body: Body, content: Vec<u8>) -> Result<Option<(&'static str, Value)>, ApiError> {
    let member = match body {
        Body::None => return Ok(None),
        Body::Text(member) | Body::Blob(member) | Body::Structure(member) => member,
    };
    let value = match body {
        Body::Text(_) => match String::from_utf8(content) {
            Ok(text) => Value::String(text),
            Err(_) => return Err(malformed()),
        },
        Body::Blob(_) => Value::String(body::base64(&content)),
        _ if content.is_empty() => return Ok(None),
        _ => xml::structure(&content).ok_or_else(malformed)?,
    };
    Ok(Some((member, value)))
}

fn malformed() -> ApiError {
    let text = "The XML you provided was not well-formed or did not validate against our published \
                schema";
    ApiError::new("MalformedXML", text)
}
