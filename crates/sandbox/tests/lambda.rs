//! Lambda through the account's door.
#![expect(clippy::panic, reason = "test code")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Call, Failure, Function, Sandbox, World};

/// Echoes its payload, fails if that says so, and counts its runs.
#[derive(Default)]
struct Echo(AtomicU32);

#[async_trait]
impl Function for Echo {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        self.0.fetch_add(1, Ordering::SeqCst);
        if payload.get("fail").is_some() {
            return Err(json!({"errorType": "boom", "errorMessage": "it broke"}));
        }
        Ok(json!({"echo": payload}))
    }
}

fn account() -> (Sandbox, Arc<Echo>) {
    let world = World::new("111122223333", "eu-west-1", jiff::Timestamp::UNIX_EPOCH);
    let sandbox = Sandbox::new(world);
    let echo = Arc::new(Echo::default());
    sandbox.register_function("echo", echo.clone());
    sandbox.with_world(|world| world.seed_function("echo", Some("live")));
    (sandbox, echo)
}

async fn ask(sandbox: &Sandbox, operation: &str, input: Value) -> Result<Value, ApiError> {
    let call = Call::new("lambda", operation, "eu-west-1", input);
    match sandbox.call(call).await {
        Ok(output) => Ok(output),
        Err(Failure::Api(error)) => Err(error),
        Err(Failure::NoAnswer) => panic!("no answer"),
    }
}

#[tokio::test]
async fn a_function_is_named_in_every_documented_way() {
    let (sandbox, _) = account();
    let names = [
        "echo",
        "echo:$LATEST",
        "echo:live",
        "111122223333:function:echo",
        "111122223333:function:echo:live",
        "arn:aws:lambda:eu-west-1:111122223333:function:echo",
        "arn:aws:lambda:eu-west-1:111122223333:function:echo:live",
    ];
    for name in names {
        let input = json!({"FunctionName": name, "Payload": {"a": 1}});
        let output = ask(&sandbox, "Invoke", input).await.unwrap();
        assert_eq!(output["Payload"], json!({"echo": {"a": 1}}), "{name}");
        assert_eq!(output["StatusCode"], json!(200));
        assert_eq!(output.get("FunctionError"), None);
    }
}

#[tokio::test]
async fn names_and_qualifiers_that_lead_nowhere_are_refused() {
    let (sandbox, echo) = account();
    let missing = ("ResourceNotFoundException", 404);
    let arn =
        |region: &str, account: &str| format!("arn:aws:lambda:{region}:{account}:function:echo");
    let cases = [
        ("nobody".to_owned(), None, missing),
        ("echo:dead".to_owned(), None, missing),
        ("echo".to_owned(), Some("dead"), missing),
        (arn("us-east-1", "111122223333"), None, missing),
        (
            arn("eu-west-1", "999900001111"),
            None,
            ("AccessDeniedException", 403),
        ),
        (
            "echo:live".to_owned(),
            Some("$LATEST"),
            ("InvalidParameterValueException", 400),
        ),
        ("a b".to_owned(), None, ("ValidationException", 400)),
        (String::new(), None, ("ValidationException", 400)),
        ("n".repeat(65), None, ("ValidationException", 400)),
    ];
    for (name, qualifier, (code, status)) in cases {
        for operation in ["Invoke", "GetFunction", "GetFunctionConfiguration"] {
            let input = json!({"FunctionName": name, "Qualifier": qualifier});
            let error = ask(&sandbox, operation, input).await.unwrap_err();
            let seen = (error.code.as_str(), error.status);
            assert_eq!(seen, (code, status), "{operation} {name} {qualifier:?}");
        }
    }
    assert_eq!(echo.0.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_failing_function_is_an_answer_with_a_function_error() {
    let (sandbox, echo) = account();
    let input = json!({"FunctionName": "echo", "Payload": {"fail": true}});
    let output = ask(&sandbox, "Invoke", input).await.unwrap();
    assert_eq!(output["FunctionError"], json!("Unhandled"));
    assert_eq!(output["Payload"]["errorType"], json!("boom"));
    assert_eq!(echo.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn invocation_types_differ_in_when_and_how_often_the_code_runs() {
    let (sandbox, echo) = account();
    // type, payload, status, runs before and after settling
    let cases = [
        ("DryRun", json!({}), 204, 0, 0),
        ("Event", json!({}), 202, 0, 1),
        ("Event", json!({"fail": true}), 202, 0, 3),
        ("RequestResponse", json!({}), 200, 1, 1),
    ];
    for (kind, payload, status, before, after) in cases {
        echo.0.store(0, Ordering::SeqCst);
        let input = json!({"FunctionName": "echo", "InvocationType": kind, "Payload": payload});
        let output = ask(&sandbox, "Invoke", input).await.unwrap();
        assert_eq!(output["StatusCode"], json!(status), "{kind}");
        assert_eq!(echo.0.load(Ordering::SeqCst), before, "{kind} {payload}");
        sandbox.settle().await;
        assert_eq!(echo.0.load(Ordering::SeqCst), after, "{kind} {payload}");
    }
    let input = json!({"FunctionName": "echo", "InvocationType": "Later"});
    let error = ask(&sandbox, "Invoke", input).await.unwrap_err();
    assert_eq!(error.code, "ValidationException");
}

#[tokio::test]
async fn payloads_have_a_largest_size() {
    let (sandbox, _) = account();
    let cases = [
        ("RequestResponse", 6_291_454, true),
        ("RequestResponse", 6_291_455, false),
        ("Event", 1_048_574, true),
        ("Event", 1_048_575, false),
    ];
    for (kind, length, good) in cases {
        // two bytes more with its quotes
        let payload = json!("x".repeat(length));
        let input = json!({"FunctionName": "echo", "InvocationType": kind, "Payload": payload});
        let answer = ask(&sandbox, "Invoke", input).await;
        match answer {
            Ok(_) => assert!(good, "{kind} {length}"),
            Err(error) => {
                assert!(!good, "{kind} {length}: {error}");
                assert_eq!(error.code, "RequestTooLargeException");
                assert_eq!(error.status, 413);
            }
        }
    }
}

#[tokio::test]
async fn functions_are_described() {
    let (sandbox, _) = account();
    let input = json!({"FunctionName": "echo:live"});
    let output = ask(&sandbox, "GetFunction", input.clone()).await.unwrap();
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:echo";
    let configuration = &output["Configuration"];
    assert_eq!(configuration["FunctionArn"], json!(format!("{arn}:live")));
    let alone = ask(&sandbox, "GetFunctionConfiguration", input)
        .await
        .unwrap();
    assert_eq!(&alone, configuration);
    let list = ask(&sandbox, "ListFunctions", json!({})).await.unwrap();
    assert_eq!(list["Functions"][0]["FunctionArn"], json!(arn));
    let error = ask(&sandbox, "CreateAlias", json!({})).await.unwrap_err();
    assert_eq!(error.code, "NotImplementedException");
}
