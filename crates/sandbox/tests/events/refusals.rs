//! What EventBridge refuses.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::EventRuleSeed;

use crate::support::*;

const PATTERN: &str = r#"{"source": ["aws.cloudtrail"]}"#;

fn target(extra: Value) -> Value {
    let mut target = json!({"Id": "1", "Arn": function(HOME)});
    let members = target.as_object_mut().unwrap();
    members.extend(extra.as_object().unwrap().clone());
    json!({"Rule": "r", "Targets": [target]})
}

fn pattern_of(length: usize) -> Value {
    let filler = "x".repeat(length - r#"{"a":[""]}"#.len());
    json!({"Name": "n", "EventPattern": format!(r#"{{"a":["{filler}"]}}"#)})
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    let bus = Bus::with(|_| {});
    bus.rule(EventRuleSeed::enabled("r", HOME, PATTERN, &function(HOME)));
    let mut managed = EventRuleSeed::enabled("managed", HOME, PATTERN, &function(HOME));
    managed.managed_by = Some("ssm.amazonaws.com".to_owned());
    bus.rule(managed);
    let long = "n".repeat(65);
    let six: Vec<_> = (0..6)
        .map(|n| json!({"Id": format!("t{n}"), "Arn": function(HOME)}))
        .collect();
    let entry = json!({"Source": "s", "DetailType": "t", "Detail": "{}"});
    let large = json!({"Source": "s", "DetailType": "t", "Detail": "x".repeat(262_144)});
    let sqs = format!("arn:aws:sqs:{HOME}:{ACCOUNT}:letters");
    let cases = [
        ("PutRule", json!({"Name": "n"}), "ValidationException"),
        (
            "PutRule",
            json!({"EventPattern": PATTERN}),
            "ValidationException",
        ),
        (
            "PutRule",
            json!({"Name": long, "EventPattern": PATTERN}),
            "ValidationException",
        ),
        (
            "PutRule",
            json!({"Name": "a b", "EventPattern": PATTERN}),
            "ValidationException",
        ),
        (
            "PutRule",
            json!({"Name": "n", "EventPattern": "{}"}),
            "InvalidEventPatternException",
        ),
        (
            "PutRule",
            json!({"Name": "n", "EventPattern": PATTERN, "State": "ON"}),
            "ValidationException",
        ),
        (
            "PutRule",
            json!({"Name": "n", "EventPattern": PATTERN, "EventBusName": "other"}),
            "ResourceNotFoundException",
        ),
        (
            "PutRule",
            json!({"Name": "n", "ScheduleExpression": "rate(1 hour)"}),
            "NotImplementedException",
        ),
        (
            "PutRule",
            json!({"Name": "managed", "EventPattern": PATTERN}),
            "ManagedRuleException",
        ),
        ("PutRule", pattern_of(2_049), "LimitExceededException"),
        ("PutRule", pattern_of(4_097), "ValidationException"),
        ("DescribeRule", json!({}), "ValidationException"),
        (
            "DescribeRule",
            json!({"Name": "none"}),
            "ResourceNotFoundException",
        ),
        (
            "EnableRule",
            json!({"Name": "none"}),
            "ResourceNotFoundException",
        ),
        (
            "DisableRule",
            json!({"Name": "managed"}),
            "ManagedRuleException",
        ),
        (
            "DeleteRule",
            json!({"Name": "managed"}),
            "ManagedRuleException",
        ),
        (
            "RemoveTargets",
            json!({"Rule": "managed", "Ids": ["target"]}),
            "ManagedRuleException",
        ),
        ("RemoveTargets", json!({"Rule": "r"}), "ValidationException"),
        (
            "RemoveTargets",
            json!({"Rule": "r", "Ids": []}),
            "ValidationException",
        ),
        (
            "ListTargetsByRule",
            json!({"Rule": "none"}),
            "ResourceNotFoundException",
        ),
        ("ListRules", json!({"Limit": 101}), "ValidationException"),
        (
            "ListRules",
            json!({"NextToken": "x"}),
            "ValidationException",
        ),
        ("PutTargets", json!({"Rule": "r"}), "ValidationException"),
        (
            "PutTargets",
            json!({"Rule": "r", "Targets": six}),
            "LimitExceededException",
        ),
        (
            "PutTargets",
            json!({"Rule": "r", "Targets": [{"Id": "1"}]}),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"Arn": "function"})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"Arn": function(AWAY)})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"Arn": crate::support::bus(AWAY)})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"Arn": format!("arn:aws:sns:{AWAY}:{ACCOUNT}:topic")})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"Arn": sqs})),
            "NotImplementedException",
        ),
        (
            "PutTargets",
            target(json!({"InputPath": "$.detail"})),
            "NotImplementedException",
        ),
        (
            "PutTargets",
            target(json!({"Input": "{"})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"DeadLetterConfig": {"Arn": function(HOME)}})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"RetryPolicy": {"MaximumRetryAttempts": 186}})),
            "ValidationException",
        ),
        (
            "PutTargets",
            target(json!({"RetryPolicy": {"MaximumEventAgeInSeconds": 59}})),
            "ValidationException",
        ),
        ("PutEvents", json!({"Entries": []}), "ValidationException"),
        (
            "PutEvents",
            json!({"Entries": vec![entry; 11]}),
            "ValidationException",
        ),
        (
            "PutEvents",
            json!({"Entries": [large]}),
            "ValidationException",
        ),
        ("TestEventPattern", json!({}), "NotImplementedException"),
    ];
    for (operation, input, wanted) in cases {
        let shown = input.to_string();
        let shown: String = shown.chars().take(200).collect();
        assert_eq!(
            bus.code(operation, input).await,
            wanted,
            "{operation} {shown}"
        );
    }
    bus.good("PutRule", pattern_of(2_048)).await;
    let letters =
        json!({"DeadLetterConfig": {"Arn": sqs}, "RetryPolicy": {"MaximumRetryAttempts": 20}});
    bus.good("PutTargets", target(letters)).await;
    bus.good(
        "RemoveTargets",
        json!({"Rule": "managed", "Ids": ["target"], "Force": true}),
    )
    .await;
    bus.good("DeleteRule", json!({"Name": "managed", "Force": true}))
        .await;
}
