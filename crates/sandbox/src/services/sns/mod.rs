//! SNS: topics, who has subscribed, and what was published.

mod publish;
mod subscription;
mod topic;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::seed::PublishedMessage;
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use publish::publish_event;
pub(crate) use subscription::seed as seed_subscription;
use topic::Topic;
pub(crate) use topic::{forget, policy_of, seed, seed_arn};

/// The topics by ARN, and the messages in the order in which they were published.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    topics: BTreeMap<String, Topic>,
    pub(crate) messages: Vec<PublishedMessage>,
    subscriptions_made: u32,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateTopic" => topic::create(world, call),
        "DeleteTopic" => topic::delete(world, call),
        "SetTopicAttributes" => topic::set_attribute(world, call),
        "RemovePermission" => topic::remove_permission(world, call),
        "SetSubscriptionAttributes" => subscription::set_attribute(world, call),
        "GetSubscriptionAttributes" => subscription::attributes(world, call),
        "Unsubscribe" => subscription::unsubscribe(world, call),
        "GetTopicAttributes" => topic::attributes(world, call),
        "ListTopics" => topic::list(world, call),
        "Subscribe" => subscription::subscribe(world, call),
        "ListSubscriptionsByTopic" => subscription::list(world, call),
        "Publish" => publish::publish(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// The codes of this service on the wire have no ending.
fn invalid(text: impl std::fmt::Display) -> ApiError {
    ApiError::new("InvalidParameter", format!("Invalid parameter: {text}"))
}

fn text<'a>(call: &'a Call, name: &str) -> Result<Option<&'a str>, ApiError> {
    match call.input.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(format!("{name} must be a text"))),
    }
}

fn needed<'a>(call: &'a Call, name: &str) -> Result<&'a str, ApiError> {
    text(call, name)?.ok_or_else(|| {
        let text = format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: \
             Member must not be null"
        );
        ApiError::new("ValidationError", text)
    })
}

/// The topic that an ARN names in the Region of the call.
fn found<'a>(world: &'a mut World, call: &Call, arn: &str) -> Result<&'a mut Topic, ApiError> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "sns", region, account, _] = parts.as_slice() else {
        return Err(invalid("TopicArn"));
    };
    if *region != call.region {
        return Err(invalid("TopicArn"));
    }
    if *account != world.account_id {
        let text = format!("The caller has no permission for the topic {arn}");
        return Err(ApiError::new("AuthorizationError", text).with_status(403));
    }
    let topic = world.services.sns.topics.get_mut(arn);
    topic.ok_or_else(|| ApiError::new("NotFound", "Topic does not exist").with_status(404))
}
