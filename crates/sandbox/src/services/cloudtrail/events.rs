//! The account's own event history, and how its events are told.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::class::Class;
use super::parameters::within_limit;
use super::trail::epoch;
use crate::seed::{Actor, EventSeed};
use crate::world::World;

impl World {
    /// Keeps an event; one without an actor gets the present one.
    pub(crate) fn remember(&mut self, mut event: EventSeed) {
        event.actor = event.actor.take().or_else(|| Some(self.present_actor()));
        self.services.cloudtrail.events.push(event);
    }

    /// Who calls now.
    pub(crate) fn present_actor(&self) -> Actor {
        let actor = self.services.cloudtrail.actor.clone();
        actor.unwrap_or_else(|| self.own_actor())
    }

    /// The role under which the sandbox's callers act.
    fn own_actor(&self) -> Actor {
        let Self {
            partition,
            account_id,
            ..
        } = self;
        let role = format!("arn:{partition}:iam::{account_id}:role/trailkeeper");
        let identity = json!({
            "type": "AssumedRole",
            "principalId": "AROACKCEVSQ6C2EXAMPLE:sandbox",
            "arn": format!("arn:{partition}:sts::{account_id}:assumed-role/trailkeeper/sandbox"),
            "accountId": account_id,
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {"sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": role,
                "accountId": account_id,
                "userName": "trailkeeper",
            }},
        });
        Actor {
            user_identity: identity,
            username: "sandbox".to_owned(),
            access_key_id: Some("ASIAIOSFODNN7EXAMPLE".to_owned()),
            source_ip_address: "192.0.2.10".to_owned(),
            user_agent: "trailkeeper".to_owned(),
        }
    }
}

/// The event's id: its place in the history in the form of a UUID.
pub(super) fn id(place: usize) -> String {
    format!("00000000-0000-4000-8000-{:012x}", place + 1)
}

/// The event as LookupEvents answers it.
pub(super) fn to_json(event: &EventSeed, place: usize, account: &str) -> Value {
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| out.insert(name.to_owned(), value);
    set("EventId", json!(id(place)));
    set("EventName", json!(event.event_name));
    set("ReadOnly", json!("false"));
    set("EventTime", epoch(event.at));
    set("EventSource", json!(event.event_source));
    if let Some(actor) = &event.actor {
        set("Username", json!(actor.username));
        if let Some(key) = &actor.access_key_id {
            set("AccessKeyId", json!(key));
        }
    }
    let resources = resources(event).into_iter();
    let resources =
        resources.map(|(kind, name)| json!({"ResourceType": kind, "ResourceName": name}));
    set("Resources", resources.collect());
    let class = Class::Management { read_only: false };
    let record = record_json(event, &id(place), &class, account);
    set("CloudTrailEvent", json!(record.to_string()));
    Value::Object(out)
}

/// The records of `region` from `since` on and before `until`.
pub(super) fn records(
    world: &World,
    region: &str,
    since: Timestamp,
    until: Timestamp,
) -> Vec<Value> {
    let events = world.services.cloudtrail.events.iter().enumerate();
    let here =
        events.filter(|(_, event)| event.region == region && since <= event.at && event.at < until);
    let class = Class::Management { read_only: false };
    here.map(|(place, event)| record_json(event, &id(place), &class, &world.account_id))
        .collect()
}

/// The resources of an event: the one named in the request, and what the answer says of a trail,
/// its ARN and its bucket among it.
pub(super) fn resources(event: &EventSeed) -> Vec<(&str, &str)> {
    const TRAIL: &str = "AWS::CloudTrail::Trail";
    let first = event.resource.iter();
    let mut found: Vec<_> = first
        .map(|(kind, name)| (kind.as_str(), name.as_str()))
        .collect();
    if found.iter().any(|(kind, _)| *kind == TRAIL) {
        let told = [
            ("name", TRAIL),
            ("trailARN", TRAIL),
            ("s3BucketName", "AWS::S3::Bucket"),
        ];
        for (member, kind) in told {
            let name = event.response_elements.get(member).and_then(Value::as_str);
            let name = name.filter(|name| found.iter().all(|(_, known)| known != name));
            found.extend(name.map(|name| (kind, name)));
        }
    }
    found
}

/// The CloudTrail record of the event.
pub(super) fn record_json(event: &EventSeed, id: &str, class: &Class, account: &str) -> Value {
    let actor = event.actor.as_ref();
    let management = class.is_management();
    let mut record = json!({
        "eventVersion": "1.10",
        "userIdentity": actor.map(|actor| &actor.user_identity),
        "eventTime": event.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": event.event_source,
        "eventName": event.event_name,
        "awsRegion": event.region,
        "sourceIPAddress": actor.map(|actor| &actor.source_ip_address),
        "userAgent": actor.map(|actor| &actor.user_agent),
        "requestParameters": within_limit(&event.request_parameters),
        "responseElements": event.response_elements,
        "requestID": id.replacen("0000", "0001", 1),
        "eventID": id,
        "readOnly": class.read_only(),
        "eventType": "AwsApiCall",
        "managementEvent": management,
        "recipientAccountId": account,
        "eventCategory": if management { "Management" } else { "Data" },
    });
    let Some(members) = record.as_object_mut() else {
        return record;
    };
    if let Some((code, message)) = &event.error {
        members.insert("errorCode".to_owned(), json!(code));
        members.insert("errorMessage".to_owned(), json!(message));
    }
    if let Class::Data { kind, arn, .. } = class {
        let resources = json!([{"type": kind, "ARN": arn}]);
        members.insert("resources".to_owned(), resources);
    }
    record
}
