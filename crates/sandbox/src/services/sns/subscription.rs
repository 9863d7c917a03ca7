//! Subscriptions: recorded, and told; nothing is delivered.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{found, invalid, needed, text};
use crate::call::{ApiError, Call};
use crate::world::World;

const PROTOCOLS: [&str; 9] = [
    "http",
    "https",
    "email",
    "email-json",
    "sms",
    "sqs",
    "application",
    "lambda",
    "firehose",
];
const PENDING: &str = "PendingConfirmation";

/// Who wants the messages of a topic.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    arn: String,
    protocol: String,
    endpoint: String,
    /// Mail and web addresses have to confirm, which nobody does here.
    pub(super) confirmed: bool,
    /// What was set on it.
    attributes: BTreeMap<String, String>,
}

pub(super) fn subscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let topic_arn = needed(call, "TopicArn")?;
    let protocol = needed(call, "Protocol")?;
    if !PROTOCOLS.contains(&protocol) {
        return Err(invalid(format!(
            "Amazon SNS does not support this protocol string: {protocol}"
        )));
    }
    let endpoint = text(call, "Endpoint")?.unwrap_or_default();
    check(protocol, endpoint)?;
    let always = match call.input.get("ReturnSubscriptionArn") {
        Some(Value::String(text)) => text == "true",
        Some(value) => value.as_bool().unwrap_or_default(),
        None => false,
    };
    let number = world.services.sns.subscriptions_made + 1;
    let topic = found(world, call, topic_arn)?;
    let known = |one: &&Subscription| one.protocol == protocol && one.endpoint == endpoint;
    let subscription = match topic.subscriptions.iter().find(known) {
        Some(known) => known.clone(),
        None => {
            let new = Subscription {
                arn: format!("{topic_arn}:{number:08x}-0000-4000-8000-000000000000"),
                protocol: protocol.to_owned(),
                endpoint: endpoint.to_owned(),
                confirmed: ["sqs", "lambda", "firehose", "sms", "application"].contains(&protocol),
                attributes: BTreeMap::new(),
            };
            topic.subscriptions.push(new.clone());
            world.services.sns.subscriptions_made = number;
            new
        }
    };
    let told = match always || subscription.confirmed {
        true => subscription.arn,
        false => "pending confirmation".to_owned(),
    };
    Ok(json!({"SubscriptionArn": told}))
}

fn check(protocol: &str, endpoint: &str) -> Result<(), ApiError> {
    let good = match protocol {
        "email" | "email-json" => endpoint
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.')),
        "http" | "https" => endpoint.starts_with(&format!("{protocol}://")),
        "sms" => endpoint.len() > 6,
        _ => endpoint.starts_with("arn:"),
    };
    match (good, protocol) {
        (true, _) => Ok(()),
        (false, "sqs") => Err(invalid("SQS endpoint ARN")),
        (false, _) => Err(invalid(format!("{protocol} endpoint"))),
    }
}

pub(super) fn unsubscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "SubscriptionArn")?.to_owned();
    named(world, call)?;
    let topic = topic_of(&arn)?;
    let subscriptions = &mut found(world, call, topic)?.subscriptions;
    subscriptions.retain(|one| one.arn != arn);
    Ok(json!({}))
}

/// The topic's ARN in a subscription's.
fn topic_of(arn: &str) -> Result<&str, ApiError> {
    let parts = arn.rsplit_once(':').filter(|_| arn.starts_with("arn:"));
    parts
        .map(|(topic, _)| topic)
        .ok_or_else(|| invalid("SubscriptionArn Reason: An ARN must have at least 6 elements"))
}

/// The subscription that the call names.
fn named<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Subscription, ApiError> {
    let arn = needed(call, "SubscriptionArn")?;
    let topic = found(world, call, topic_of(arn)?)?;
    let one = topic.subscriptions.iter_mut().find(|one| one.arn == arn);
    one.ok_or_else(|| ApiError::new("NotFound", "Subscription does not exist").with_status(404))
}

/// What can be set on a subscription.
const SETTABLE: [&str; 7] = [
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "ReplayPolicy",
    "SubscriptionRoleArn",
];

pub(super) fn set_attribute(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let subscription = named(world, call)?;
    let name = needed(call, "AttributeName")?;
    let value = text(call, "AttributeValue")?.unwrap_or_default();
    if !SETTABLE.contains(&name) {
        return Err(invalid("AttributeName"));
    }
    let is_policy = name.ends_with("Policy") && !value.is_empty();
    if is_policy && !serde_json::from_str::<Value>(value).is_ok_and(|policy| policy.is_object()) {
        return Err(invalid(format!("{name}: failed to parse JSON")));
    }
    if name == "FilterPolicyScope" && !["MessageAttributes", "MessageBody"].contains(&value) {
        return Err(invalid(name));
    }
    if name == "RawMessageDelivery" && !["true", "false"].contains(&value) {
        return Err(invalid(name));
    }
    // a filter that is empty is none
    subscription.attributes.remove(name);
    if !value.is_empty() {
        let (name, value) = (name.to_owned(), value.to_owned());
        subscription.attributes.insert(name, value);
    }
    Ok(json!({}))
}

pub(super) fn attributes(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let owner = world.account_id.clone();
    let subscription = named(world, call)?;
    let mut told = Map::new();
    let mut put = |name: &str, value: &str| told.insert(name.to_owned(), json!(value));
    put("SubscriptionArn", &subscription.arn);
    put("TopicArn", topic_of(&subscription.arn)?);
    put("Owner", &owner);
    put("Protocol", &subscription.protocol);
    put("Endpoint", &subscription.endpoint);
    put(
        "PendingConfirmation",
        &(!subscription.confirmed).to_string(),
    );
    put("RawMessageDelivery", "false");
    for (name, value) in &subscription.attributes {
        put(name, value);
    }
    Ok(json!({"Attributes": told}))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let topic_arn = needed(call, "TopicArn")?;
    let owner = world.account_id.clone();
    let topic = found(world, call, topic_arn)?;
    let one = |subscription: &Subscription| {
        let arn = match subscription.confirmed {
            true => &subscription.arn,
            false => PENDING,
        };
        json!({
            "SubscriptionArn": arn,
            "Owner": owner,
            "Protocol": subscription.protocol,
            "Endpoint": subscription.endpoint,
            "TopicArn": topic_arn,
        })
    };
    let told: Vec<Value> = topic.subscriptions.iter().map(one).collect();
    Ok(json!({"Subscriptions": told}))
}

/// Puts a confirmed subscription, if there is such a topic.
pub(crate) fn seed(
    world: &mut World,
    topic: &str,
    id: &str,
    [protocol, endpoint]: [&str; 2],
) -> bool {
    let Some(found) = world.services.sns.topics.get_mut(topic) else {
        return false;
    };
    found.subscriptions.push(Subscription {
        arn: format!("{topic}:{id}"),
        protocol: protocol.to_owned(),
        endpoint: endpoint.to_owned(),
        confirmed: true,
        attributes: BTreeMap::new(),
    });
    true
}
