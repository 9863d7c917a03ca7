//! HTTP.

use std::error::Error;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::answer::Answer;
use crate::failure::{causes, not_sent, unanswered};
use crate::request::Request;

/// The largest answer that is read. Lambda's 6 MB are the largest that any operation gives here.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// HTTPS over rustls and ring, with the certificates of the machine: the same stack as that of
/// the product's other calls.
pub fn https_connector() -> SharedHttpConnector {
    let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
    SharedHttpConnector::new(connector.build())
}

/// Sends a request once and reads its answer whole.
pub(crate) async fn send(
    connector: &SharedHttpConnector,
    request: &Request,
    signature: &[(String, String)],
) -> Result<Answer, ApiFailure> {
    let request = http_request(request, signature)
        .map_err(|error| not_sent("InvalidRequest", FailureKind::Other, &root_cause(&*error)))?;
    let sent = connector.call(request).await;
    let answer = sent.map_err(|error| {
        let code = if error.is_timeout() {
            "Timeout"
        } else {
            "ConnectionLost"
        };
        unanswered(code, &root_cause(&error))
    })?;
    read(answer).await
}

fn http_request(
    request: &Request,
    signature: &[(String, String)],
) -> Result<HttpRequest, Box<dyn Error + Send + Sync>> {
    let mut built = HttpRequest::new(SdkBody::from(request.body.clone()));
    built.set_method(request.method)?;
    built.set_uri(request.url.as_str())?;
    let headers = built.headers_mut();
    for (name, value) in &request.headers {
        headers.try_insert(*name, value.clone())?;
    }
    for (name, value) in signature {
        headers.try_insert(name.clone(), value.clone())?;
    }
    Ok(built)
}

async fn read(answer: HttpResponse) -> Result<Answer, ApiFailure> {
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER);
    let body = body.collect().await;
    let body = body.map_err(|error| unanswered("ConnectionLost", &root_cause(&*error)))?;
    Ok(Answer {
        status,
        headers,
        body: body.to_bytes().to_vec(),
    })
}

// The outer layers say little ("client error (Connect)"); the last cause says it all.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
