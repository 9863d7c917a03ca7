//! What answers say.

use serde_json::{Value, json};
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::scripted::{Reply, Stage};

/// Answers as often as a call may be tried.
fn answered(service: &str, api: &str, reply: Reply) -> Result<Value, ApiFailure> {
    let stage = Stage::new(vec![reply; 5]);
    let input = json!({ "FunctionName": "repair", "Bucket": "audit-logs" });
    stage.call(service, api, "eu-central-1", input)
}

#[test]
fn times_and_bytes_are_read_as_texts() {
    let cases = [
        (
            ("cloudtrail", "GetTrailStatus"),
            r#"{"IsLogging":true,"StartLoggingTime":1772445432,"StopLoggingTime":1772445432.345,"LatestDeliveryTime":1.772445432E9,"LatestDeliveryError":null}"#,
            json!({
                "IsLogging": true,
                "StartLoggingTime": "2026-03-02T09:57:12+00:00",
                "StopLoggingTime": "2026-03-02T09:57:12.345000+00:00",
                "LatestDeliveryTime": "2026-03-02T09:57:12+00:00",
            }),
        ),
        (
            ("cloudtrail", "LookupEvents"),
            r#"{"Events":[{"EventTime":1772445432,"EventId":"1772445432"}]}"#,
            json!({ "Events": [{ "EventTime": "2026-03-02T09:57:12+00:00", "EventId": "1772445432" }] }),
        ),
        (
            ("kms", "Decrypt"),
            r#"{"Plaintext":"c2VjcmV0","KeyId":"c2VjcmV0"}"#,
            json!({ "Plaintext": "secret", "KeyId": "c2VjcmV0" }),
        ),
        // Bytes that are no text stay base64.
        (
            ("kms", "GetPublicKey"),
            r#"{"PublicKey":"/w=="}"#,
            json!({ "PublicKey": "/w==" }),
        ),
        // Bytes in one operation, a text in others.
        (
            ("cloudtrail", "ListPublicKeys"),
            r#"{"PublicKeyList":[{"Value":"c2VjcmV0"}]}"#,
            json!({ "PublicKeyList": [{ "Value": "secret" }] }),
        ),
        (
            ("cloudtrail", "ListTags"),
            r#"{"ResourceTagList":[{"TagsList":[{"Key":"a","Value":"c2VjcmV0"}]}]}"#,
            json!({ "ResourceTagList": [{ "TagsList": [{ "Key": "a", "Value": "c2VjcmV0" }] }] }),
        ),
        (("cloudtrail", "StartLogging"), "", json!({})),
    ];
    for ((service, api), body, expected) in cases {
        let reply = Reply::Answer(200, vec![("x-amzn-RequestId", "r-1")], body);
        let mut read = answered(service, api, reply).expect(api);
        let metadata = read
            .as_object_mut()
            .and_then(|all| all.remove("ResponseMetadata"));
        assert_eq!(read, expected, "{service} {api}");
        let expected = json!({
            "RequestId": "r-1", "HTTPStatusCode": 200, "RetryAttempts": 0,
            "HTTPHeaders": { "x-amzn-requestid": "r-1" },
        });
        assert_eq!(metadata, Some(expected));
    }
}

#[test]
fn invoke_gives_the_payload_as_text() {
    let headers = vec![
        ("X-Amz-Function-Error", "Unhandled"),
        ("X-Amz-Executed-Version", "$LATEST"),
        ("X-Amz-Log-Result", "bG9n"),
    ];
    let payload = r#"{"errorType":"partly-repaired"}"#;
    let read = answered("lambda", "Invoke", Reply::Answer(200, headers, payload));
    let mut read = read.expect("an answer");
    read.as_object_mut()
        .and_then(|all| all.remove("ResponseMetadata"));
    let expected = json!({
        "StatusCode": 200, "FunctionError": "Unhandled", "ExecutedVersion": "$LATEST",
        "LogResult": "bG9n", "Payload": payload,
    });
    assert_eq!(read, expected);
    let event = answered("lambda", "Invoke", Reply::Answer(202, vec![], "")).expect("an answer");
    assert_eq!(
        (&event["StatusCode"], &event["Payload"]),
        (&json!(202), &json!(""))
    );
}

#[test]
fn a_bucket_policy_is_read_as_it_is() {
    let policy = "{ \"Version\": \"2012-10-17\" }";
    let read = answered("s3", "GetBucketPolicy", Reply::Answer(200, vec![], policy));
    assert_eq!(read.expect("a policy")["Policy"], policy);
    answered("s3", "DeleteBucketPolicy", Reply::Answer(204, vec![], "")).expect("an answer");
}

struct Case {
    call: (&'static str, &'static str),
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
    failure: (&'static str, &'static str, FailureKind),
}

const TRAIL: (&str, &str) = ("cloudtrail", "GetTrail");

