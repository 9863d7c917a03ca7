//! Many events alike cost little, and no other event is lost among them.

use std::sync::Arc;

use serde_json::json;

use crate::behind::BUCKET;
use crate::trail::{on_bucket, on_trail, world};

/// Each file of a log that is emptied is an event.
#[tokio::test]
async fn deletions_are_told_once_a_caller_and_judge_nothing() {
    let world = Arc::new(world(|_| ()));
    let deletion = |number: u32, user: &str| {
        let mut event = on_bucket("DeleteObject", BUCKET);
        event["detail"]["eventID"] = json!(format!("id-{number}"));
        event["detail"]["userIdentity"]["arn"] = json!(user);
        event
    };
    let first = world.answer(&deletion(1, "mallory")).await;
    assert_eq!(first["action"], "notified");
    let calls = [
        "DescribeConfigRules trail-rule",
        "DescribeRemediationConfigurations trail-rule",
        "Publish told",
    ];
    assert_eq!(world.calls(), calls, "the trail is not judged");
    let text = world.messages()[0]["text"].to_string();
    assert!(!text.contains("finds nothing wrong"), "{text}");
    for number in 2..50 {
        let answer = world.answer(&deletion(number, "mallory")).await;
        assert_eq!(answer["notes"], json!(["repeat-suppressed"]));
    }
    assert_eq!(world.calls().len(), calls.len(), "nothing is read again");
    let other = world.answer(&deletion(50, "trent")).await;
    assert_eq!(other["action"], "notified");
}

#[tokio::test]
async fn attempts_that_were_told_read_nothing() {
    for service in ["trail", "guard"] {
        let world = Arc::new(world(|_| ()));
        let attempt = |number: u32| {
            let mut event = match service {
                "trail" => on_trail(number, "StopLogging"),
                _ => crate::world::event(
                    number,
                    "events",
                    "DisableRule",
                    json!({"name": "trailkeeper-events"}),
                    serde_json::Value::Null,
                ),
            };
            event["detail"]["errorCode"] = json!("AccessDenied");
            event
        };
        assert_eq!(world.answer(&attempt(1)).await["action"], "notified");
        let calls = world.calls().len();
        let again = world.answer(&attempt(2)).await;
        assert_eq!(again["notes"], json!(["repeat-suppressed"]), "{service}");
        assert_eq!(world.calls().len(), calls, "{service}");
    }
}

/// Two calls alike are two facts: one of them may be the intruder's.
#[tokio::test]
async fn different_calls_are_no_repeats() {
    let world = Arc::new(world(|_| ()));
    for number in [1, 2] {
        for event in [
            on_trail(number, "RemoveTags"),
            crate::world::event(
                number + 10,
                "lambda",
                "UpdateFunctionConfiguration20150331v2",
                json!({"functionName": "trailkeeper-evaluator"}),
                serde_json::Value::Null,
            ),
            crate::world::event(
                number + 20,
                "iam",
                "AddRoleToInstanceProfile",
                serde_json::Value::Null,
                serde_json::Value::Null,
            ),
        ] {
            let answer = world.answer(&event).await;
            assert_eq!(answer["action"], "notified", "{number} {answer}");
        }
    }
}
