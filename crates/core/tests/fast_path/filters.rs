//! What a rule of EventBridge hears, and what a call names.

use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    Action, Concerns, EventAnswer, EventNote, Handler, LOG_BUCKET, Subject, calls_of_codes, covers,
    events, hears, row_of, threats_of_codes,
};

use crate::{call, event};

/// A rule hears what is needed if each of its fields takes every value of it.
#[test]
fn patterns_that_cover_and_that_do_not() {
    let needed = json!({"source": ["aws.s3"], "detail": {"eventName": ["PutA", "PutB"]}});
    let names = |names: Value| json!({"detail": {"eventName": names}});
    let cases = [
        (json!({}), true),
        (json!({"source": ["aws.s3"]}), true),
        (json!({"source": ["x", "aws.s3"]}), true),
        (json!({"source": ["x"]}), false),
        (json!({"source": []}), false),
        (json!({"source": "aws.s3"}), false),
        (json!({"source": ["aws.s3"], "account": ["1"]}), false),
        (json!({"detail": {}}), true),
        (json!({"detail": ["PutA", "PutB"]}), false),
        (json!({"detail": {"errorCode": ["x"]}}), false),
        (names(json!(["PutA"])), false),
        (names(json!(["PutB", "PutC", "PutA"])), true),
        (names(json!([{"prefix": "Put"}])), true),
        (names(json!([{"prefix": ""}])), true),
        (names(json!([{"prefix": "PutA"}])), false),
        (names(json!([{"prefix": "PutA"}, "PutB"])), true),
        (names(json!([{"suffix": "A"}, {"suffix": "B"}])), false),
        (names(json!([{"anything-but": "x"}])), false),
        (names(json!([LOG_BUCKET])), false),
        (
            json!({"$or": [{"source": ["x"]}, {"source": ["aws.s3"]}]}),
            true,
        ),
        (json!({"$or": [{"source": ["x"]}]}), false),
        (json!({"$or": []}), false),
        (json!({"$or": {"source": ["aws.s3"]}}), false),
        (
            json!({"$or": [{"source": ["aws.s3"]}], "account": ["1"]}),
            false,
        ),
        (json!("aws.s3"), false),
        (Value::Null, false),
    ];
    for (pattern, expected) in cases {
        assert_eq!(covers(&pattern, &needed), expected, "{pattern}");
    }
    assert!(!covers(&json!({}), &Value::Null));
    assert!(covers(&json!({}), &json!({})));
}

/// All values that begin so are needed, or the name of a bucket that only the deployment knows.
#[test]
fn beginnings_and_names_that_are_not_known_here() {
    let cases = [
        (json!({"prefix": "Put"}), json!([{"prefix": "Put"}]), true),
        (json!({"prefix": "Put"}), json!([{"prefix": "P"}]), true),
        (json!({"prefix": "Put"}), json!([{"prefix": "PutA"}]), false),
        (json!({"prefix": "Put"}), json!(["Put", "PutA"]), false),
        (json!(7), json!([{"prefix": ""}]), false),
        (json!(7), json!([7]), true),
        (json!(LOG_BUCKET), json!(["audit-logs"]), true),
        (json!(LOG_BUCKET), json!([{"prefix": "audit"}]), false),
        (json!(LOG_BUCKET), json!([{"prefix": "Log"}]), true),
        (json!(LOG_BUCKET), json!([]), false),
        (json!("audit-logs"), json!([LOG_BUCKET]), false),
    ];
    for (value, filter, expected) in cases {
        let seen = covers(&json!({"x": filter}), &json!({"x": [value]}));
        assert_eq!(seen, expected, "{value} {filter}");
    }
    let delete = events().find(|row| row.event_name == "DeleteObject");
    let stop = events().find(|row| row.event_name == "StopLogging");
    let pattern = json!({
        "source": ["aws.s3"],
        "detail": {"requestParameters": {"bucketName": ["mine"]}},
    });
    assert!(hears(&pattern, delete.unwrap()));
    assert!(!hears(&pattern, stop.unwrap()));
}

/// Names stand in lists, in lists of objects, or by themselves; what is no text is no name.
#[test]
fn the_names_that_a_call_has() {
    let many = json!([{"configRuleName": "a"}, {}, {"configRuleName": "b"}, "c"]);
    let cases = [
        (
            "cloudtrail",
            "StopLogging",
            json!({"name": "t"}),
            &["t"][..],
        ),
        ("cloudtrail", "StopLogging", json!({"Name": "t"}), &["t"]),
        ("cloudtrail", "StopLogging", json!({"name": ""}), &[]),
        ("cloudtrail", "StopLogging", json!({"name": ["t"]}), &[]),
        ("cloudtrail", "StopLogging", json!({"name": null}), &[]),
        ("cloudtrail", "StopLogging", Value::Null, &[]),
        (
            "monitoring",
            "DeleteAlarms",
            json!({"alarmNames": ["a", "", 5, "b"]}),
            &["a", "b"],
        ),
        (
            "monitoring",
            "DeleteAlarms",
            json!({"alarmNames": "a"}),
            &["a"],
        ),
        (
            "config",
            "PutConfigRule",
            json!({"configRule": {"configRuleName": "r"}}),
            &["r"],
        ),
        ("config", "PutConfigRule", json!({"configRule": "r"}), &[]),
        (
            "config",
            "PutRemediationConfigurations",
            json!({"remediationConfigurations": many}),
            &["a", "b"],
        ),
        ("organizations", "LeaveOrganization", json!({"": "x"}), &[]),
    ];
    for (service, name, request, expected) in cases {
        let call = call(&event(service, name, request.clone(), Value::Null));
        let row = call.row().unwrap();
        assert_eq!(row.names(&call), expected, "{name} {request}");
        let asked = Subject::asked_for(row.handler, &call);
        assert_eq!(asked, expected.join(", "), "{name} {request}");
        let subject = match expected {
            [] => Subject::Unnamed,
            names => Subject::Named(names.iter().map(|one| (*one).to_owned()).collect()),
        };
        assert_eq!(Subject::of(row.handler, &call), subject, "{name} {request}");
    }
}

