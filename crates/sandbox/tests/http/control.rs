use serde_json::{Value, json};

use crate::Wire;

const TARGET: &str = "StarlingDoveService.DescribeConfigRules";

#[tokio::test]
async fn the_calls_are_listed_and_forgotten() {
    let wire = Wire::start().await;
    wire.json("config", TARGET, &json!({})).await;
    let answer = wire.bare("GET", "/_sandbox/calls").send("").await.unwrap();
    let wanted = json!([{
        "at": "2026-03-02T10:00:00Z",
        "service": "config",
        "operation": "DescribeConfigRules",
        "region": "eu-west-1",
        "write": false,
        "outcome": "ok",
        "input": {},
    }]);
    assert_eq!(answer.json(), wanted);
    wire.bare("DELETE", "/_sandbox/calls")
        .send("")
        .await
        .unwrap();
    assert_eq!(wire.sandbox.calls(), []);
}

#[tokio::test]
async fn faults_are_added_and_removed() {
    let wire = Wire::start().await;
    let error = json!({"error": {"code": "Odd", "message": "m", "status": 418}});
    // when, kind; what the first and second call say
    let cases = [
        (
            json!("always"),
            json!("throttle"),
            ["ThrottlingException"; 2],
        ),
        (Value::Null, json!("denied"), ["AccessDeniedException"; 2]),
        (json!({"nth": 2}), error.clone(), ["ok", "Odd"]),
        (
            json!({"first": 1}),
            json!("timeoutAfter"),
            ["NoAnswer", "ok"],
        ),
        (
            json!({"first": 1}),
            json!("timeoutBefore"),
            ["NoAnswer", "ok"],
        ),
        (json!({"first": 1}), json!("staleRead"), ["ok", "ok"]),
        (
            json!({"first": 1}),
            json!("deniedByScp"),
            ["AccessDeniedException", "ok"],
        ),
    ];
    for (when, kind, outcomes) in cases {
        let mut fault = json!({
            "service": "config", "operation": "DescribeConfigRules", "kind": kind,
        });
        if !when.is_null() {
            fault["when"] = when;
        }
        let ask = wire.bare("POST", "/_sandbox/faults");
        let answer = ask.send(&fault.to_string()).await.unwrap();
        assert_eq!(answer.status, 200, "{fault}");
        wire.sandbox.clear_calls();
        for _ in outcomes {
            let ask = wire.signed("config", "POST", "/");
            ask.header("x-amz-target", TARGET).send("{}").await;
        }
        let calls = wire.sandbox.calls();
        let seen: Vec<&str> = calls.iter().map(|call| call.outcome.as_str()).collect();
        assert_eq!(seen, outcomes, "{fault}");
        let ask = wire.bare("DELETE", "/_sandbox/faults");
        assert_eq!(ask.send("").await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let wire = Wire::start().await;
    let fault = |when: &str, kind: &str| {
        format!(r#"{{"service":"s3","operation":"GetObject","when":{when},"kind":{kind}}}"#)
    };
    let cases = [
        ("GET", "/_sandbox/nothing", String::new(), 404),
        ("POST", "/_sandbox/calls", String::new(), 404),
        ("POST", "/_sandbox/advance", "{}".to_owned(), 400),
        (
            "POST",
            "/_sandbox/advance",
            r#"{"seconds":-1}"#.to_owned(),
            400,
        ),
        ("POST", "/_sandbox/advance", "{".to_owned(), 400),
        (
            "POST",
            "/_sandbox/faults",
            r#"{"kind":"throttle"}"#.to_owned(),
            400,
        ),
        (
            "POST",
            "/_sandbox/faults",
            fault("\"never\"", "\"throttle\""),
            400,
        ),
        (
            "POST",
            "/_sandbox/faults",
            fault("{\"nth\":-1}", "\"throttle\""),
            400,
        ),
        (
            "POST",
            "/_sandbox/faults",
            fault("\"always\"", "\"odd\""),
            400,
        ),
        (
            "POST",
            "/_sandbox/faults",
            fault("\"always\"", "{\"error\":{}}"),
            400,
        ),
        (
            "POST",
            "/_sandbox/faults",
            fault("\"always\"", "{\"error\":{\"code\":\"X\",\"status\":200}}"),
            400,
        ),
    ];
    for (method, path, body, status) in cases {
        let answer = wire.bare(method, path).send(&body).await.unwrap();
        assert_eq!(answer.status, status, "{method} {path} {body}");
        assert!(answer.json()["message"].is_string());
    }
    let ask = wire.bare("GET", "/_sandbox/calls");
    let answer = ask.header("origin", "https://example.com").send("").await;
    assert_eq!(answer.unwrap().status, 403);
}
