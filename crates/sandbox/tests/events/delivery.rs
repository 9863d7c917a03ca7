//! What happens to events: rules, states, functions, and events of one's own.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{Actor, EventRuleSeed};

use crate::support::*;

fn entry(source: &str, detail: &str) -> Value {
    json!({"Source": source, "DetailType": "Trailkeeper Incident", "Detail": detail})
}

#[tokio::test]
async fn a_rule_that_is_put_enabled_and_disabled() {
    let bus = Bus::with(|_| {});
    let pattern = r#"{"detail": {"eventName": [{"prefix": "Stop"}]}}"#;
    bus.good("PutRule", json!({"Name": "r", "EventPattern": pattern}))
        .await;
    let target = json!({"Id": "1", "Arn": function(HOME)});
    bus.good("PutTargets", json!({"Rule": "r", "Targets": [target]}))
        .await;
    let tell = async || {
        let recorder = json!({"ConfigurationRecorderName": "none"});
        let stop = ("config", "StopConfigurationRecorder");
        let _refused = bus.call(stop, HOME, recorder).await;
        bus.events().await.len()
    };
    assert_eq!(tell().await, 1);
    bus.good("DisableRule", json!({"Name": "r"})).await;
    assert_eq!(tell().await, 0);
    bus.good("EnableRule", json!({"Name": "r"})).await;
    assert_eq!(tell().await, 1);
    bus.good("RemoveTargets", json!({"Rule": "r", "Ids": ["1"]}))
        .await;
    assert_eq!(tell().await, 0);
}

