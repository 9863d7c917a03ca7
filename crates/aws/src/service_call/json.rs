//! The two protocols that write JSON: awsJson 1.1, with the operation in a header, and REST, with
//! it in method and path.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ErrorMetadata;
use serde_json::{Map, Value};
use trailkeeper_core::{CallError, Operation, Region};

use super::client::{Client, Parts};
use super::{Service, escaped};
use crate::convert::member;
use crate::error::call_error;

/// A client of a service that speaks JSON. An answer is an object.
#[derive(Debug, Clone)]
pub(crate) struct JsonClient {
    client: Client<Value>,
    target: &'static str,
}

impl JsonClient {
    /// A client with the credentials and the settings of `config`.
    pub(crate) fn new(service: &'static Service, config: &SdkConfig, region: &Region) -> Self {
        Self {
            client: Client::new(service, config, region, (read, failure)),
            target: service.target,
        }
    }

    /// A call of awsJson about `resource`.
    pub(crate) async fn call(
        &self,
        operation: Operation,
        resource: &str,
        input: &Value,
    ) -> Result<Value, CallError> {
        let target = format!("{}.{}", self.target, operation.name);
        let parts = Parts {
            method: "POST",
            path: "/".to_owned(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", target),
            ],
            body: input.to_string(),
        };
        let answer = self.client.call(parts).await;
        answer.map_err(|error| call_error(operation, resource, &error))
    }

    /// A read of a REST API about `resource`.
    pub(crate) async fn get(
        &self,
        operation: Operation,
        resource: &str,
        path: String,
    ) -> Result<Value, CallError> {
        let parts = Parts {
            method: "GET",
            path,
            headers: Vec::new(),
            body: String::new(),
        };
        let answer = self.client.call(parts).await;
        answer.map_err(|error| call_error(operation, resource, &error))
    }
}

/// A path of segments with a query, percent-encoded.
pub(crate) fn path(segments: &[&str], query: &[(&str, &str)]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        path.extend(escaped(segment));
    }
    for (index, (name, value)) in query.iter().enumerate() {
        path.push(if index == 0 { '?' } else { '&' });
        path.push_str(&format!("{name}={}", escaped(value)));
    }
    path
}

// Operations that answer with nothing may send no body.
fn read(body: &[u8]) -> Result<Value, BoxError> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let members: Map<String, Value> = serde_json::from_slice(body)?;
    Ok(Value::Object(members))
}

// `ThrottlingException:http://internal.amazon.com/…` and `com.amazonaws.x#ThrottlingException` are
// both ways of writing a code.
fn failure(response: &HttpResponse) -> ErrorMetadata {
    let body = response.body().bytes().unwrap_or_default();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let header = response.headers().get("x-amzn-errortype");
    let code = header
        .map(str::to_owned)
        .or_else(|| member(&body, "__type"))
        .or_else(|| member(&body, "code"));
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = code.as_deref().and_then(bare).filter(|it| !it.is_empty()) {
        metadata = metadata.code(code);
    }
    let texts = ["message", "Message", "errorMessage"];
    if let Some(text) = texts.iter().find_map(|name| member(&body, name)) {
        metadata = metadata.message(text);
    }
    metadata.build()
}

fn bare(code: &str) -> Option<&str> {
    let code = code.split(':').next()?;
    code.rsplit('#').next()
}
