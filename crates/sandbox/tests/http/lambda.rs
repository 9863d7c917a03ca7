use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_sandbox::Function;

use crate::Wire;

struct Echo;

#[async_trait]
impl Function for Echo {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        if payload.get("fail").is_some() {
            return Err(json!({"errorType": "boom", "errorMessage": "it broke"}));
        }
        Ok(payload)
    }
}

async fn wire() -> Wire {
    let wire = Wire::start().await;
    wire.sandbox.register_function("echo", Arc::new(Echo));
    wire
}

const ARN: &str = "arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Aecho";

#[tokio::test]
async fn invocations_answer_with_the_raw_payload() {
    let wire = wire().await;
    let failed = r#"{"errorMessage":"it broke","errorType":"boom"}"#;
    // name, type, payload; status, body, function error
    let cases = [
        (
            "echo",
            "RequestResponse",
            r#"{"a":1}"#,
            200,
            r#"{"a":1}"#,
            None,
        ),
        (ARN, "RequestResponse", "[1]", 200, "[1]", None),
        ("echo", "RequestResponse", "", 200, "{}", None),
        (
            "echo",
            "RequestResponse",
            r#"{"fail":1}"#,
            200,
            failed,
            Some("Unhandled"),
        ),
        ("echo", "Event", "{}", 202, "", None),
        ("echo", "DryRun", "{}", 204, "", None),
    ];
    for (name, kind, payload, status, body, error) in cases {
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let ask = wire.signed("lambda", "POST", &path);
        let ask = ask.header("x-amz-invocation-type", kind);
        let answer = ask.send(payload).await.unwrap();
        let seen = (answer.status, answer.body.as_str());
        assert_eq!(seen, (status, body), "{kind} {payload}");
        assert_eq!(answer.header("x-amz-function-error"), error, "{payload}");
    }
}

#[tokio::test]
async fn errors_name_their_code_in_the_header() {
    let wire = wire().await;
    let base = "/2015-03-31/functions";
    let cases = [
        (
            "POST",
            format!("{base}/nobody/invocations"),
            "{}",
            404,
            "ResourceNotFoundException",
        ),
        (
            "GET",
            format!("{base}/nobody"),
            "",
            404,
            "ResourceNotFoundException",
        ),
        (
            "GET",
            format!("{base}/echo?Qualifier=x"),
            "",
            404,
            "ResourceNotFoundException",
        ),
        (
            "POST",
            format!("{base}/echo/invocations"),
            "{",
            400,
            "InvalidRequestContentException",
        ),
        (
            "DELETE",
            format!("{base}/echo/aliases"),
            "",
            400,
            "NotImplementedException",
        ),
    ];
    for (method, path, body, status, code) in cases {
        let ask = wire.signed("lambda", method, &path);
        let answer = ask.send(body).await.unwrap();
        let seen = (answer.status, answer.header("x-amzn-errortype"));
        assert_eq!(seen, (status, Some(code)), "{method} {path}");
        assert!(answer.json()["Message"].is_string());
    }
}

#[tokio::test]
async fn functions_are_described() {
    let wire = wire().await;
    let cases = [
        ("", "/Functions/0/FunctionName"),
        ("echo", "/Configuration/FunctionName"),
        ("echo/configuration", "/FunctionName"),
    ];
    for (path, member) in cases {
        let path = format!("/2015-03-31/functions/{path}");
        let answer = wire.signed("lambda", "GET", &path).send("").await.unwrap();
        assert_eq!(
            answer.json().pointer(member),
            Some(&json!("echo")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_changes_a_function_has_its_paths() {
    let wire = wire().await;
    let permission = r#"{"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"config.amazonaws.com"}"#;
    let code = r#"{"ZipFile":"UEsDBA=="}"#;
    // method, path below the function, body; status, what the answer holds
    let cases = [
        (
            "POST",
            "2015-03-31",
            "/policy",
            permission,
            201,
            "Statement",
        ),
        (
            "GET",
            "2015-03-31",
            "/policy",
            "",
            200,
            "config.amazonaws.com",
        ),
        ("DELETE", "2015-03-31", "/policy/s", "", 204, ""),
        (
            "PUT",
            "2017-10-31",
            "/concurrency",
            r#"{"ReservedConcurrentExecutions":0}"#,
            200,
            "0",
        ),
        (
            "GET",
            "2019-09-30",
            "/concurrency",
            "",
            200,
            "ReservedConcurrentExecutions",
        ),
        (
            "POST",
            "2015-03-31",
            "/invocations",
            "{}",
            429,
            "Rate Exceeded.",
        ),
        ("DELETE", "2017-10-31", "/concurrency", "", 204, ""),
        (
            "PUT",
            "2015-03-31",
            "/configuration",
            r#"{"Handler":"other"}"#,
            200,
            "other",
        ),
        ("PUT", "2015-03-31", "/code", code, 200, "CodeSha256"),
        ("DELETE", "2015-03-31", "", "", 204, ""),
        ("GET", "2015-03-31", "", "", 404, "Function not found"),
    ];
    for (method, version, below, body, status, holds) in cases {
        let path = format!("/{version}/functions/echo{below}");
        let answer = wire
            .signed("lambda", method, &path)
            .send(body)
            .await
            .unwrap();
        assert_eq!(answer.status, status, "{method} {path} {}", answer.body);
        assert!(
            answer.body.contains(holds),
            "{method} {path} {}",
            answer.body
        );
    }
}
