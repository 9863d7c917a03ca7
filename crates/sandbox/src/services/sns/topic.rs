//! The topics.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::subscription::Subscription;
use super::{found, invalid, needed, text};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Topics in one answer of ListTopics.
const PAGE: usize = 100;

/// A topic.
#[derive(Debug, Clone, Default)]
pub(super) struct Topic {
    pub(super) region: String,
    /// The attributes it was made with.
    attributes: BTreeMap<String, String>,
    pub(super) subscriptions: Vec<Subscription>,
}

fn arn(world: &World, region: &str, name: &str) -> String {
    format!(
        "arn:{}:sns:{region}:{}:{name}",
        world.partition, world.account_id
    )
}

/// A topic that exists with the same attributes is answered as if it were new.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "Name")?;
    let plain = name.strip_suffix(".fifo").unwrap_or(name);
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !(1..=256).contains(&name.len()) || plain.is_empty() || !plain.chars().all(fits) {
        return Err(invalid("Topic Name"));
    }
    let mut attributes = BTreeMap::new();
    for (key, value) in call
        .input
        .get("Attributes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let value = value
            .as_str()
            .ok_or_else(|| invalid(format!("Attributes: {key}")))?;
        attributes.insert(key.clone(), value.to_owned());
    }
    let arn = arn(world, &call.region, name);
    let topics = &mut world.services.sns.topics;
    if let Some(known) = topics.get(&arn) {
        let same = |(key, value): (&String, &String)| known.attributes.get(key) == Some(value);
        if !attributes.iter().all(same) {
            return Err(invalid(
                "Attributes Reason: Topic already exists with different attributes",
            ));
        }
        return Ok(json!({"TopicArn": arn}));
    }
    let topic = Topic {
        region: call.region.clone(),
        attributes,
        subscriptions: Vec::new(),
    };
    topics.insert(arn.clone(), topic);
    Ok(json!({"TopicArn": arn}))
}

pub(super) fn attributes(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "TopicArn")?;
    let owner = world.account_id.clone();
    let topic = found(world, call, arn)?;
    let confirmed = topic
        .subscriptions
        .iter()
        .filter(|one| one.confirmed)
        .count();
    let pending = topic.subscriptions.len() - confirmed;
    let mut told = Map::new();
    let mut put = |name: &str, value: &str| told.insert(name.to_owned(), json!(value));
    put("TopicArn", arn);
    put("Owner", &owner);
    put("DisplayName", "");
    put("SubscriptionsConfirmed", &confirmed.to_string());
    put("SubscriptionsPending", &pending.to_string());
    put("SubscriptionsDeleted", "0");
    for (name, value) in &topic.attributes {
        put(name, value);
    }
    Ok(json!({"Attributes": told}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let start = match text(call, "NextToken")? {
        None => 0,
        Some(token) => token.parse().map_err(|_| invalid("NextToken"))?,
    };
    let topics = world.services.sns.topics.iter();
    let own = topics.filter(|(_, topic)| topic.region == call.region);
    let mut rest = own.skip(start);
    let page: Vec<Value> = rest
        .by_ref()
        .take(PAGE)
        .map(|(arn, _)| json!({"TopicArn": arn}))
        .collect();
    if rest.next().is_some() {
        let next = (start + PAGE).to_string();
        return Ok(json!({"Topics": page, "NextToken": next}));
    }
    Ok(json!({"Topics": page}))
}

/// Puts a topic; its ARN is the answer.
pub(crate) fn seed(world: &mut World, region: &str, name: &str) -> String {
    let arn = arn(world, region, name);
    let topic = Topic {
        region: region.to_owned(),
        ..Topic::default()
    };
    world
        .services
        .sns
        .topics
        .entry(arn.clone())
        .or_insert(topic);
    arn
}
