//! What AWS Config sends, in every shape that is known of it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::config_rule::{
    ConfigEvent, ConfigurationItem, EventError, ItemStatus, Notification, Scope,
};

const CHANGE: &str = include_str!("fixtures/config-events/change-ec2-instance-ok.json");
const DELETED: &str = include_str!("fixtures/config-events/change-ec2-instance-deleted.json");
const OVERSIZED: &str = include_str!("fixtures/config-events/change-oversized.json");
const SCHEDULED: &str = include_str!("fixtures/config-events/scheduled.json");
const SNAPSHOT: &str = include_str!("fixtures/config-events/snapshot-delivery-completed.json");

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The event of `text` with `change` made inside its invoking event.
fn with_invoking(text: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut event = json_of(text);
    let mut invoking = json_of(event["invokingEvent"].as_str().unwrap());
    change(&mut invoking);
    event["invokingEvent"] = Value::String(invoking.to_string());
    event
}

fn parsed(event: &Value) -> ConfigEvent {
    ConfigEvent::parse(event).unwrap()
}

#[test]
fn every_sample_asks_for_what_it_should() {
    let cases = [
        ("change", CHANGE, Scope::Judge, "2026-03-02T09:58:31.112Z"),
        (
            "deleted",
            DELETED,
            Scope::NotApplicable,
            "2026-03-02T11:15:02.810Z",
        ),
        (
            "oversized",
            OVERSIZED,
            Scope::Judge,
            "2026-03-02T09:58:31.112Z",
        ),
        (
            "scheduled",
            SCHEDULED,
            Scope::Judge,
            "2026-03-02T10:00:00.373Z",
        ),
        ("snapshot", SNAPSHOT, Scope::Judge, "2026-03-02T09:59:10Z"),
    ];
    for (name, text, scope, ordering) in cases {
        let event = parsed(&json_of(text));
        assert_eq!(event.scope(), scope, "{name}");
        assert_eq!(event.ordering_time(), Some(time(ordering)), "{name}");
        assert_eq!(event.result_token, "fixture-result-token", "{name}");
        assert_eq!(
            event.account_id,
            Some("111122223333".parse().unwrap()),
            "{name}"
        );
    }
}

#[test]
fn a_change_carries_the_item() {
    let event = parsed(&json_of(CHANGE));
    let Notification::ConfigurationItemChange {
        item,
        creation_time,
    } = &event.notification
    else {
        panic!("{event:?}");
    };
    assert_eq!(*creation_time, Some(time("2026-03-02T09:58:33.450Z")));
    assert_eq!(event.event_time(), *creation_time);
    assert_eq!(item.summary.resource_type, "AWS::EC2::Instance");
    assert_eq!(item.summary.resource_id, "i-0123456789abcdef0");
    assert_eq!(item.summary.region.as_deref(), Some("us-east-1"));
    assert_eq!(item.summary.status, ItemStatus::Ok);
    assert_eq!(
        item.configuration["iamInstanceProfile"]["arn"],
        "arn:aws:iam::111122223333:instance-profile/web-tier"
    );
    assert_eq!(event.config_rule_name, "instance-profile");
    assert_eq!(event.config_rule_id.as_deref(), Some("config-rule-a1b2c3"));
}

#[test]
fn a_deleted_resource_has_no_configuration() {
    let event = parsed(&json_of(DELETED));
    let Notification::ConfigurationItemChange { item, .. } = event.notification else {
        panic!("not a change");
    };
    assert_eq!(item.configuration, Value::Null);
    assert_eq!(item.summary.status, ItemStatus::ResourceDeleted);
}

