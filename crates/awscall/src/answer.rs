//! What an answer says.

use serde_json::{Map, Value, json};
use trailkeeper_runbook::ApiFailure;

use crate::failure::{kind_of, unanswered};
use crate::service::Service;

/// How much of an answer that carries no error message is worth showing.
const EXCERPT_CHARACTERS: usize = 200;

/// The headers that carry a request's id.
const REQUEST_ID: &[&str] = &["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// An answer, read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn request_id(&self) -> Option<&str> {
        REQUEST_ID.iter().find_map(|name| self.header(name))
    }

    /// The body as JSON, which is an object of members; no body is an empty one.
    pub(crate) fn json(&self) -> Result<Value, ApiFailure> {
        if self.body.is_empty() {
            return Ok(Value::Object(Map::new()));
        }
        serde_json::from_slice(&self.body)
            .map(Value::Object)
            .map_err(|error| self.unreadable(&format!("an object of JSON ({error})")))
    }

    /// What boto3 adds to each answer.
    pub(crate) fn metadata(&self, attempt: u32) -> Value {
        let headers = self.headers.iter().cloned();
        let headers: Map<_, _> = headers.map(|(name, value)| (name, value.into())).collect();
        json!({
            "RequestId": self.request_id().unwrap_or_default(),
            "HTTPStatusCode": self.status,
            "HTTPHeaders": headers,
            "RetryAttempts": attempt.saturating_sub(1),
        })
    }

    /// The failure in an error answer of awsJson or REST JSON.
    pub(crate) fn failure(&self, service: &Service) -> ApiFailure {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let query_code = self
            .header("x-amzn-query-error")
            .filter(|_| service.query_compatible)
            .and_then(|value| value.split(';').next());
        let code = query_code
            .or_else(|| self.header("x-amzn-errortype"))
            .or_else(|| first_text(&body, &["__type", "code", "Code"]))
            .map(bare_code)
            .filter(|code| !code.is_empty());
        self.failure_of(
            code,
            first_text(&body, &["message", "Message", "errorMessage"]),
        )
    }

    /// A failure; where there is no code the HTTP status stands in, and an excerpt for the text.
    pub(crate) fn failure_of(&self, code: Option<&str>, message: Option<&str>) -> ApiFailure {
        let code = code.map_or_else(|| self.status.to_string(), str::to_owned);
        let message = message.filter(|text| !text.is_empty());
        let message = message.map_or_else(|| self.excerpt(), str::to_owned);
        ApiFailure {
            kind: kind_of(&code, self.status),
            message: self.signed(message),
            code,
        }
    }

    /// A failure of an answer that cannot be read.
    pub(crate) fn unreadable(&self, what: &str) -> ApiFailure {
        let text = format!("the answer is not {what}: {}", self.excerpt());
        unanswered("InvalidResponse", &self.signed(text))
    }

    // AWS support asks for the request id first.
    fn signed(&self, text: String) -> String {
        match self.request_id() {
            Some(id) => format!("{text} (request id {id})"),
            None => text,
        }
    }

    fn excerpt(&self) -> String {
        let text = self.text();
        let words: Vec<&str> = text.split_whitespace().collect();
        let text: String = words.join(" ").chars().take(EXCERPT_CHARACTERS).collect();
        match text.as_str() {
            "" => format!("HTTP status {} without a text", self.status),
            text => format!("HTTP status {}: {text}", self.status),
        }
    }
}

fn first_text<'b>(body: &'b Value, names: &[&str]) -> Option<&'b str> {
    names
        .iter()
        .find_map(|name| body.get(name).and_then(Value::as_str))
}

/// `com.amazonaws.kms#NotFoundException:http://…` is NotFoundException.
fn bare_code(text: &str) -> &str {
    let name = text.split(':').next().unwrap_or(text);
    name.rsplit('#').next().unwrap_or(name)
}