#[tokio::test]
async fn each_target_of_each_rule_gets_the_event_and_a_constant_takes_its_place() {
    let bus = Bus::listening();
    let pattern = r#"{"source": ["aws.config"]}"#;
    bus.good("PutRule", json!({"Name": "r", "EventPattern": pattern}))
        .await;
    let targets = json!([
        {"Id": "1", "Arn": function(HOME)},
        {"Id": "2", "Arn": function(HOME), "Input": r#"{"constant": 1}"#},
        {"Id": "3", "Arn": format!("arn:aws:lambda:{HOME}:{ACCOUNT}:function:gone")},
    ]);
    bus.good("PutTargets", json!({"Rule": "r", "Targets": targets}))
        .await;
    bus.events().await;
    let recorder = json!({"ConfigurationRecorderName": "none"});
    let stop = ("config", "StopConfigurationRecorder");
    let _refused = bus.call(stop, HOME, recorder).await;
    let events = bus.events().await;
    assert_eq!(events.len(), 3);
    assert_eq!(events[0], events[1]);
    assert_eq!(events[2], json!({"constant": 1}));
}

/// A topic gets what a function would get, as a text; one that is gone gets nothing.
#[tokio::test]
async fn a_topic_is_told_the_event() {
    let bus = Bus::listening();
    let topic = |name: &str| format!("arn:aws:sns:{HOME}:{ACCOUNT}:{name}");
    bus.sandbox
        .with_world(|world| world.seed_topic(&topic("told"), None));
    let pattern = r#"{"source": ["aws.config"]}"#;
    bus.good("PutRule", json!({"Name": "r", "EventPattern": pattern}))
        .await;
    let targets = json!([
        {"Id": "1", "Arn": topic("told")},
        {"Id": "2", "Arn": topic("told"), "Input": r#"{"constant": 1}"#},
        {"Id": "3", "Arn": topic("gone")},
    ]);
    bus.good("PutTargets", json!({"Rule": "r", "Targets": targets}))
        .await;
    let recorder = json!({"ConfigurationRecorderName": "none"});
    let stop = ("config", "StopConfigurationRecorder");
    let _refused = bus.call(stop, HOME, recorder).await;
    let event = bus.events().await.pop().unwrap();
    let told = bus.sandbox.with_world(|world| {
        let messages = world.published_messages().iter();
        let told = messages.map(|one| (one.topic_arn.clone(), one.message.clone()));
        told.collect::<Vec<_>>()
    });
    let constant = json!({"constant": 1}).to_string();
    let expected = [event.to_string(), constant].map(|text| (topic("told"), text));
    assert_eq!(told, expected);
}

#[tokio::test]
async fn ones_own_events_are_matched_and_aws_alone_speaks_for_itself() {
    let bus = Bus::with(|_| {});
    bus.listen(r#"{"source": ["trailkeeper"], "detail": {"gap": [{"numeric": [">", 60]}]}}"#);
    let entries = json!([
        entry("trailkeeper", r#"{"gap": 61}"#),
        entry("trailkeeper", r#"{"gap": 5}"#),
        entry("aws.cloudtrail", "{}"),
        entry("trailkeeper", "no json"),
        entry("trailkeeper", "[]"),
        json!({"Source": "trailkeeper", "Detail": "{}"}),
        json!({"EventBusName": "other", "Source": "a", "DetailType": "b", "Detail": "{}"}),
    ]);
    let answer = bus.good("PutEvents", json!({"Entries": entries})).await;
    assert_eq!(answer["FailedEntryCount"], json!(5));
    let codes = answer["Entries"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|entry| entry["ErrorCode"].as_str()).collect();
    let wanted = [
        None,
        None,
        Some("NotAuthorizedForSourceException"),
        Some("MalformedDetail"),
        Some("MalformedDetail"),
        Some("InvalidArgument"),
        Some("ResourceNotFoundException"),
    ];
    assert_eq!(codes, wanted);
    let events = bus.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["id"], answer["Entries"][0]["EventId"]);
    assert_eq!(events[0]["detail-type"], json!("Trailkeeper Incident"));
    assert_eq!(events[0]["detail"], json!({"gap": 61}));
}

#[tokio::test]
async fn events_over_the_limit_are_not_sent() {
    let bus = Bus::listening();
    // parameters are left out long before; a name of the caller's own choice is not
    let mallory = Actor::iam_user(ACCOUNT, &"m".repeat(262_144), "AKIA", "203.0.113.24");
    bus.sandbox
        .with_world(|world| world.set_actor(Some(mallory)));
    let _refused = bus
        .call(("iam", "DeleteRole"), HOME, json!({"RoleName": "r"}))
        .await;
    assert_eq!(bus.events().await.len(), 0);
}

#[tokio::test]
async fn the_history_lags_as_told_and_takes_two_lookups_a_second() {
    let bus = Bus::with(|_| {});
    let lag = SignedDuration::from_mins(5);
    bus.sandbox.with_world(|world| world.set_lookup_lag(lag));
    let trail = json!({"Name": "org-audit"});
    bus.call(("cloudtrail", "StopLogging"), HOME, trail)
        .await
        .unwrap();
    let lookup = trailkeeper_sandbox::Call::new("cloudtrail", "LookupEvents", HOME, json!({}));
    let seen = async || {
        let answer = bus.sandbox.call(lookup.clone()).await;
        answer.map(|answer| answer["Events"].as_array().unwrap().len())
    };
    assert_eq!(seen().await, Ok(0));
    bus.sandbox.advance(lag);
    assert_eq!((seen().await, seen().await), (Ok(1), Ok(1)));
    assert!(
        seen()
            .await
            .unwrap_err()
            .to_string()
            .contains("Rate exceeded")
    );
    bus.sandbox.advance(SignedDuration::from_secs(1));
    assert_eq!(seen().await, Ok(1));
}

#[tokio::test]
async fn a_rule_of_another_region_hears_nothing() {
    let bus = Bus::with(|_| {});
    let pattern = r#"{"source": ["aws.config"]}"#;
    bus.rule(EventRuleSeed::enabled("r", AWAY, pattern, &function(AWAY)));
    let recorder = json!({"ConfigurationRecorderName": "none"});
    let stop = ("config", "StopConfigurationRecorder");
    let _refused = bus.call(stop, HOME, recorder.clone()).await;
    assert_eq!(bus.events().await.len(), 0);
    let _refused = bus.call(stop, AWAY, recorder).await;
    assert_eq!(bus.events().await.len(), 1);
}

#[tokio::test]
async fn b46_a_function_whose_permission_is_gone_is_not_invoked() {
    let bus = Bus::listening();
    let rule = format!("arn:aws:events:{HOME}:{ACCOUNT}:rule/all");
    let permission = |source: &str| {
        json!({
            "FunctionName": "keeper", "StatementId": "bus", "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com", "SourceArn": source,
        })
    };
    let statement = json!({"FunctionName": "keeper", "StatementId": "bus"});
    let other = format!("arn:aws:events:{HOME}:{ACCOUNT}:rule/other");
    let cases = [
        ("AddPermission", permission(&rule), 1),
        ("RemovePermission", statement.clone(), 0),
        ("AddPermission", permission(&other), 0),
        ("RemovePermission", statement, 0),
        ("AddPermission", permission(&rule), 1),
    ];
    for (operation, input, wanted) in cases {
        bus.call(("lambda", operation), HOME, input.clone())
            .await
            .unwrap();
        let events = bus.events().await;
        assert_eq!(events.len(), wanted, "{operation} {input}");
        for event in events {
            let name = event["detail"]["eventName"].as_str().unwrap();
            assert_eq!(name, format!("{operation}20150331v2"));
        }
    }
}
