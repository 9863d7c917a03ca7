//! The envelope: whatever is missing or odd in it is named with its place.

use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::fast_path::{BusEvent, EnvelopeError};

use crate::{DELETE, SELECTORS, STOP, UPDATE, call, event, json_of};

#[test]
fn the_envelope_of_a_recorded_call() {
    for (text, name, id) in [
        (STOP, "StopLogging", "EXAMPLE22221"),
        (DELETE, "DeleteTrail", "EXAMPLE22222"),
        (SELECTORS, "PutEventSelectors", "EXAMPLE22223"),
        (UPDATE, "UpdateTrail", "EXAMPLE22224"),
    ] {
        let call = call(&json_of(text));
        assert_eq!(call.event_name, name);
        assert_eq!(call.id, format!("a1b2c3d4-5678-90ab-cdef-{id}"));
        assert_eq!(call.event_source, "cloudtrail.amazonaws.com");
        assert_eq!(call.bus_source, "aws.cloudtrail");
        assert_eq!(call.time, "2026-03-02T09:57:12Z".parse().unwrap());
        assert_eq!(call.region.as_str(), "us-east-1");
        assert_eq!(call.account.as_str(), "111122223333");
        assert_eq!(call.failure, None);
    }
}

/// What each case changes, and what the error says; nothing: the event is read all the same.
#[test]
fn missing_and_odd_parts() {
    let cases: &[(&str, Option<Value>, Option<&str>)] = &[
        ("/detail-type", None, Some("`detail-type` is missing")),
        ("/detail-type", Some(json!(7)), None),
        ("/source", None, Some("`source` is missing")),
        ("/source", Some(json!([])), Some("`source` is not a text")),
        ("/detail", None, Some("`detail` is missing")),
        (
            "/detail",
            Some(json!("x")),
            Some("`detail` is not an object"),
        ),
        (
            "/detail/eventName",
            None,
            Some("`detail.eventName` is missing"),
        ),
        (
            "/detail/eventName",
            Some(json!("")),
            Some("`detail.eventName` is missing"),
        ),
        (
            "/detail/eventSource",
            Some(json!({})),
            Some("`detail.eventSource` is not a text"),
        ),
        ("/detail/eventID", None, None),
        (
            "/detail/eventID",
            Some(json!([])),
            Some("`detail.eventID` is not a text"),
        ),
        ("/detail/eventTime", None, None),
        (
            "/detail/eventTime",
            Some(json!("noon")),
            Some("`detail.eventTime` is not a time"),
        ),
        ("/detail/awsRegion", None, None),
        (
            "/detail/awsRegion",
            Some(json!("evil.example/")),
            Some("`detail.awsRegion` is not the name of a Region"),
        ),
        ("/detail/recipientAccountId", None, None),
        (
            "/detail/recipientAccountId",
            Some(json!("12")),
            Some("`detail.recipientAccountId` is not an account id of 12 digits"),
        ),
        ("/detail/userIdentity", None, None),
        ("/detail/userIdentity", Some(json!([1])), None),
        ("/detail/requestParameters", None, None),
        ("/detail/requestParameters", Some(json!("odd")), None),
        ("/detail/sourceIPAddress", Some(json!(5)), None),
    ];
    for (pointer, value, expected) in cases {
        let changed = changed(json_of(STOP), pointer, value.clone());
        let seen = BusEvent::parse(&changed).err();
        let place = seen.as_ref().map(EnvelopeError::to_string);
        match expected {
            None => assert_eq!(place, None, "{pointer} {value:?}"),
            Some(part) => assert!(
                place.as_ref().is_some_and(|text| text.contains(part)),
                "{pointer} {value:?}: {place:?}"
            ),
        }
        assert!(seen.is_none_or(|error| error.code() == "malformed-event"));
    }
}

fn changed(mut event: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = event.pointer_mut(parent).unwrap();
    match value {
        Some(value) => parent[name] = value,
        None => {
            parent.as_object_mut().unwrap().remove(name);
        }
    }
    event
}

