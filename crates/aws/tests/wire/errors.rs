use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use serde_json::json;
use trailkeeper_app::ports::TrailReader;
use trailkeeper_aws::{Session, Trails};
use trailkeeper_core::{CallError, ErrorClass};

use crate::wire::{Reply, Wire, ok, refusal, region};

async fn failure(session: Session) -> CallError {
    let answer = Trails::new(session)
        .describe_trails(&region("eu-west-1"), &[])
        .await;
    answer.unwrap_err()
}

// What the SDK says where it has nothing to say.
fn says_something(error: &CallError) {
    let text = error.to_string().to_lowercase();
    for empty in ["service error", "unhandled", "dispatch failure", "other:"] {
        assert!(!text.contains(empty), "`{text}` says `{empty}`");
    }
}

#[tokio::test]
async fn error_answers_keep_code_text_and_request_id() {
    let html = "<html>\n <h1>Not   Implemented</h1></html>".to_owned();
    let id = || vec![("x-amzn-requestid", "id-1".to_owned())];
    let cases = [
        (
            refusal("AccessDeniedException", "no"),
            "AccessDeniedException",
            ErrorClass::Denied,
            "no (request id id-1)",
        ),
        (
            refusal("ThrottlingException", "Rate exceeded"),
            "ThrottlingException",
            ErrorClass::Throttled,
            "Rate exceeded (request id id-1)",
        ),
        (
            refusal("com.amazonaws.x#ConflictException", "busy"),
            "ConflictException",
            ErrorClass::Conflict,
            "busy (request id id-1)",
        ),
        (
            refusal("SomethingNew", ""),
            "SomethingNew",
            ErrorClass::Refused,
            r#"HTTP status 400: {"__type":"SomethingNew","message":""} (request id id-1)"#,
        ),
        (
            Reply::Answer(500, id(), html),
            "500",
            ErrorClass::Broken,
            "HTTP status 500: <html> <h1>Not Implemented</h1></html> (request id id-1)",
        ),
        (
            Reply::Answer(502, Vec::new(), String::new()),
            "502",
            ErrorClass::Broken,
            "HTTP status 502 without a text",
        ),
        (
            Reply::Answer(403, Vec::new(), "{}".to_owned()),
            "403",
            ErrorClass::Denied,
            "HTTP status 403: {}",
        ),
    ];
    for (reply, code, class, message) in cases {
        let wire = Wire::new([reply]);
        let error = failure(wire.session()).await;
        assert_eq!((error.code.as_str(), error.class), (code, class));
        assert_eq!(error.message, message);
        assert_eq!(error.operation.to_string(), "cloudtrail:DescribeTrails");
        says_something(&error);
    }
}

#[tokio::test]
async fn calls_without_a_usable_answer_are_broken_and_say_why() {
    let garbled = Reply::Answer(200, Vec::new(), "{ nonsense".to_owned());
    let cases = [
        (Reply::Lost, "ConnectionLost", "connection reset by peer"),
        (Reply::Late, "Timeout", "connect timeout after 3s"),
        (garbled, "InvalidResponse", "could not be read"),
    ];
    for (reply, code, text) in cases {
        let error = failure(Wire::new([reply]).session()).await;
        assert_eq!(
            (error.code.as_str(), error.class),
            (code, ErrorClass::Broken)
        );
        assert!(error.message.contains(text), "{error}");
        says_something(&error);
    }
}

#[tokio::test]
async fn a_call_is_tried_as_often_as_set_and_no_more() {
    let busy = || refusal("ThrottlingException", "Rate exceeded");
    let cases = [
        (1, vec![busy()], false),
        (
            3,
            vec![busy(), Reply::Lost, ok(json!({ "trailList": [] }))],
            true,
        ),
        (3, vec![busy(), busy(), busy()], false),
        (3, vec![refusal("AccessDeniedException", "no")], false),
    ];
    for (attempts, script, good) in cases {
        let wire = Wire::new(script);
        let trails = Trails::new(wire.session_with_attempts(attempts));
        let answer = trails.describe_trails(&region("eu-west-1"), &[]).await;
        assert_eq!(answer.is_ok(), good, "{answer:?}");
        wire.requests();
    }
}

#[derive(Debug)]
struct Provider(fn() -> provider::Result);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready((self.0)())
    }
}

#[tokio::test]
async fn missing_credentials_are_named_and_say_what_to_do() {
    let none: fn() -> provider::Result =
        || Err(CredentialsError::not_loaded("no providers in chain"));
    let broken: fn() -> provider::Result = || {
        Err(CredentialsError::provider_error(
            "the role cannot be assumed",
        ))
    };
    for (provider, reason) in [
        (none, "no providers in chain"),
        (broken, "cannot be assumed"),
    ] {
        let wire = Wire::new([]);
        let provider = SharedCredentialsProvider::new(Provider(provider));
        let config = wire.config().credentials_provider(provider).build();
        let error = failure(Session::from_config(config).unwrap()).await;
        assert_eq!(
            (error.code.as_str(), error.class),
            ("NoCredentials", ErrorClass::Refused)
        );
        assert!(error.message.contains(reason), "{error}");
        assert!(error.message.contains("AWS_PROFILE"), "{error}");
        says_something(&error);
        assert!(wire.requests().is_empty());
    }
}

// A credentials provider that never answers stands for a service that never answers.
#[derive(Debug)]
struct Never;

impl ProvideCredentials for Never {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(std::future::pending())
    }
}

#[tokio::test]
async fn the_operation_timeout_ends_a_call_that_hangs() {
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(Duration::from_millis(1))
        .build();
    let config = Wire::new([])
        .config()
        .credentials_provider(SharedCredentialsProvider::new(Never))
        .timeout_config(timeouts)
        .build();
    let error = failure(Session::from_config(config).unwrap()).await;
    assert_eq!(
        (error.code.as_str(), error.class),
        ("Timeout", ErrorClass::Broken)
    );
    assert!(error.message.contains("1ms"), "{error}");
    says_something(&error);
}
