//! Events of EventBridge: read, understood, told.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod actors;
mod bearings;
mod envelopes;
mod filters;
mod guardduty;
mod lengths;
mod memory;
mod messages;
mod own;
mod parts;
mod patterns;
mod principals;
mod remarks;
mod reports;
mod starts;
mod subjects;
mod watched;

use serde_json::{Value, json};
use trailkeeper_core::fast_path::{ApiCall, BusEvent, Concern, Reported, Resource};

pub(crate) const STOP: &str = include_str!("../fixtures/eventbridge/stop-logging-iam-user.json");
pub(crate) const DELETE: &str =
    include_str!("../fixtures/eventbridge/delete-trail-assumed-role.json");
pub(crate) const GUARDDUTY: &str =
    include_str!("../fixtures/guardduty/cloudtrail-logging-disabled.json");
pub(crate) const UPDATE: &str = include_str!("../fixtures/eventbridge/update-trail-minimise.json");
pub(crate) const SELECTORS: &str = include_str!("../fixtures/eventbridge/put-event-selectors.json");

pub(crate) fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The event of the service `ec2` or `iam` with these parameters, in the fixtures' envelope.
pub(crate) fn event(service: &str, name: &str, request: Value, response: Value) -> Value {
    let mut event = json_of(STOP);
    event["source"] = json!(format!("aws.{service}"));
    let detail = &mut event["detail"];
    detail["eventSource"] = json!(format!("{service}.amazonaws.com"));
    detail["eventName"] = json!(name);
    detail["requestParameters"] = request;
    detail["responseElements"] = response;
    event
}

pub(crate) fn call(event: &Value) -> ApiCall {
    let call = match BusEvent::parse(event).unwrap() {
        BusEvent::ApiCall(call) => Some(*call),
        BusEvent::Finding(_) | BusEvent::Other { .. } => None,
    };
    call.unwrap()
}

pub(crate) fn reported(code: &str, why: &str) -> Reported {
    Reported {
        code: code.to_owned(),
        severity: "high".to_owned(),
        policy_name: "app-policy".to_owned(),
        statement: "#1".to_owned(),
        grant: String::new(),
        why: why.to_owned(),
        suggestion: "{}".to_owned(),
    }
}

pub(crate) fn concern(id: &str, findings: Vec<Reported>) -> Concern {
    Concern {
        resource: Resource {
            kind: "AWS::EC2::Instance".to_owned(),
            id: id.to_owned(),
        },
        profile_name: "app".to_owned(),
        findings,
        instances: Vec::new(),
    }
}
