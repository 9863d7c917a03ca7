//! Systems Manager and SNS on the wire, and what tests read of them.

use serde_json::{Value, json};

use crate::{REGION, Wire};

const DOCUMENT: &str = r#"
schemaVersion: "0.3"
mainSteps:
  - name: Status
    action: aws:executeAwsApi
    inputs: { Service: cloudtrail, Api: DescribeTrails }
    isEnd: true
"#;

async fn ssm(wire: &Wire, operation: &str, body: Value) -> Value {
    let answer = wire
        .json("ssm", &format!("AmazonSSM.{operation}"), &body)
        .await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn an_execution_has_run_when_its_start_is_answered() {
    let wire = Wire::start().await;
    let input = json!({
        "Name": "Look", "Content": DOCUMENT, "DocumentType": "Automation",
        "DocumentFormat": "YAML",
    });
    ssm(&wire, "CreateDocument", input).await;
    let started = ssm(
        &wire,
        "StartAutomationExecution",
        json!({"DocumentName": "Look"}),
    )
    .await;
    let execution = ssm(&wire, "GetAutomationExecution", started).await;
    let status = execution.pointer("/AutomationExecution/AutomationExecutionStatus");
    assert_eq!(status, Some(&json!("Success")), "{execution:#}");
    let body = json!({"Name": "Nobody"});
    let answer = wire.json("ssm", "AmazonSSM.GetDocument", &body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json().get("__type"), Some(&json!("InvalidDocument")));
}

#[tokio::test]
async fn topics_speak_the_query_protocol() {
    let wire = Wire::start().await;
    let ask = async |form: &str| wire.signed("sns", "POST", "/").send(form).await.unwrap();
    let answer = ask("Action=CreateTopic&Version=2010-03-31&Name=alerts\
                      &Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=Alerts")
    .await;
    let arn = "arn:aws:sns:eu-west-1:111122223333:alerts";
    let wanted = format!("<CreateTopicResult><TopicArn>{arn}</TopicArn></CreateTopicResult>");
    assert!(answer.body.contains(&wanted), "{}", answer.body);
    let answer = ask(&format!("Action=GetTopicAttributes&TopicArn={arn}")).await;
    let wanted = "<entry><key>DisplayName</key><value>Alerts</value></entry>";
    assert!(answer.body.contains(wanted), "{}", answer.body);
    let form = format!("Action=Publish&TopicArn={arn}&Subject=a+b&Message=%7B%22x%22%3A1%7D");
    assert_eq!(ask(&form).await.status, 200);
    let answer = ask("Action=Publish&TopicArn=x&Message=m").await;
    assert_eq!(answer.status, 400);
    let wanted = "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error>\
                  <Type>Sender</Type><Code>InvalidParameter</Code>";
    assert!(answer.body.starts_with(wanted), "{}", answer.body);

    let messages = wire
        .bare("GET", "/_sandbox/messages")
        .send("")
        .await
        .unwrap();
    let wanted = json!([{
        "at": "2026-03-02T10:00:00Z",
        "region": REGION,
        "topicArn": arn,
        "messageId": "00000001-0000-4000-8000-000000000000",
        "subject": "a b",
        "message": "{\"x\":1}",
    }]);
    assert_eq!(messages.json(), wanted);
}

#[tokio::test]
async fn faults_can_wait_for_a_region_and_for_what_a_call_is_about() {
    // what the fault waits for, the Region and the document of the call, whether it strikes
    let cases = [
        (json!({}), "Look", true),
        (json!({"region": REGION}), "Look", true),
        (json!({"region": null, "about": null}), "Look", true),
        (json!({"region": "us-east-1"}), "Look", false),
        (json!({"about": "Look"}), "Look", true),
        (json!({"about": "Look"}), "Other", false),
    ];
    for (narrow, name, strikes) in cases {
        let wire = Wire::start().await;
        let mut fault = json!({
            "service": "ssm", "operation": "GetDocument", "kind": "throttle",
        });
        for (member, value) in narrow.as_object().unwrap() {
            fault
                .as_object_mut()
                .unwrap()
                .insert(member.clone(), value.clone());
        }
        let ask = wire.bare("POST", "/_sandbox/faults");
        assert_eq!(
            ask.send(&fault.to_string()).await.unwrap().status,
            200,
            "{fault}"
        );
        let answer = wire
            .json("ssm", "AmazonSSM.GetDocument", &json!({"Name": name}))
            .await;
        let struck = answer.json().get("__type") == Some(&json!("ThrottlingException"));
        assert_eq!(struck, strikes, "{fault} {name}");
    }
    let wire = Wire::start().await;
    let fault = json!({
        "service": "ssm", "operation": "GetDocument", "kind": "throttle", "region": 1,
    });
    let ask = wire.bare("POST", "/_sandbox/faults");
    assert_eq!(ask.send(&fault.to_string()).await.unwrap().status, 400);
}
