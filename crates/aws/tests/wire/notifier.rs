use trailkeeper_app::ports::Notifier;
use trailkeeper_aws::Topics;
use trailkeeper_core::{Arn, ErrorClass};

use crate::wire::{Wire, query, query_refusal};

fn topic(region: &str) -> Arn {
    format!("arn:aws:sns:{region}:111122223333:alerts")
        .parse()
        .unwrap()
}

fn published() -> crate::wire::Reply {
    query("Publish", "<MessageId>m-1</MessageId>")
}

#[tokio::test]
async fn a_message_goes_to_the_topics_own_region_word_for_word() {
    let wire = Wire::new([published()]);
    let message = "{\"text\":\"100 % + ünë\\n&=\"}";
    let topics = Topics::new(wire.session());
    let answer = topics
        .publish(&topic("us-east-2"), "Subject: a+b", message)
        .await;
    assert_eq!(answer, Ok(()));
    let request = wire.request();
    assert_eq!(request.line, "POST https://sns.us-east-2.amazonaws.com/");
    assert_eq!(request.scope, "us-east-2/sns");
    let expected = [
        ("Action", "Publish"),
        ("TopicArn", "arn:aws:sns:us-east-2:111122223333:alerts"),
        ("Message", message),
        ("Subject", "Subject: a+b"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(request.form(), expected);
}

#[tokio::test]
async fn a_topic_without_a_region_is_refused_before_anything_is_sent() {
    let wire = Wire::new([]);
    let topics = Topics::new(wire.session());
    let error = topics.publish(&topic(""), "s", "m").await.unwrap_err();
    assert_eq!(error.code, "InvalidRequest");
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn errors_of_sns_have_their_class() {
    let cases = [
        (403, "AuthorizationError", ErrorClass::Denied),
        (400, "KMSAccessDenied", ErrorClass::Denied),
        (429, "Throttled", ErrorClass::Throttled),
        (400, "KMSThrottling", ErrorClass::Throttled),
        (400, "Throttling", ErrorClass::Throttled),
        (404, "NotFound", ErrorClass::Absent),
        (400, "InvalidParameter", ErrorClass::Refused),
        (500, "InternalError", ErrorClass::Broken),
    ];
    for (status, code, class) in cases {
        let wire = Wire::new([query_refusal(status, code)]);
        let topics = Topics::new(wire.session());
        let answer = topics.publish(&topic("eu-west-1"), "s", "m").await;
        let error = answer.unwrap_err();
        assert_eq!((error.code.as_str(), error.class), (code, class));
        assert_eq!(error.resource, topic("eu-west-1").to_string());
        assert_eq!(error.operation.to_string(), "sns:Publish");
    }
}
