//! Instances in configuration items and in rows of the inventory.

use serde_json::{Value, json};
use trailkeeper_core::config_rule::{ConfigEvent, ConfigurationItem, Notification};
use trailkeeper_core::facts::InstanceState;
use trailkeeper_core::instance_profile::{EXPRESSION, Recorded};

use crate::support::{PROFILE, arn};

const ID: &str = "i-0123456789abcdef0";

fn item(configuration: &Value) -> Recorded {
    let item = json!({
        "configurationItemCaptureTime": "2026-03-02T09:58:31.112Z",
        "configurationItemStatus": "OK",
        "resourceType": "AWS::EC2::Instance",
        "resourceId": ID,
        "configuration": configuration,
    });
    Recorded::of_item(&ConfigurationItem::parse(&item).unwrap())
}

fn row(configuration: &Value) -> Recorded {
    let row = json!({
        "resourceId": ID,
        "resourceType": "AWS::EC2::Instance",
        "accountId": "111122223333",
        "awsRegion": "eu-west-1",
        "configuration": configuration,
        "configurationItemCaptureTime": "2026-03-02T09:58:31.112Z",
    });
    Recorded::of_row(&row.to_string()).unwrap()
}

#[test]
fn item_and_row_say_the_same() {
    let running = json!({ "name": "running" });
    let profile = json!({ "arn": PROFILE, "id": "AIPA1111111111EXAMPLE" });
    let cases = [
        (
            json!({ "state": running, "iamInstanceProfile": profile }),
            InstanceState::Running,
            Some(PROFILE),
        ),
        (
            json!({ "state": running, "iamInstanceProfile": { "arn": PROFILE } }),
            InstanceState::Running,
            Some(PROFILE),
        ),
        // A query for `configuration.iamInstanceProfile.arn` may leave the object out.
        (
            json!({ "state": running, "iamInstanceProfile": PROFILE }),
            InstanceState::Running,
            Some(PROFILE),
        ),
        (
            json!({ "state": running, "iamInstanceProfile": null }),
            InstanceState::Running,
            None,
        ),
        (
            json!({ "state": running, "iamInstanceProfile": {} }),
            InstanceState::Running,
            None,
        ),
        (
            json!({ "state": running, "iamInstanceProfile": { "arn": null } }),
            InstanceState::Running,
            None,
        ),
        (json!({ "state": running }), InstanceState::Running, None),
        (
            json!({ "state": { "code": 80, "name": "stopped" } }),
            InstanceState::Stopped,
            None,
        ),
        (
            json!({ "state": null }),
            InstanceState::Other(String::new()),
            None,
        ),
        (
            json!({ "imageId": "ami-1" }),
            InstanceState::Other(String::new()),
            None,
        ),
        (
            json!({ "state": { "name": "dreaming" } }),
            InstanceState::Other("dreaming".to_owned()),
            None,
        ),
    ];
    for (configuration, state, profile) in cases {
        for seen in [item(&configuration), row(&configuration)] {
            assert_eq!(seen.id, ID);
            let facts = seen.facts.unwrap();
            assert_eq!(facts.id, ID);
            assert_eq!(facts.state, state, "{configuration}");
            assert_eq!(facts.profile, profile.map(arn), "{configuration}");
        }
        assert_eq!(item(&configuration), row(&configuration));
    }
}

/// What is not understood is never taken for "no profile".
#[test]
fn p19_a_profile_that_is_not_understood_is_not_absent() {
    let odd = [
        json!(null),
        json!({ "iamInstanceProfile": "web-tier" }),
        json!({ "iamInstanceProfile": 7 }),
        json!({ "iamInstanceProfile": { "id": "AIPA1111111111EXAMPLE" } }),
        json!({ "iamInstanceProfile": { "arn": "web-tier" } }),
        json!({ "iamInstanceProfile": { "arn": "arn:aws:iam::111122223333:role/web-tier" } }),
    ];
    for configuration in odd {
        for seen in [item(&configuration), row(&configuration)] {
            let why = seen.facts.unwrap_err();
            assert!(why.starts_with("AWS Config recorded "), "{why}");
            assert!(why.contains(ID), "{why}");
        }
    }
}

#[test]
fn a_row_that_names_no_instance_is_an_error() {
    let rows = [
        "",
        "null",
        "[]",
        "{}",
        r#"{"resourceId": ""}"#,
        r#"{"resourceId": 5}"#,
        r#"{"resourceId": "i-1", "resourceType": "AWS::EC2::Volume"}"#,
    ];
    for row in rows {
        let error = Recorded::of_row(row).unwrap_err().to_string();
        assert!(error.starts_with("a row of the inventory "), "{error}");
    }
}

#[test]
fn the_sample_event_is_understood() {
    let text = include_str!("../fixtures/config-events/change-ec2-instance-ok.json");
    let event = ConfigEvent::parse(&serde_json::from_str(text).unwrap()).unwrap();
    let Notification::ConfigurationItemChange { item, .. } = &event.notification else {
        unreachable!("the sample is a change");
    };
    let facts = Recorded::of_item(item).facts.unwrap();
    let profile = arn("arn:aws:iam::111122223333:instance-profile/web-tier");
    assert_eq!(facts.profile, Some(profile));
    assert_eq!(facts.state, InstanceState::Running);
}

#[test]
fn the_query_asks_for_what_is_read() {
    for name in [
        "resourceId",
        "resourceType",
        "configuration.iamInstanceProfile.arn",
        "configuration.state.name",
        "configurationItemCaptureTime",
        "resourceType = 'AWS::EC2::Instance'",
    ] {
        assert!(EXPRESSION.contains(name), "{name}");
    }
    assert!(!EXPRESSION.contains("  "), "{EXPRESSION}");
}

/// When it was recorded is told where the row says it.
#[test]
fn the_time_of_a_row() {
    let of = |more: &str| {
        let row = format!("{{\"resourceId\": \"i-1\", \"configuration\": {{}}{more}}}");
        Recorded::of_row(&row).unwrap().capture_time
    };
    let time = "2026-03-02T09:58:31.112Z";
    let named = format!(", \"configurationItemCaptureTime\": \"{time}\"");
    assert_eq!(of(&named), time.parse().ok());
    assert_eq!(of(", \"configurationItemCaptureTime\": \"noon\""), None);
    assert_eq!(of(""), None);
}

/// Each reason why a row names no instance, in its own words.
#[test]
fn why_a_row_names_no_instance() {
    let cases = [
        ("{", "is not JSON"),
        (
            r#"{"resourceId": "i-1", "resourceType": "AWS::EC2::Volume"}"#,
            "is not about an instance",
        ),
        (
            r#"{"resourceType": "AWS::EC2::Instance"}"#,
            "has no `resourceId`",
        ),
        (r#"{"resourceId": ""}"#, "has no `resourceId`"),
    ];
    for (row, why) in cases {
        let error = Recorded::of_row(row).unwrap_err().to_string();
        assert_eq!(error, format!("a row of the inventory {why}"));
    }
    let other = |arn: &str| {
        item(&json!({ "iamInstanceProfile": { "arn": arn } }))
            .facts
            .is_err()
    };
    assert!(!other(PROFILE));
    assert!(other("arn:aws:sts::111122223333:instance-profile/app"));
    assert!(other("arn:aws:iam::111122223333:user/app"));
}
