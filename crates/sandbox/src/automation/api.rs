//! The account as a runbook sees it: boto3's spellings, times and payloads as text.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailkeeper_runbook::{ApiFailure, AwsApi, Clock, FailureKind};

use crate::account::Sandbox;
use crate::call::{Call, Failure};
use crate::conversions::percent_decoded;

#[async_trait]
impl AwsApi for Sandbox {
    async fn call(
        &self,
        service: &str,
        api: &str,
        region: &str,
        mut input: Value,
    ) -> Result<Value, ApiFailure> {
        let service = service.to_ascii_lowercase();
        let invokes = service == "lambda";
        if let Some(payload) = input.get_mut("Payload").filter(|_| invokes) {
            parse(payload)?;
        }
        let call = Call::new(&service, &operation(api), region, input);
        let mut answer = Sandbox::call(self, call).await.map_err(failure)?;
        if let Some(payload) = answer.get_mut("Payload").filter(|_| invokes) {
            *payload = Value::String(payload.to_string());
        }
        times_as_text(&mut answer);
        if service == "iam" {
            documents_as_json(&mut answer);
        }
        Ok(answer)
    }
}

/// The virtual clock: waiting moves it on, and no call takes too long on it.
#[async_trait]
impl Clock for Sandbox {
    fn now(&self) -> Timestamp {
        Sandbox::now(self)
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.advance(duration);
    }

    async fn expire(&self, _duration: SignedDuration) {
        std::future::pending().await
    }
}

/// `get_trail_status`, `getTrailStatus` and `GetTrailStatus` are the same operation.
fn operation(api: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    api.split('_').map(capital).collect()
}

fn parse(payload: &mut Value) -> Result<(), ApiFailure> {
    let Value::String(text) = payload else {
        return Ok(());
    };
    match serde_json::from_str(text) {
        Ok(parsed) => *payload = parsed,
        Err(error) => {
            return Err(ApiFailure {
                code: "InvalidRequestContentException".to_owned(),
                message: format!("Could not parse request body into json: {error}"),
                kind: FailureKind::Other,
            });
        }
    }
    Ok(())
}

fn failure(failure: Failure) -> ApiFailure {
    let error = match failure {
        Failure::Api(error) => error,
        Failure::NoAnswer => {
            return ApiFailure {
                code: "NoAnswer".to_owned(),
                message: failure.to_string(),
                kind: FailureKind::NoAnswer,
            };
        }
    };
    let holds = |parts: &[&str]| parts.iter().any(|part| error.code.contains(part));
    let kind = if holds(&[
        "AccessDenied",
        "UnauthorizedOperation",
        "AuthorizationError",
    ]) {
        FailureKind::Denied
    } else if holds(&[
        "Throttl",
        "TooManyRequests",
        "SlowDown",
        "RequestLimitExceeded",
    ]) {
        FailureKind::Throttled
    } else {
        FailureKind::Other
    };
    ApiFailure {
        code: error.code,
        message: error.message,
        kind,
    }
}

/// Policy documents are encoded texts behind the door, and structures in a runbook.
fn documents_as_json(value: &mut Value) {
    const NAMES: [&str; 3] = ["AssumeRolePolicyDocument", "Document", "PolicyDocument"];
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let text = member.as_str().filter(|_| NAMES.contains(&name.as_str()));
                let document = text.and_then(percent_decoded);
                match document.and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(document) => *member = document,
                    None => documents_as_json(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(documents_as_json),
        _ => {}
    }
}

/// Members that are times are numbers of seconds behind the door, and Python's text in a runbook.
fn times_as_text(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let time = ["Time", "Date", "Timestamp"];
                let time = time.iter().any(|end| name.ends_with(end));
                match member.as_f64().filter(|_| time).and_then(written) {
                    Some(text) => *member = Value::String(text),
                    None => times_as_text(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(times_as_text),
        _ => {}
    }
}

fn written(seconds: f64) -> Option<String> {
    let at = Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()?;
    let form = if at.as_millisecond() % 1000 == 0 {
        "%Y-%m-%dT%H:%M:%S+00:00"
    } else {
        "%Y-%m-%dT%H:%M:%S.%3f000+00:00"
    };
    Some(at.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_operation_is_known() {
        for api in ["GetTrailStatus", "get_trail_status", "getTrailStatus"] {
            assert_eq!(operation(api), "GetTrailStatus", "{api}");
        }
    }

    #[test]
    fn documents_are_structures() {
        let mut answer = serde_json::json!({
            "PolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%7D",
            "Versions": [{"Document": "no JSON"}],
        });
        documents_as_json(&mut answer);
        let wanted = serde_json::json!({
            "PolicyDocument": {"Version": "2012-10-17"},
            "Versions": [{"Document": "no JSON"}],
        });
        assert_eq!(answer, wanted);
    }

    #[test]
    fn times_are_text() {
        let mut answer = serde_json::json!({
            "LatestDeliveryTime": 1_772_445_600,
            "Keys": [{"CreationDate": 1_772_445_600.25, "Size": 1}],
            "LatestDeliveryAttemptTime": "",
        });
        times_as_text(&mut answer);
        let wanted = serde_json::json!({
            "LatestDeliveryTime": "2026-03-02T10:00:00+00:00",
            "Keys": [{"CreationDate": "2026-03-02T10:00:00.250000+00:00", "Size": 1}],
            "LatestDeliveryAttemptTime": "",
        });
        assert_eq!(answer, wanted);
    }
}
