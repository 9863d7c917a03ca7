//! What surrounds every invocation.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::future::pending;

use jiff::Timestamp;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use trailkeeper_lambda::{HandlerError, Invocation, respond};
use trailkeeper_sandbox::{Sandbox, World};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";
const FUNCTION_ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:trailkeeper";

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn event(milliseconds_left: u64) -> LambdaEvent<Value> {
    let mut context = Context::default();
    context.invoked_function_arn = FUNCTION_ARN.to_owned();
    context.deadline = 1_772_445_600_000 + milliseconds_left;
    LambdaEvent::new(json!({"a": 1}), context)
}

async fn ended<F>(event: LambdaEvent<Value>, handler: impl Fn(Value, Invocation) -> F) -> String
where
    F: Future<Output = Result<Value, HandlerError>>,
{
    let clock = Sandbox::new(World::new(ACCOUNT, REGION, now()));
    match respond(event, None, &clock, &handler).await {
        Ok(answer) => answer.to_string(),
        Err(error) => error.error_type,
    }
}

#[tokio::test]
async fn every_end_of_an_invocation_has_a_code() {
    let echo = async |payload, _| Ok(payload);
    let refuse = async |_, _| Err(HandlerError::new("some-code", "text"));
    let hang = async |_, _| pending().await;
    let fault = async |_, _| panic!("a fault");
    assert_eq!(ended(event(60_000), echo).await, r#"{"a":1}"#);
    assert_eq!(ended(event(60_000), refuse).await, "some-code");
    assert_eq!(ended(event(300), hang).await, "out-of-time");
    assert_eq!(ended(event(60_000), fault).await, "internal-error");
    let mut elsewhere = event(60_000);
    elsewhere.context.invoked_function_arn = "trailkeeper".to_owned();
    assert_eq!(ended(elsewhere, echo).await, "bad-invocation");
}

#[test]
fn the_caller_is_the_invoked_function() {
    let region = "us-east-1".parse().ok();
    let cases = [
        (FUNCTION_ARN, Ok((ACCOUNT, REGION))),
        (
            "arn:aws-cn:lambda:cn-north-1:111122223333:function:f:live",
            Ok((ACCOUNT, "cn-north-1")),
        ),
        (
            "arn:aws:lambda::111122223333:function:f",
            Ok((ACCOUNT, "us-east-1")),
        ),
        (
            "arn:aws:lambda:eu-west-1::function:f",
            Err("bad-invocation"),
        ),
        ("trailkeeper", Err("bad-invocation")),
    ];
    for (arn, wanted) in cases {
        let mut context = Context::default();
        context.invoked_function_arn = arn.to_owned();
        context.deadline = 1_772_445_600_000;
        let read = Invocation::read(&context, region.as_ref());
        let read = read.map(|read| {
            assert_eq!(read.deadline, now());
            (
                read.caller.account.to_string(),
                read.caller.region.to_string(),
            )
        });
        let wanted = wanted.map(|(account, region)| (account.to_owned(), region.to_owned()));
        assert_eq!(
            read.map_err(|error| error.error_type),
            wanted.map_err(str::to_owned),
            "{arn}"
        );
    }
}