#[test]
fn parts_that_only_the_envelope_has() {
    let mut event = json_of(STOP);
    for name in ["eventID", "eventTime", "awsRegion", "recipientAccountId"] {
        event["detail"].as_object_mut().unwrap().remove(name);
    }
    let call = call(&event);
    assert_eq!(call.id, "9f0d2a6e-7c1b-4f57-9b0e-EXAMPLE33331");
    assert_eq!(call.region.as_str(), "us-east-1");
    assert_eq!(call.account.as_str(), "111122223333");
    event.as_object_mut().unwrap().remove("account");
    let error = BusEvent::parse(&event).unwrap_err();
    assert_eq!(error.place, "detail.recipientAccountId");
}

#[test]
fn other_kinds_of_event_are_no_error() {
    let other = json!({"detail-type": "GuardDuty\nFinding"});
    let expected = BusEvent::Other {
        detail_type: "GuardDuty\\nFinding".to_owned(),
    };
    assert_eq!(BusEvent::parse(&other).unwrap(), expected);
}

#[test]
fn refused_is_not_failed() {
    for (code, is_denial) in [
        ("AccessDenied", true),
        ("AccessDeniedException", true),
        ("Client.UnauthorizedOperation", true),
        ("Client.IncorrectState", false),
        ("Client.DryRunOperation", false),
        ("Server.InsufficientInstanceCapacity", false),
        ("ThrottlingException", false),
        ("NoSuchEntityException", false),
    ] {
        let mut event = event("iam", "PutRolePolicy", json!({}), Value::Null);
        event["detail"]["errorCode"] = json!(code);
        let failure = call(&event).failure.unwrap();
        assert_eq!(failure.is_denial(), is_denial, "{code}");
    }
    // An odd error is one still.
    let mut event = event("iam", "PutRolePolicy", json!({}), Value::Null);
    event["detail"]["errorCode"] = json!({"x": 1});
    assert!(!call(&event).failure.unwrap().is_denial());
    event["detail"]["errorCode"] = json!("");
    assert_eq!(call(&event).failure, None);
}

/// Only AWS can send a `source` that begins with `aws.`; whatever else names the same call is not
/// believed.
#[test]
fn a_foreign_source_has_no_handler() {
    let mut event = event("iam", "PutRolePolicy", json!({}), Value::Null);
    assert!(call(&event).handler().is_some());
    for source in ["custom.iam", "aws.ec2", "AWS.IAM"] {
        event["source"] = json!(source);
        assert_eq!(call(&event).handler(), None, "{source}");
    }
}

proptest! {
    /// Nothing that a field can hold breaks the reading.
    #[test]
    fn any_text_anywhere(text in ".*", field in 0..8_usize) {
        let pointers = [
            "/source", "/detail/eventName", "/detail/eventSource", "/detail/eventID",
            "/detail/userIdentity/arn", "/detail/awsRegion", "/detail/eventTime", "/detail/errorCode",
        ];
        let event = changed(json_of(STOP), pointers[field], Some(json!(text)));
        let seen = BusEvent::parse(&event);
        prop_assert!(field > 3 || text.is_empty() || seen.is_ok());
    }
}

/// A call without effect is known by its code or by its text alone.
#[test]
fn a_failure_is_one_by_code_or_by_text() {
    let failed = |code: Value, message: Value| {
        let mut event = event("iam", "PutRolePolicy", json!({}), Value::Null);
        event["detail"]["errorCode"] = code;
        event["detail"]["errorMessage"] = message;
        call(&event).failure.map(|one| [one.code, one.message])
    };
    let both = |code: &str, message: &str| Some([code, message].map(str::to_owned));
    assert_eq!(failed(json!("X"), json!("no")), both("X", "no"));
    assert_eq!(failed(json!("X"), Value::Null), both("X", ""));
    assert_eq!(failed(json!(""), json!("no")), both("", "no"));
    assert_eq!(failed(json!({"x": 1}), Value::Null), both("{\"x\":1}", ""));
    assert_eq!(failed(Value::Null, json!("")), None);
}
