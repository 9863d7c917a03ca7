//! A scripted HTTP client: answers in the order of the script, and keeps what was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use trailkeeper_aws::Session;

/// What the wire does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// An answer: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The connection is lost.
    Lost,
    /// No answer in time.
    Late,
}

/// A request as it went out.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method, scheme, host, path and query.
    pub(crate) line: String,
    /// The operation in `x-amz-target`, after the dot.
    pub(crate) target: String,
    /// `x-amz-expected-bucket-owner`.
    pub(crate) owner: Option<String>,
    /// Region and service of the signature.
    pub(crate) scope: String,
    /// `user-agent`.
    pub(crate) agent: String,
    /// The body as text.
    pub(crate) body: String,
    /// All headers.
    headers: Vec<(String, String)>,
}

impl Request {
    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The body as the members of a form, without what every request of the service holds.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        let decoded = |text| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let members = self.body.split('&').map(|member| {
            let (name, value) = member.split_once('=').unwrap();
            (decoded(name), decoded(value))
        });
        members.filter(|(name, _)| name != "Version").collect()
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Wire {
    script: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Wire {
    pub(crate) fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect()));
        Self {
            script,
            seen: Arc::default(),
        }
    }

    /// The requests, once the script has been played to its end.
    pub(crate) fn requests(&self) -> Vec<Request> {
        assert!(
            self.script.lock().unwrap().is_empty(),
            "replies are left over"
        );
        self.seen.lock().unwrap().clone()
    }

    /// The only request.
    pub(crate) fn request(&self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }

    fn client(&self) -> SharedHttpClient {
        let wire = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(wire.clone()))
    }

    pub(crate) fn config(&self) -> aws_types::sdk_config::Builder {
        let keys = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .http_client(self.client())
    }

    pub(crate) fn session(&self) -> Session {
        Session::from_config(self.config().build()).unwrap()
    }

    pub(crate) fn session_with_attempts(&self, attempts: u32) -> Session {
        let retry = RetryConfig::standard()
            .with_max_attempts(attempts)
            .with_initial_backoff(Duration::ZERO);
        Session::from_config(self.config().retry_config(retry).build()).unwrap()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).map(str::to_owned);
        let target = header("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        self.seen.lock().unwrap().push(Request {
            line: format!("{} {}", request.method(), request.uri()),
            target: target.rsplit('.').next().unwrap().to_owned(),
            owner: header("x-amz-expected-bucket-owner"),
            scope: header("authorization").map(scope).unwrap_or_default(),
            agent: header("user-agent").unwrap_or_default(),
            body: String::from_utf8(body.to_vec()).unwrap(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        });
        let reply = self.script.lock().unwrap().pop_front();
        HttpConnectorFuture::ready(match reply.expect("a request more than the script has") {
            Reply::Answer(status, headers, body) => Ok(response(status, headers, body)),
            Reply::Lost => Err(ConnectorError::io("connection reset by peer".into())),
            Reply::Late => Err(ConnectorError::timeout("connect timeout after 3s".into())),
        })
    }
}

fn response(status: u16, headers: Vec<(&'static str, String)>, body: String) -> HttpResponse {
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    response
}

// `eu-west-1/ec2` of `… Credential=KEY/20261122/eu-west-1/ec2/aws4_request, …`
fn scope(authorization: String) -> String {
    let parts: Vec<&str> = authorization.split('/').skip(2).take(2).collect();
    parts.join("/")
}

/// An answer with a JSON body.
pub(crate) fn ok(body: Value) -> Reply {
    Reply::Answer(
        200,
        vec![("x-amzn-requestid", "id-1".to_owned())],
        body.to_string(),
    )
}

/// An error answer of a JSON service.
pub(crate) fn refusal(code: &str, message: &str) -> Reply {
    let body = serde_json::json!({ "__type": code, "message": message });
    Reply::Answer(
        400,
        vec![("x-amzn-requestid", "id-1".to_owned())],
        body.to_string(),
    )
}

/// An error answer of S3.
pub(crate) fn s3_refusal(status: u16, code: &str, region: Option<&str>) -> Reply {
    let headers = region.map(|region| ("x-amz-bucket-region", region.to_owned()));
    let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    Reply::Answer(status, headers.into_iter().collect(), body)
}

/// An answer with an XML body.
pub(crate) fn xml(body: impl Into<String>) -> Reply {
    let id = vec![("x-amzn-requestid", "id-1".to_owned())];
    Reply::Answer(200, id, body.into())
}

/// An answer of a service that speaks the query protocol.
pub(crate) fn query(operation: &str, result: &str) -> Reply {
    xml(format!(
        "<{operation}Response xmlns=\"https://example.amazonaws.com/doc/\"><{operation}Result>\
         {result}</{operation}Result></{operation}Response>"
    ))
}

/// An error answer of such a service.
pub(crate) fn query_refusal(status: u16, code: &str) -> Reply {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message>\
         </Error><RequestId>id-1</RequestId></ErrorResponse>"
    );
    Reply::Answer(status, Vec::new(), body)
}

/// The Region `name`.
pub(crate) fn region(name: &str) -> trailkeeper_core::Region {
    name.parse().unwrap()
}