fn json_failures() -> Vec<Case> {
    vec![
        Case {
            call: TRAIL,
            status: 400,
            headers: vec![("x-amzn-RequestId", "r-1")],
            body: r#"{"__type":"TrailNotFoundException","message":"no trail"}"#,
            failure: (
                "TrailNotFoundException",
                "no trail (request id r-1)",
                FailureKind::Other,
            ),
        },
        Case {
            call: ("kms", "DescribeKey"),
            status: 400,
            headers: vec![],
            body: r#"{"__type":"com.amazonaws.kms#AccessDeniedException","Message":"not yours"}"#,
            failure: ("AccessDeniedException", "not yours", FailureKind::Denied),
        },
        Case {
            call: ("lambda", "Invoke"),
            status: 404,
            headers: vec![(
                "x-amzn-ErrorType",
                "ResourceNotFoundException:http://internal/",
            )],
            body: r#"{"Type":"User","Message":"no function"}"#,
            failure: (
                "ResourceNotFoundException",
                "no function",
                FailureKind::Other,
            ),
        },
        Case {
            call: ("sqs", "GetQueueAttributes"),
            status: 400,
            headers: vec![(
                "x-amzn-query-error",
                "AWS.SimpleQueueService.NonExistentQueue;Sender",
            )],
            body: r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no queue"}"#,
            failure: (
                "AWS.SimpleQueueService.NonExistentQueue",
                "no queue",
                FailureKind::Other,
            ),
        },
        // A quota, which waiting does not lift.
        Case {
            call: TRAIL,
            status: 400,
            headers: vec![],
            body: r#"{"__type":"LimitExceededException","message":"five trails"}"#,
            failure: ("LimitExceededException", "five trails", FailureKind::Other),
        },
        Case {
            call: TRAIL,
            status: 400,
            headers: vec![],
            body: r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#,
            failure: (
                "ThrottlingException",
                "Rate exceeded",
                FailureKind::Throttled,
            ),
        },
    ]
}

fn failures_without_json() -> Vec<Case> {
    vec![
        Case {
            call: TRAIL,
            status: 500,
            headers: vec![("content-type", "text/html")],
            body: "<html>\n  <h1>Internal\n  error</h1></html>",
            failure: (
                "500",
                "HTTP status 500: <html> <h1>Internal error</h1></html>",
                FailureKind::NoAnswer,
            ),
        },
        Case {
            call: TRAIL,
            status: 503,
            headers: vec![],
            body: "",
            failure: (
                "503",
                "HTTP status 503 without a text",
                FailureKind::NoAnswer,
            ),
        },
        Case {
            call: TRAIL,
            status: 429,
            headers: vec![],
            body: "slow",
            failure: ("429", "HTTP status 429: slow", FailureKind::Throttled),
        },
        Case {
            call: TRAIL,
            status: 403,
            headers: vec![],
            body: "",
            failure: ("403", "HTTP status 403 without a text", FailureKind::Denied),
        },
        Case {
            call: TRAIL,
            status: 302,
            headers: vec![],
            body: "a login page",
            failure: ("302", "HTTP status 302: a login page", FailureKind::Other),
        },
        Case {
            call: ("s3", "GetBucketPolicy"),
            status: 404,
            headers: vec![("x-amz-request-id", "r-2")],
            body: "<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>",
            failure: (
                "NoSuchBucketPolicy",
                "none (request id r-2)",
                FailureKind::Other,
            ),
        },
        Case {
            call: ("s3", "GetBucketPolicy"),
            status: 503,
            headers: vec![],
            body: "<Error><Code>SlowDown</Code><Message>slower</Message></Error>",
            failure: ("SlowDown", "slower", FailureKind::Throttled),
        },
    ]
}

#[test]
fn failures_keep_the_services_code_and_text() {
    for case in json_failures().into_iter().chain(failures_without_json()) {
        let (service, api) = case.call;
        let reply = Reply::Answer(case.status, case.headers, case.body);
        let failure = answered(service, api, reply).expect_err(case.body);
        let (code, message, kind) = case.failure;
        let expected = ApiFailure {
            code: code.to_owned(),
            message: message.to_owned(),
            kind,
        };
        assert_eq!(failure, expected);
    }
}

#[test]
fn a_success_that_is_no_json_is_no_answer() {
    let reply = Reply::Answer(
        200,
        vec![("x-amzn-requestid", "r-3")],
        "<html>sign in</html>",
    );
    let failure = answered("cloudtrail", "GetTrail", reply).expect_err("no JSON");
    assert_eq!(
        (failure.code.as_str(), failure.kind),
        ("InvalidResponse", FailureKind::NoAnswer)
    );
    assert!(failure.message.contains("sign in"), "{failure}");
    assert!(failure.message.contains("request id r-3"), "{failure}");
}
