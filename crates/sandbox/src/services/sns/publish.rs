//! Publish.

use serde_json::{Value, json};

use super::{found, invalid, needed, text};
use crate::call::{ApiError, Call};
use crate::seed::PublishedMessage;
use crate::services::not_implemented;
use crate::world::World;

/// The largest message with its attributes, in bytes.
const LARGEST: usize = 262_144;

pub(super) fn publish(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let topic = text(call, "TopicArn")?;
    let target = text(call, "TargetArn")?;
    if text(call, "PhoneNumber")?.is_some() {
        return Err(not_implemented(call));
    }
    let arn = match (topic, target) {
        (Some(arn), None) | (None, Some(arn)) => arn.to_owned(),
        _ => {
            return Err(invalid(
                "TopicArn or TargetArn Reason: no value for required parameter",
            ));
        }
    };
    let message = needed(call, "Message")?.to_owned();
    let subject = text(call, "Subject")?.map(str::to_owned);
    found(world, call, &arn)?;
    check_message(call, &message)?;
    if let Some(subject) = &subject {
        check_subject(subject)?;
    }
    let message_id = push(world, &call.region, arn, subject, message);
    Ok(json!({"MessageId": message_id}))
}

/// Publishes an event of EventBridge, where the topic is there.
pub(crate) fn publish_event(world: &mut World, region: &str, topic: &str, message: String) {
    if world.services.sns.topics.contains_key(topic) {
        push(world, region, topic.to_owned(), None, message);
    }
}

fn push(
    world: &mut World,
    region: &str,
    topic_arn: String,
    subject: Option<String>,
    message: String,
) -> String {
    let number = world.services.sns.messages.len() + 1;
    let message_id = format!("{number:08x}-0000-4000-8000-000000000000");
    world.services.sns.messages.push(PublishedMessage {
        at: world.now,
        region: region.to_owned(),
        topic_arn,
        message_id: message_id.clone(),
        subject,
        message,
    });
    message_id
}

fn check_subject(subject: &str) -> Result<(), ApiError> {
    let count = subject.chars().count();
    if count == 0 || count >= 100 || subject.chars().any(char::is_control) {
        return Err(invalid("Subject"));
    }
    Ok(())
}

fn check_message(call: &Call, message: &str) -> Result<(), ApiError> {
    if message.is_empty() {
        return Err(invalid("Empty message"));
    }
    let attributes = call.input.get("MessageAttributes");
    let attributes = attributes.map_or(0, |attributes| attributes.to_string().len());
    if message.len() + attributes > LARGEST {
        return Err(invalid("Message too long"));
    }
    match text(call, "MessageStructure")? {
        None => Ok(()),
        Some("json") => match serde_json::from_str::<Value>(message) {
            Ok(parsed) if parsed.get("default").is_some_and(Value::is_string) => Ok(()),
            Ok(_) => Err(invalid(
                "Message Structure - No default entry in JSON message body",
            )),
            Err(_) => Err(invalid(
                "Message Structure - JSON message body failed to parse",
            )),
        },
        Some(_) => Err(invalid("MessageStructure")),
    }
}
