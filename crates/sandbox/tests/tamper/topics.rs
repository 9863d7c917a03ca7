use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{BucketSeed, TrailSeed, cloudtrail_bucket_policy};

use crate::{OWN, REGION, all_refused, all_well, ask, told, world};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:trail";

/// A trail that announces its deliveries on a topic on which it may.
fn account() -> Sandbox {
    let mut world = world();
    world.seed_topic(TOPIC, None);
    let arn = world.trail_arn(REGION, OWN, "main");
    world.seed_bucket(BucketSeed {
        name: "logs".to_owned(),
        policy: Some(cloudtrail_bucket_policy("aws", "logs", None, OWN, &arn)),
        ..BucketSeed::default()
    });
    let mut trail = TrailSeed::healthy("main", REGION, "logs", world.now());
    trail.settings.sns_topic_arn = Some(TOPIC.to_owned());
    world.seed_trail(trail);
    Sandbox::new(world)
}

fn policy(trail: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "SNS:Publish", "Resource": TOPIC,
        "Condition": {"StringEquals": {"aws:SourceArn": trail}},
    }]})
    .to_string()
}

fn attribute(name: &str, value: &str) -> Value {
    json!({"TopicArn": TOPIC, "AttributeName": name, "AttributeValue": value})
}

async fn trouble(sandbox: &Sandbox) -> Value {
    sandbox.advance(SignedDuration::from_mins(5));
    let at = "/LatestNotificationError";
    told(
        sandbox,
        "cloudtrail",
        "GetTrailStatus",
        json!({"Name": "main"}),
        at,
    )
    .await
}

#[tokio::test]
async fn notifications_end_with_the_topic_or_its_policy() {
    let sandbox = account();
    assert_eq!(trouble(&sandbox).await, Value::Null);
    let main = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";
    let other = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/other";
    let set = "SetTopicAttributes";
    let steps = [
        (
            set,
            attribute("Policy", &policy(other)),
            json!("AuthorizationError"),
        ),
        (set, attribute("Policy", &policy(main)), Value::Null),
        ("DeleteTopic", json!({"TopicArn": TOPIC}), json!("NotFound")),
        ("DeleteTopic", json!({"TopicArn": TOPIC}), json!("NotFound")),
        (
            "CreateTopic",
            json!({"Name": "trail"}),
            json!("AuthorizationError"),
        ),
    ];
    for (operation, input, wanted) in steps {
        all_well(&sandbox, "sns", &[(operation, input.clone())]).await;
        assert_eq!(trouble(&sandbox).await, wanted, "{operation} {input}");
    }
}

#[tokio::test]
async fn a_subscription_that_is_ended_is_told_no_more_and_what_sns_refuses() {
    let sandbox = account();
    let subscribe = json!({"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com",
                           "ReturnSubscriptionArn": true});
    let answer = ask(&sandbox, "sns", "Subscribe", subscribe).await.unwrap();
    let arn = json!({"SubscriptionArn": answer["SubscriptionArn"]});
    all_well(&sandbox, "sns", &[("Unsubscribe", arn.clone())]).await;
    let topic = json!({"TopicArn": TOPIC});
    let list = "ListSubscriptionsByTopic";
    let left = told(&sandbox, "sns", list, topic, "/Subscriptions").await;
    assert_eq!(left, json!([]));
    let gone = json!({"TopicArn": "arn:aws:sns:eu-west-1:111122223333:none",
                      "AttributeName": "DisplayName", "AttributeValue": "x"});
    let foreign = json!({"TopicArn": "arn:aws:sns:eu-west-1:444455556666:trail"});
    let cases = [
        ("Unsubscribe", arn, "NotFound"),
        (
            "Unsubscribe",
            json!({"SubscriptionArn": "x"}),
            "InvalidParameter",
        ),
        (
            "SetTopicAttributes",
            attribute("Owner", "me"),
            "InvalidParameter",
        ),
        (
            "SetTopicAttributes",
            attribute("Policy", "{"),
            "InvalidParameter",
        ),
        ("SetTopicAttributes", gone, "NotFound"),
        ("DeleteTopic", foreign, "AuthorizationError"),
        ("DeleteTopic", json!({}), "ValidationError"),
    ];
    all_refused(&sandbox, "sns", &cases).await;
}
