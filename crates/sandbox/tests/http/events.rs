use serde_json::{Value, json};

use crate::{REGION, Wire};

#[tokio::test]
async fn rules_are_put_and_read_over_the_wire() {
    let wire = Wire::start().await;
    let pattern = r#"{"source": ["aws.cloudtrail"]}"#;
    let put = json!({"Name": "r", "EventPattern": pattern});
    let answer = wire.json("events", "AWSEvents.PutRule", &put).await;
    let arn = format!("arn:aws:events:{REGION}:111122223333:rule/r");
    assert_eq!(answer.json(), json!({"RuleArn": arn}));
    let named = json!({"Name": "r"});
    let read = wire.json("events", "AWSEvents.DescribeRule", &named).await;
    assert_eq!(read.json()["EventPattern"], json!(pattern));
    let gone = wire.json("events", "AWSEvents.DeleteRule", &named).await;
    assert_eq!((gone.status, gone.body.as_str()), (200, ""));
    let read = wire.json("events", "AWSEvents.DescribeRule", &named).await;
    assert_eq!(read.status, 400);
    assert_eq!(read.json()["__type"], json!("ResourceNotFoundException"));
}

#[tokio::test]
async fn guardduty_speaks_rest() {
    let wire = Wire::start().await;
    let ask = async |method: &str, path: String, body: Value| {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let ask = wire.signed("guardduty", method, &path);
        let answer = ask.send(&body).await.unwrap();
        (answer.status, answer.json())
    };
    let made = ask("POST", "/detector".to_owned(), json!({"enable": true})).await;
    let id = made.1["detectorId"].as_str().unwrap().to_owned();
    let of = |rest: &str| format!("/detector/{id}{rest}");
    let criterion = json!({"service.action.awsApiCallAction.api": {"eq": ["StopLogging"]}});
    let filter =
        json!({"name": "quiet", "action": "ARCHIVE", "findingCriteria": {"criterion": criterion}});
    let steps = [
        (
            "GET",
            "/detector".to_owned(),
            Value::Null,
            ("/detectorIds/0", json!(id)),
        ),
        ("GET", of(""), Value::Null, ("/status", json!("ENABLED"))),
        ("POST", of("/filter"), filter, ("/name", json!("quiet"))),
        (
            "GET",
            of("/filter?maxResults=1"),
            Value::Null,
            ("/filterNames/0", json!("quiet")),
        ),
        (
            "GET",
            of("/filter/quiet"),
            Value::Null,
            ("/findingCriteria/criterion", criterion),
        ),
        ("DELETE", of("/filter/quiet"), Value::Null, ("", json!({}))),
        ("POST", of(""), json!({"enable": false}), ("", json!({}))),
        ("GET", of(""), Value::Null, ("/status", json!("DISABLED"))),
        ("GET", of("/ipset"), Value::Null, ("/ipSetIds", json!([]))),
        ("DELETE", of(""), Value::Null, ("", json!({}))),
    ];
    for (method, path, body, (pointer, wanted)) in steps {
        let (status, answer) = ask(method, path.clone(), body).await;
        assert_eq!(status, 200, "{method} {path} {answer}");
        assert_eq!(answer.pointer(pointer), Some(&wanted), "{method} {path}");
    }
    let (status, answer) = ask("GET", of(""), Value::Null).await;
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("BadRequestException"))
    );
}
