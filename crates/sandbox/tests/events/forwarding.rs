//! Events that go on to another Region.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::EventRuleSeed;

use crate::support::*;

const IAM: &str = r#"{"source": ["aws.iam"]}"#;

async fn delete_role(bus: &Bus) -> Vec<Value> {
    let input = json!({"RoleName": "none"});
    let _refused = bus.call(("iam", "DeleteRole"), AWAY, input).await;
    bus.events().await
}

#[tokio::test]
async fn events_of_iam_are_forwarded_and_keep_their_region() {
    let bus = Bus::with(|_| {});
    let role = format!("arn:aws:iam::{ACCOUNT}:role/trailkeeper-global-events");
    bus.good("PutRule", json!({"Name": "global", "EventPattern": IAM}))
        .await;
    let target = json!({"Id": "region-1", "Arn": crate::support::bus(AWAY), "RoleArn": role});
    bus.good("PutTargets", json!({"Rule": "global", "Targets": [target]}))
        .await;
    bus.rule(EventRuleSeed::enabled("r", AWAY, IAM, &function(AWAY)));
    let events = delete_role(&bus).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["region"], json!(HOME));
    assert_eq!(events[0]["detail"]["awsRegion"], json!(HOME));
}

#[tokio::test]
async fn a_circle_of_rules_ends() {
    let bus = Bus::with(|_| {});
    for (region, other) in [(HOME, AWAY), (AWAY, HOME)] {
        let mut rule = EventRuleSeed::enabled("r", region, IAM, &crate::support::bus(other));
        rule.targets.push(("function".to_owned(), function(region)));
        bus.rule(rule);
    }
    assert_eq!(delete_role(&bus).await.len(), 5);
}
