//! SNS through the account's door.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Call, Failure, Sandbox, World};

const REGION: &str = "eu-west-1";
const ARN: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";

fn account() -> Sandbox {
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    let mut world = World::new("111122223333", REGION, now);
    assert_eq!(world.seed_sns_topic(REGION, "alerts"), ARN);
    Sandbox::new(world)
}

async fn ask(sandbox: &Sandbox, operation: &str, input: Value) -> Result<Value, ApiError> {
    let call = Call::new("sns", operation, REGION, input);
    match sandbox.call(call).await {
        Ok(output) => Ok(output),
        Err(Failure::Api(error)) => Err(error),
        Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
    }
}

fn message(member: &str, value: Value) -> Value {
    let mut input = json!({"TopicArn": ARN, "Message": "m"});
    input[member] = value;
    input
}

#[tokio::test]
async fn what_aws_refuses_is_refused() {
    let sandbox = account();
    let (invalid, needed) = ("InvalidParameter", "ValidationError");
    let elsewhere = ARN.replace("eu-west-1", "us-east-1");
    let foreign = ARN.replace("111122223333", "444455556666");
    let structured = |text: &str| {
        let mut input = message("MessageStructure", json!("json"));
        input["Message"] = json!(text);
        input
    };
    let subscribe = |protocol: &str, endpoint: &str| json!({"TopicArn": ARN, "Protocol": protocol, "Endpoint": endpoint});
    let cases = [
        ("CreateTopic", json!({}), needed),
        ("CreateTopic", json!({"Name": ""}), invalid),
        ("CreateTopic", json!({"Name": "a b"}), invalid),
        ("CreateTopic", json!({"Name": "n".repeat(257)}), invalid),
        (
            "CreateTopic",
            json!({"Name": "alerts", "Attributes": {"DisplayName": "x"}}),
            invalid,
        ),
        (
            "GetTopicAttributes",
            json!({"TopicArn": format!("{ARN}-2")}),
            "NotFound",
        ),
        (
            "GetTopicAttributes",
            json!({"TopicArn": elsewhere}),
            invalid,
        ),
        (
            "GetTopicAttributes",
            json!({"TopicArn": foreign}),
            "AuthorizationError",
        ),
        ("ListTopics", json!({"NextToken": "x"}), invalid),
        ("Subscribe", subscribe("pigeon", "x"), invalid),
        ("Subscribe", subscribe("email", "nobody"), invalid),
        ("Subscribe", subscribe("sqs", "queue"), invalid),
        ("Subscribe", json!({"TopicArn": ARN}), needed),
        ("Publish", json!({"Message": "m"}), invalid),
        ("Publish", json!({"TopicArn": ARN}), needed),
        ("Publish", message("TopicArn", json!("alerts")), invalid),
        (
            "Publish",
            message("TopicArn", json!(format!("{ARN}-2"))),
            "NotFound",
        ),
        ("Publish", message("Subject", json!("")), invalid),
        (
            "Publish",
            message("Subject", json!("s".repeat(100))),
            invalid,
        ),
        ("Publish", message("Subject", json!("a\nb")), invalid),
        ("Publish", message("Message", json!("")), invalid),
        (
            "Publish",
            message("Message", json!("m".repeat(262_145))),
            invalid,
        ),
        (
            "Publish",
            message("MessageStructure", json!("xml")),
            invalid,
        ),
        ("Publish", structured("m"), invalid),
        ("Publish", structured("{\"email\":\"m\"}"), invalid),
    ];
    for (operation, input, code) in cases {
        let shown: String = input.to_string().chars().take(200).collect();
        match ask(&sandbox, operation, input).await {
            Ok(output) => panic!("{operation} {shown}: answered {output}"),
            Err(error) => assert_eq!(error.code, code, "{operation} {shown}: {error}"),
        }
    }
    assert!(sandbox.with_world(|world| world.published_messages().is_empty()));
}

#[tokio::test]
async fn what_is_published_can_be_read() {
    let sandbox = account();
    let good = [
        message("Subject", json!("é".repeat(99))),
        message("Message", json!("m".repeat(262_144))),
        message("MessageStructure", Value::Null),
        json!({"TargetArn": ARN, "MessageStructure": "json", "Message": "{\"default\":\"m\"}"}),
    ];
    for input in good {
        let answer = ask(&sandbox, "Publish", input).await.unwrap();
        assert_eq!(answer["MessageId"].as_str().unwrap().len(), 36);
    }
    let messages = sandbox.with_world(|world| world.published_messages().to_vec());
    assert_eq!(messages.len(), 4);
    assert_eq!(messages[0].subject, Some("é".repeat(99)));
    assert_eq!(messages[2].subject, None);
    assert_eq!(
        (messages[3].topic_arn.as_str(), messages[3].region.as_str()),
        (ARN, REGION)
    );
}

#[tokio::test]
async fn topics_and_subscriptions_are_told() {
    let sandbox = account();
    let input = json!({"Name": "second", "Attributes": {"DisplayName": "Second"}});
    let second = ask(&sandbox, "CreateTopic", input.clone()).await.unwrap();
    assert_eq!(
        ask(&sandbox, "CreateTopic", input).await.unwrap(),
        second,
        "again is the same"
    );
    let listed = ask(&sandbox, "ListTopics", json!({})).await.unwrap();
    assert_eq!(listed, json!({"Topics": [{"TopicArn": ARN}, second]}));
    let queue = "arn:aws:sqs:eu-west-1:111122223333:queue";
    let subscriptions = [
        ("email", "ops@example.com", false, "pending confirmation"),
        ("email", "ops@example.com", true, ":00000001-"),
        ("sqs", queue, false, ":00000002-"),
    ];
    for (protocol, endpoint, arn, wanted) in subscriptions {
        let input = json!({
            "TopicArn": ARN, "Protocol": protocol, "Endpoint": endpoint,
            "ReturnSubscriptionArn": arn,
        });
        let answer = ask(&sandbox, "Subscribe", input).await.unwrap();
        assert!(
            answer["SubscriptionArn"].as_str().unwrap().contains(wanted),
            "{answer}"
        );
    }
    let topic = json!({"TopicArn": ARN});
    let attributes = ask(&sandbox, "GetTopicAttributes", topic.clone())
        .await
        .unwrap();
    assert_eq!(attributes["Attributes"]["SubscriptionsPending"], "1");
    assert_eq!(attributes["Attributes"]["SubscriptionsConfirmed"], "1");
    let listed = ask(&sandbox, "ListSubscriptionsByTopic", topic)
        .await
        .unwrap();
    let first = &listed["Subscriptions"][0];
    assert_eq!(first["SubscriptionArn"], "PendingConfirmation");
    assert_eq!(first["Endpoint"], "ops@example.com");
}
