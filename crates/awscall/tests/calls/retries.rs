//! Whether and when calls are tried again.

use serde_json::json;
use trailkeeper_runbook::FailureKind;

use crate::scripted::{Reply, Stage, credentials, keys, ok};

fn refused(code: &str) -> Reply {
    let body = match code {
        "ThrottlingException" => r#"{"__type":"ThrottlingException"}"#,
        "TooManyRequestsException" => r#"{"__type":"TooManyRequestsException"}"#,
        "AccessDeniedException" => r#"{"__type":"AccessDeniedException"}"#,
        _ => r#"{"__type":"TrailNotFoundException"}"#,
    };
    Reply::Answer(400, Vec::new(), body)
}

fn broken() -> Reply {
    Reply::Answer(500, Vec::new(), "")
}

#[test]
fn throttles_and_transient_faults_are_tried_again() {
    let cases = [
        (
            "cloudtrail",
            "GetTrail",
            vec![refused("ThrottlingException"), ok("{}")],
            None,
        ),
        (
            "cloudtrail",
            "GetTrail",
            vec![broken(), Reply::Lost, ok("{}")],
            None,
        ),
        (
            "cloudtrail",
            "GetTrail",
            vec![ok("no JSON"), ok("{}")],
            None,
        ),
        (
            "cloudtrail",
            "GetTrail",
            vec![refused("AccessDeniedException")],
            Some("AccessDeniedException"),
        ),
        (
            "cloudtrail",
            "GetTrail",
            vec![refused("TrailNotFoundException")],
            Some("TrailNotFoundException"),
        ),
        ("cloudtrail", "GetTrail", vec![broken(); 5], Some("500")),
        (
            "cloudtrail",
            "GetTrail",
            vec![refused("ThrottlingException"); 5],
            Some("ThrottlingException"),
        ),
        (
            "lambda",
            "Invoke",
            vec![refused("TooManyRequestsException"), ok("{}")],
            None,
        ),
        // The function may have run.
        (
            "lambda",
            "Invoke",
            vec![Reply::Lost],
            Some("ConnectionLost"),
        ),
        ("lambda", "Invoke", vec![broken()], Some("500")),
    ];
    for (service, api, replies, code) in cases {
        let attempts = replies.len();
        let stage = Stage::new(replies);
        let input = json!({ "FunctionName": "repair" });
        let called = stage.call(service, api, "eu-central-1", input);
        assert_eq!(called.err().map(|failure| failure.code).as_deref(), code);
        assert_eq!(stage.sent().len(), attempts, "{code:?}");
        assert_eq!(stage.pauses().len(), attempts - 1, "{code:?}");
    }
}

#[test]
fn pauses_are_drawn_from_a_range_that_doubles() {
    let stage = Stage::new(vec![broken(); 5]);
    let failure = stage.call("kms", "ListKeys", "eu-central-1", json!({}));
    failure.expect_err("five faults");
    let drawn = 0x0123_4567_89AB_CDEF_i128;
    let expected: Vec<i128> = [1000, 2000, 4000, 8000]
        .iter()
        .map(|range| drawn % (range + 1))
        .collect();
    assert_eq!(stage.pauses(), expected);
}

#[test]
fn every_attempt_carries_the_same_token_and_says_how_many_there_were() {
    let stage = Stage::new(vec![broken(), broken(), ok("{}")]);
    let read = stage.call("secretsmanager", "CreateSecret", "eu-central-1", json!({}));
    assert_eq!(
        read.expect("an answer")["ResponseMetadata"]["RetryAttempts"],
        2
    );
    let bodies: Vec<String> = stage.sent().into_iter().map(|sent| sent.body).collect();
    assert!(bodies[0].contains("ClientRequestToken"));
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[test]
fn silence_ends_at_the_limit_of_an_attempt() {
    let cases = [
        ("kms", "ListKeys", vec![10; 5]),
        ("lambda", "Invoke", vec![300]),
    ];
    for (service, api, limits) in cases {
        let stage = Stage::new(vec![Reply::Silence; 5]);
        let input = json!({ "FunctionName": "repair" });
        let failure = stage.call(service, api, "eu-central-1", input);
        let failure = failure.expect_err("silence");
        assert_eq!(
            (failure.code.as_str(), failure.kind),
            ("Timeout", FailureKind::NoAnswer)
        );
        assert_eq!(*stage.clock.limits.lock().expect("a lock"), limits);
    }
}

#[test]
fn expired_credentials_are_not_used_again() {
    let expired = Reply::Answer(400, Vec::new(), r#"{"__type":"ExpiredTokenException"}"#);
    let script = [
        Ok(credentials("AKIDOLD", None)),
        Ok(credentials("AKIDNEW", None)),
    ];
    let stage = Stage::with(vec![expired, ok("{}")], Default::default(), keys(script));
    let call = || stage.call("kms", "ListKeys", "eu-central-1", json!({}));
    let failure = call().expect_err("expired");
    assert_eq!(failure.kind, FailureKind::Denied);
    call().expect("an answer");
    assert!(stage.sent()[1].header("authorization").contains("AKIDNEW"));
}
