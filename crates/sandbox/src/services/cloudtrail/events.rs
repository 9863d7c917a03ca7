//! The account's own event history: what CloudTrail keeps of each write call.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::trail::epoch;
use crate::call::{ApiError, Call};
use crate::seed::{Actor, EventSeed};
use crate::services::ec2;
use crate::world::World;

/// Data events: calls that this history does not hold.
const DATA_EVENTS: [(&str, &str); 6] = [
    ("s3", "PutObject"),
    ("s3", "CopyObject"),
    ("s3", "DeleteObject"),
    ("s3", "DeleteObjects"),
    ("lambda", "Invoke"),
    ("sns", "Publish"),
];

/// Keeps a write call of any service in the history, with its error if it was refused. Reads are
/// left out: no question here is about them.
pub(crate) fn record(world: &mut World, call: &Call, answer: &Result<Value, ApiError>) {
    let named = (call.service.as_str(), call.operation.as_str());
    if !call.is_write() || DATA_EVENTS.contains(&named) {
        return;
    }
    let (request_parameters, response_elements) = elements(call, answer);
    let event = EventSeed {
        at: world.now,
        region: recorded_in(world, call),
        event_source: format!("{}.amazonaws.com", call.service),
        event_name: call.operation.clone(),
        actor: world.services.cloudtrail.actor.clone(),
        resource: resource(call, answer),
        request_parameters,
        response_elements,
        error: answer
            .as_ref()
            .err()
            .map(|error| (error_code(call, error), error.message.clone())),
    };
    world.remember(event);
}

/// The Region of the record: calls of IAM are recorded where the partition keeps its global
/// services, wherever they were made.
fn recorded_in(world: &World, call: &Call) -> String {
    let global = match world.partition.as_str() {
        _ if call.service != "iam" => &call.region,
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        _ => "us-east-1",
    };
    global.to_owned()
}

/// The record's `errorCode`: those of EC2 say whose fault it was.
fn error_code(call: &Call, error: &ApiError) -> String {
    match call.service.as_str() {
        "ec2" if error.status < 500 => format!("Client.{}", error.code),
        "ec2" => format!("Server.{}", error.code),
        _ => error.code.clone(),
    }
}

/// The record's `requestParameters` and `responseElements`.
fn elements(call: &Call, answer: &Result<Value, ApiError>) -> (Value, Value) {
    if call.service == "ec2" {
        let answered = ec2::response_elements(call, answer);
        return (ec2::request_parameters(call), answered);
    }
    let answered = answer.as_ref().map_or(Value::Null, response);
    (lower_keys(&call.input), answered)
}

/// The type and the name of the resource that the call concerns.
fn resource(call: &Call, answer: &Result<Value, ApiError>) -> Option<(String, String)> {
    let (kind, members): (_, &[&str]) = match call.service.as_str() {
        "ec2" => return ec2::resource(call, answer),
        "iam" if call.input.get("PolicyArn").is_none() => match call.input.get("RoleName") {
            Some(_) => ("AWS::IAM::Role", &["RoleName"]),
            None => ("AWS::IAM::InstanceProfile", &["InstanceProfileName"]),
        },
        "iam" => ("AWS::IAM::Policy", &["PolicyArn"]),
        "cloudtrail" => (
            "AWS::CloudTrail::Trail",
            &["Name", "TrailName", "ResourceId"],
        ),
        "s3" => ("AWS::S3::Bucket", &["Bucket"]),
        "kms" => ("AWS::KMS::Key", &["KeyId"]),
        _ => return None,
    };
    let mut named = members.iter().filter_map(|member| call.input.get(*member));
    let name = named.next().and_then(Value::as_str)?;
    Some((kind.to_owned(), name.to_owned()))
}

/// Empty answers are recorded as null.
fn response(answer: &Value) -> Value {
    match answer.as_object() {
        Some(map) if !map.is_empty() => lower_keys(answer),
        _ => Value::Null,
    }
}

/// Records write members with a small first letter: `S3BucketName` is `s3BucketName` there.
fn lower_keys(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let lower = |(key, value): (&String, &Value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                (
                    first.into_iter().chain(letters).collect(),
                    lower_keys(value),
                )
            };
            Value::Object(map.iter().map(lower).collect::<Map<String, Value>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(lower_keys).collect()),
        other => other.clone(),
    }
}

impl World {
    /// Keeps an event; one without an actor gets the present one.
    pub(crate) fn remember(&mut self, mut event: EventSeed) {
        let actor = event.actor.take();
        let actor = actor.or_else(|| self.services.cloudtrail.actor.clone());
        event.actor = Some(actor.unwrap_or_else(|| self.own_actor()));
        self.services.cloudtrail.events.push(event);
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
    let resources = event.resource.iter();
    let resources =
        resources.map(|(kind, name)| json!({"ResourceType": kind, "ResourceName": name}));
    set("Resources", resources.collect());
    set(
        "CloudTrailEvent",
        json!(record_json(event, place, account).to_string()),
    );
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
    here.map(|(place, event)| record_json(event, place, &world.account_id))
        .collect()
}

/// The CloudTrail record of the event.
fn record_json(event: &EventSeed, place: usize, account: &str) -> Value {
    let actor = event.actor.as_ref();
    let mut record = json!({
        "eventVersion": "1.10",
        "userIdentity": actor.map(|actor| &actor.user_identity),
        "eventTime": event.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": event.event_source,
        "eventName": event.event_name,
        "awsRegion": event.region,
        "sourceIPAddress": actor.map(|actor| &actor.source_ip_address),
        "userAgent": actor.map(|actor| &actor.user_agent),
        "requestParameters": event.request_parameters,
        "responseElements": event.response_elements,
        "requestID": id(place).replacen("0000", "0001", 1),
        "eventID": id(place),
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": account,
        "eventCategory": "Management",
    });
    if let (Some((code, message)), Some(map)) = (&event.error, record.as_object_mut()) {
        map.insert("errorCode".to_owned(), json!(code));
        map.insert("errorMessage".to_owned(), json!(message));
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_of_other_services_are_kept_without_data_events() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let mut world = World::new("111122223333", "us-east-1", now);
        let cases = [
            (
                "s3",
                "PutBucketPolicy",
                json!({"Bucket": "logs"}),
                Some("logs"),
            ),
            ("s3", "DeleteObject", json!({"Bucket": "logs"}), None),
            ("s3", "GetBucketPolicy", json!({"Bucket": "logs"}), None),
            ("kms", "DisableKey", json!({"KeyId": "k"}), Some("k")),
            ("lambda", "Invoke", json!({"FunctionName": "f"}), None),
        ];
        for (service, operation, input, wanted) in cases {
            let before = world.services.cloudtrail.events.len();
            let call = Call::new(service, operation, "us-east-1", input);
            record(&mut world, &call, &Ok(Value::Null));
            let kept = world.services.cloudtrail.events.get(before);
            let name = kept.and_then(|event| event.resource.as_ref());
            let name = name.map(|(_, name)| name.as_str());
            assert_eq!(name, wanted, "{service}:{operation}");
        }
    }
}