#[test]
fn the_status_decides_whether_there_is_something_to_judge() {
    let cases = [
        ("OK", false, Scope::Judge),
        ("ResourceDiscovered", false, Scope::Judge),
        ("SomethingNew", false, Scope::Judge),
        ("ResourceDeleted", false, Scope::NotApplicable),
        ("ResourceNotRecorded", false, Scope::NotApplicable),
        ("ResourceDeletedNotRecorded", false, Scope::NotApplicable),
        ("OK", true, Scope::NotApplicable),
        ("ResourceDiscovered", true, Scope::NotApplicable),
    ];
    for (status, left, expected) in cases {
        for (text, item) in [
            (CHANGE, "configurationItem"),
            (OVERSIZED, "configurationItemSummary"),
        ] {
            let mut event = with_invoking(text, |invoking| {
                invoking[item]["configurationItemStatus"] = json!(status);
            });
            event["eventLeftScope"] = json!(left);
            assert_eq!(parsed(&event).scope(), expected, "{status} {left} {item}");
        }
    }
}

#[test]
fn a_periodic_event_has_no_resource_that_could_leave_the_scope() {
    let mut event = json_of(SCHEDULED);
    event["eventLeftScope"] = json!(true);
    assert_eq!(parsed(&event).scope(), Scope::Judge);
}

#[test]
fn p9_an_oversized_notice_may_lack_its_creation_time() {
    let event = parsed(&with_invoking(OVERSIZED, |invoking| {
        let fields = invoking.as_object_mut().unwrap();
        fields.remove("notificationCreationTime");
        fields.remove("recordVersion");
        fields.remove("s3DeliverySummary");
    }));
    let Notification::Oversized {
        summary,
        creation_time,
    } = &event.notification
    else {
        panic!("{event:?}");
    };
    assert_eq!(*creation_time, None);
    assert_eq!(summary.resource_id, "i-0123456789abcdef0");
    assert_eq!(
        event.ordering_time(),
        Some(time("2026-03-02T09:58:31.112Z"))
    );
    assert_eq!(event.event_time(), event.ordering_time());
}

#[test]
fn p11_an_oversized_notice_names_the_same_item_as_the_full_one() {
    let full = parsed(&json_of(CHANGE));
    let notice = parsed(&json_of(OVERSIZED));
    assert_eq!(full.resource(), notice.resource());
}

#[test]
fn an_unknown_notification_asks_for_nothing() {
    let event = parsed(&with_invoking(SCHEDULED, |invoking| {
        *invoking = json!({"messageType": "ConfigRulesEvaluationStarted"});
    }));
    assert_eq!(
        event.notification,
        Notification::Other {
            message_type: "ConfigRulesEvaluationStarted".to_owned()
        }
    );
    assert_eq!(event.scope(), Scope::Nothing);
    assert_eq!(event.ordering_time(), None);
}

#[test]
fn only_the_token_and_the_notification_are_needed() {
    let event = parsed(&json!({
        "invokingEvent": {
            "messageType": "ScheduledNotification",
            "notificationCreationTime": "2026-03-02T10:00:00+02:00",
        },
        "resultToken": "t",
    }));
    assert_eq!(event.ordering_time(), Some(time("2026-03-02T08:00:00Z")));
    assert_eq!(event.account_id, None);
    assert_eq!(event.config_rule_name, "");
    assert!(!event.event_left_scope);
}

#[test]
fn the_account_is_found_wherever_it_stands() {
    for text in [SCHEDULED, CHANGE, OVERSIZED] {
        let mut event = json_of(text);
        event.as_object_mut().unwrap().remove("accountId");
        assert_eq!(
            parsed(&event).account_id,
            Some("111122223333".parse().unwrap())
        );
    }
    let mut event = json_of(SNAPSHOT);
    event["accountId"] = json!(11_122_223_333_u64);
    assert_eq!(
        parsed(&event).account_id,
        Some("011122223333".parse().unwrap())
    );
}