/// What a handler deals with, and whose parts it can be about.
#[test]
fn each_handler_knows_its_kind() {
    use Handler::{
        ConfigRule, Detector, Document, EventBus, EventRule, Finding, Function, InstanceProfile,
        Key, LaunchedInstances, ManagedPolicy, Recorder, Role, RoleTrust, Run, Trail,
    };
    let guard = [
        Recorder, ConfigRule, EventRule, EventBus, Function, Document, Run, Detector, RoleTrust,
    ];
    let of_permissions = [Role, ManagedPolicy, InstanceProfile];
    for row in events() {
        let handler = row.handler;
        let is_of_guard = guard.contains(&handler);
        assert_eq!(
            handler.concerns() == Concerns::Guard,
            is_of_guard,
            "{handler:?}"
        );
        let can = is_of_guard || [Role, Trail].contains(&handler);
        assert_eq!(handler.can_concern_guard(), can, "{handler:?}");
        let counts = is_of_guard || of_permissions.contains(&handler);
        assert_eq!(handler.counts_unnamed(), counts, "{handler:?}");
    }
    let cases = [
        (LaunchedInstances, "AWS::EC2::Instance"),
        (Role, "AWS::IAM::Role"),
        (Key, "AWS::KMS::Key"),
        (EventRule, "AWS::Events::Rule"),
        (Finding, "AWS::CloudTrail::Trail"),
    ];
    for (handler, expected) in cases {
        assert_eq!(Subject::resource_type(handler), expected, "{handler:?}");
    }
}

/// A row is one service's: neither its bus nor its name alone is enough.
#[test]
fn a_row_is_found_by_all_that_names_it() {
    let found = |bus, source, name| row_of(bus, source, name).map(|row| row.event_name);
    let trail = ("aws.cloudtrail", "cloudtrail.amazonaws.com");
    assert_eq!(found(trail.0, trail.1, "AddTags"), Some("AddTags"));
    assert_eq!(found(trail.0, "s3.amazonaws.com", "AddTags"), None);
    assert_eq!(found("aws.s3", trail.1, "AddTags"), None);
    assert_eq!(found(trail.0, trail.1, "StartLogging"), None);
}

/// The calls that leave a fault, once each, and the one that makes a trail anew last.
#[test]
fn faults_lead_to_calls_and_attacks() {
    let names = |codes: &[&str]| -> Vec<&str> {
        let calls = calls_of_codes(codes.iter().copied());
        calls.into_iter().map(|(_, call)| call).collect()
    };
    let cases: [(&[&str], &[&str]); 7] = [
        (&[], &[]),
        (&["delivery-error"], &[]),
        (&["trail-missing"], &["DeleteTrail"]),
        (
            &["insights-missing", "trail-not-logging"],
            &["PutInsightSelectors", "StopLogging", "CreateTrail"],
        ),
        (
            &["wrong-key", "wrong-topic"],
            &["UpdateTrail", "CreateTrail"],
        ),
        (
            &["key-unusable", "trail-tags-changed"],
            &[
                "DeleteImportedKeyMaterial",
                "RemoveTags",
                "AddTags",
                "CreateTrail",
            ],
        ),
        (&["management-events-missing"], &["PutEventSelectors"]),
    ];
    for (codes, expected) in cases {
        assert_eq!(names(codes), expected, "{codes:?}");
    }
    let key = calls_of_codes(["key-disabled"]);
    assert_eq!(key, [("kms.amazonaws.com", "DisableKey")]);
    let both = threats_of_codes(["trail-not-logging", "trail-missing", "trail-not-logging"]);
    assert_eq!(both, ["B01", "B02"]);
    assert_eq!(threats_of_codes(["delivery-error"]), [""; 0]);
}

#[test]
fn the_answer_as_it_is_logged() {
    let answer = EventAnswer {
        action: Action::RepairStarted,
        execution_id: "e-1".to_owned(),
        notes: vec![
            EventNote::new("not-ours", ""),
            EventNote::new("told", "a\nb"),
        ],
    };
    let expected = json!({
        "action": "repair-started",
        "executionId": "e-1",
        "notes": ["not-ours", "told: a\\nb"],
    });
    assert_eq!(serde_json::to_value(&answer).unwrap(), expected);
    let long = EventNote::new("x", "y".repeat(1000));
    assert_eq!(long.text.chars().count(), 512);
}
