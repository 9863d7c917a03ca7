//! What EventBridge brings: records of CloudTrail and findings, both with texts of an intruder.

use serde_json::Value;
use trailkeeper_core::fast_path::{
    Actor, ApiCall, BusEvent, GuardDutyFinding, Permissions, Resource, Subject, analyst_steps,
    attempt_notice, client_token,
};

use crate::input::target;
use crate::shown::assert_one_line;
use crate::told::assert_notice;

target!(bus_event, 1_500, read_event);

// What GuardDuty found comes the same way.
target!(guardduty_finding, 1_000, read_event);

target!(cloudtrail_record, 1_000, |text| {
    let record = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let actor = Actor::read(&record);
    for shown in [actor.to_string(), actor.shown_user_agent()] {
        assert_one_line(&shown);
        assert!(shown.chars().count() <= 5 * 256 + 64, "{shown:?}");
    }
    assert!(!actor.to_string().is_empty());
});

fn read_event(text: &str) {
    let event = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match BusEvent::parse(&event) {
        Err(error) => assert_one_line(&error.to_string()),
        Ok(BusEvent::ApiCall(call)) => of_call(&call),
        Ok(BusEvent::Finding(finding)) => of_finding(&finding),
        Ok(BusEvent::Other { detail_type }) => assert_one_line(&detail_type),
    }
}

fn of_call(call: &ApiCall) {
    let token = client_token("document", &call.id);
    assert_eq!(token.len(), 36, "{token}");
    let Some(handler) = call.handler() else {
        return;
    };
    drop(Subject::of(handler, call));
    let resource = Resource {
        kind: Subject::resource_type(handler).to_owned(),
        id: Subject::asked_for(handler, call),
    };
    if let Some(failure) = &call.failure {
        assert_notice(&attempt_notice(call, failure, resource));
    }
}

/// A name in a finding cannot end a line of what the analyst is told.
fn of_finding(finding: &GuardDutyFinding) {
    of_call(&finding.call);
    for line in analyst_steps(finding, &Permissions::Unknown("denied".to_owned())) {
        assert_one_line(&line);
    }
}