#[test]
fn rule_parameters_may_be_absent_in_many_ways() {
    let given = |value: Value| {
        let mut event = json_of(SCHEDULED);
        event["ruleParameters"] = value;
        ConfigEvent::parse(&event).map(|event| event.rule_parameters)
    };
    for none in [
        json!(null),
        json!(""),
        json!("  "),
        json!("{}"),
        json!("null"),
        json!({}),
    ] {
        assert_eq!(given(none.clone()).unwrap(), Default::default(), "{none}");
    }
    let text = given(json!(r#"{"trailName":"a-trail"}"#)).unwrap();
    let object = given(json!({"trailName": "a-trail"})).unwrap();
    assert_eq!(text, object);
    for bad in [json!("{"), json!("[]"), json!(7), json!("\"x\"")] {
        let error = given(bad.clone()).unwrap_err();
        assert_eq!(error.code(), "malformed-event", "{bad}");
        assert!(error.to_string().contains("`ruleParameters`"), "{error}");
    }
}

#[test]
fn the_history_form_of_an_item_is_the_same_item() {
    let event = parsed(&json_of(CHANGE));
    let Notification::ConfigurationItemChange { item, .. } = event.notification else {
        panic!("not a change");
    };
    let history = json!({
        "version": "1.3",
        "accountId": "111122223333",
        "configurationItemCaptureTime": 1772445511.112,
        "configurationItemStatus": "OK",
        "configurationStateId": "1772445511112",
        "arn": "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
        "resourceType": "AWS::EC2::Instance",
        "resourceId": "i-0123456789abcdef0",
        "awsRegion": "us-east-1",
        "availabilityZone": "us-east-1a",
        "resourceCreationTime": 1772444400,
        "relationships": [{"resourceType": "AWS::EC2::Vpc", "relationshipName": "Is contained in"}],
        "configuration": item.configuration.to_string(),
        "supplementaryConfiguration": {},
    });
    assert_eq!(ConfigurationItem::parse(&history).unwrap(), *item);
}

#[test]
fn times_are_texts_or_numbers() {
    let cases = [
        (
            json!("2026-03-02T09:58:31.112Z"),
            Some("2026-03-02T09:58:31.112Z"),
        ),
        (
            json!("2026-03-02T10:58:31+01:00"),
            Some("2026-03-02T09:58:31Z"),
        ),
        (json!(1_772_445_511), Some("2026-03-02T09:58:31Z")),
        (json!(1_772_445_511.112), Some("2026-03-02T09:58:31.112Z")),
        (
            json!(1_772_445_511_112_u64),
            Some("2026-03-02T09:58:31.112Z"),
        ),
        (json!("yesterday"), None),
        (json!(1e300), None),
        (json!(true), None),
    ];
    for (value, expected) in cases {
        let event = with_invoking(SCHEDULED, |invoking| {
            invoking["notificationCreationTime"] = value.clone();
        });
        let seen = ConfigEvent::parse(&event)
            .ok()
            .and_then(|event| event.ordering_time());
        assert_eq!(seen, expected.map(time), "{value}");
    }
}

#[test]
fn supplementary_facts_may_be_plain_texts() {
    let event = parsed(&with_invoking(CHANGE, |invoking| {
        invoking["configurationItem"]["supplementaryConfiguration"] = json!({
            "AccessControlList": "{\"grantSet\":null}",
            "BucketAcl": {"a": 1},
            "IsRequesterPaysEnabled": "false",
            "Word": "plain",
            "Broken": "{",
        });
        invoking["configurationItem"]["resourceId"] = json!(17);
    }));
    let Notification::ConfigurationItemChange { item, .. } = event.notification else {
        panic!("not a change");
    };
    let seen = &item.supplementary_configuration;
    assert_eq!(seen["AccessControlList"], json!({"grantSet": null}));
    assert_eq!(seen["BucketAcl"], json!({"a": 1}));
    assert_eq!(seen["IsRequesterPaysEnabled"], json!("false"));
    assert_eq!(seen["Word"], json!("plain"));
    assert_eq!(seen["Broken"], json!("{"));
    assert_eq!(item.summary.resource_id, "17");
}

#[test]
fn what_cannot_be_read_is_named() {
    let malformed = |event: &Value, place: &str| {
        let error = ConfigEvent::parse(event).unwrap_err();
        assert_eq!(error.code(), "malformed-event", "{error}");
        assert!(
            error.to_string().contains(&format!("`{place}`")),
            "{error} has no {place}"
        );
    };
    for event in [json!(null), json!([]), json!("text"), json!(1)] {
        malformed(&event, "event");
    }
    for (invoking, place) in [
        (json!(null), "invokingEvent"),
        (json!("{"), "invokingEvent"),
        (json!("[]"), "invokingEvent"),
        (json!(9), "invokingEvent"),
        (json!("{}"), "invokingEvent.messageType"),
        (json!({"messageType": ["x"]}), "invokingEvent.messageType"),
    ] {
        malformed(
            &json!({"invokingEvent": invoking, "resultToken": "t"}),
            place,
        );
    }
    for (text, parent, field) in [
        (SCHEDULED, None, "notificationCreationTime"),
        (SNAPSHOT, None, "notificationCreationTime"),
        (CHANGE, None, "configurationItem"),
        (OVERSIZED, None, "configurationItemSummary"),
        (CHANGE, Some("configurationItem"), "resourceType"),
        (CHANGE, Some("configurationItem"), "resourceId"),
        (CHANGE, Some("configurationItem"), "configurationItemStatus"),
        (
            CHANGE,
            Some("configurationItem"),
            "configurationItemCaptureTime",
        ),
        (
            OVERSIZED,
            Some("configurationItemSummary"),
            "configurationItemCaptureTime",
        ),
    ] {
        let event = with_invoking(text, |invoking| {
            let holder = match parent {
                None => invoking,
                Some(name) => &mut invoking[name],
            };
            holder.as_object_mut().unwrap().remove(field);
        });
        let place: Vec<&str> = [Some("invokingEvent"), parent, Some(field)]
            .into_iter()
            .flatten()
            .collect();
        malformed(&event, &place.join("."));
    }
    let broken = with_invoking(CHANGE, |invoking| {
        invoking["configurationItem"]["configuration"] = json!("{broken");
    });
    malformed(&broken, "invokingEvent.configurationItem.configuration");
    let mut event = json_of(SCHEDULED);
    event["accountId"] = json!("12");
    malformed(&event, "accountId");
}

#[test]
fn without_a_token_nothing_can_be_reported() {
    for token in [json!(null), json!(""), json!(5)] {
        let mut event = json_of(SCHEDULED);
        event["resultToken"] = token;
        let error = ConfigEvent::parse(&event).unwrap_err();
        assert_eq!(error, EventError::MissingToken);
        assert_eq!(error.code(), "missing-token");
    }
}

/// Any JSON, with the names of the event's fields mixed in so that it gets past the first door.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("configurationItem".to_owned()),
        Just("configurationItemStatus".to_owned()),
        Just("configurationItemCaptureTime".to_owned()),
        Just("resourceId".to_owned()),
        Just("awsAccountId".to_owned()),
        Just("notificationCreationTime".to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("OK")),
        Just(json!(1772445511)),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_event_makes_it_panic(
        body in any_json(), bytes in ".*", parameters in any_json(), which in 0..4_usize
    ) {
        let kinds = [
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
            "ScheduledNotification",
            "ConfigurationSnapshotDeliveryCompleted",
        ];
        let _ = ConfigEvent::parse(&body);
        let _ = ConfigurationItem::parse(&body);
        let mut invoking = json!({"messageType": kinds[which]});
        invoking["configurationItem"] = body.clone();
        invoking["configurationItemSummary"] = body.clone();
        invoking["notificationCreationTime"] = body;
        for invoking in [invoking.to_string(), bytes] {
            let event = json!({
                "invokingEvent": invoking, "resultToken": "t", "ruleParameters": parameters,
            });
            if let Ok(event) = ConfigEvent::parse(&event) {
                let _ = (event.scope(), event.ordering_time(), event.event_time());
            }
        }
    }
}
