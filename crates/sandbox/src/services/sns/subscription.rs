//! Subscriptions: recorded, and told; nothing is delivered.

use serde_json::{Value, json};

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
    let arn = needed(call, "SubscriptionArn")?;
    let Some((topic, _)) = arn.rsplit_once(':').filter(|_| arn.starts_with("arn:")) else {
        return Err(invalid(
            "SubscriptionArn Reason: An ARN must have at least 6 elements",
        ));
    };
    let missing = || ApiError::new("NotFound", "Subscription does not exist").with_status(404);
    let subscriptions = &mut found(world, call, topic)?.subscriptions;
    let at = subscriptions.iter().position(|one| one.arn == arn);
    subscriptions.remove(at.ok_or_else(missing)?);
    Ok(json!({}))
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
    });
    true
}
