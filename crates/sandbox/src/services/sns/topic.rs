//! The topics.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use trailkeeper_policy::Policy;

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
    put("Policy", &default_policy(&owner, arn));
    put("SubscriptionsConfirmed", &confirmed.to_string());
    put("SubscriptionsPending", &pending.to_string());
    put("SubscriptionsDeleted", "0");
    for (name, value) in &topic.attributes {
        put(name, value);
    }
    Ok(json!({"Attributes": told}))
}

/// The policy that SNS gives a topic: its owner's account decides.
fn default_policy(owner: &str, arn: &str) -> String {
    let actions = [
        "Publish",
        "Subscribe",
        "GetTopicAttributes",
        "SetTopicAttributes",
        "DeleteTopic",
    ];
    json!({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": actions.map(|action| format!("SNS:{action}")),
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
    }]})
    .to_string()
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

/// Attributes that can be set on a topic that is no queue in order.
const SETTABLE: [&str; 8] = [
    "DeliveryPolicy",
    "DisplayName",
    "KmsMasterKeyId",
    "Policy",
    "SignatureVersion",
    "TracingConfig",
    "DataProtectionPolicy",
    "HTTPSuccessFeedbackRoleArn",
];

pub(super) fn set_attribute(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "TopicArn")?;
    let name = needed(call, "AttributeName")?;
    let value = text(call, "AttributeValue")?.unwrap_or_default();
    let topic = found(world, call, arn)?;
    if !SETTABLE.contains(&name) {
        return Err(invalid("AttributeName"));
    }
    if name == "Policy" && Policy::parse(value).is_err() {
        return Err(invalid("Policy Error: null"));
    }
    topic.attributes.insert(name.to_owned(), value.to_owned());
    if name == "Policy" {
        // from now on the policy tells who may publish, not what was set up past it
        world.services.cloudtrail.topics.remove(arn);
    }
    Ok(json!({}))
}

/// Takes the statement of this label out of the topic's policy; one that is not there is no error.
pub(super) fn remove_permission(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "TopicArn")?;
    let label = needed(call, "Label")?;
    let topic = found(world, call, arn)?;
    let policy = topic.attributes.get("Policy");
    let parsed = policy.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(mut policy) = parsed else {
        return Ok(json!({}));
    };
    if let Some(Value::Array(statements)) = policy.get_mut("Statement") {
        statements.retain(|one| one.get("Sid").and_then(Value::as_str) != Some(label));
    }
    let attributes = &mut topic.attributes;
    attributes.insert("Policy".to_owned(), policy.to_string());
    Ok(json!({}))
}

/// A topic that does not exist is deleted just as well.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "TopicArn")?;
    match found(world, call, arn) {
        Ok(_) => forget(world, arn),
        Err(error) if error.code == "NotFound" => {}
        Err(error) => return Err(error),
    }
    Ok(json!({}))
}

/// Takes a topic out, also as CloudTrail knows it.
pub(crate) fn forget(world: &mut World, arn: &str) {
    world.services.sns.topics.remove(arn);
    world.services.cloudtrail.topics.remove(arn);
}

/// The text of a topic's policy, or none where it has SNS's own; nothing if there is no such topic.
pub(crate) fn policy_of<'a>(world: &'a World, arn: &str) -> Option<Option<&'a str>> {
    let topic = world.services.sns.topics.get(arn)?;
    Some(topic.attributes.get("Policy").map(String::as_str))
}

/// Puts the topic of this ARN, if it is one of the account; `open`: with a policy that lets
/// CloudTrail publish.
pub(crate) fn seed_arn(world: &mut World, topic: &str, open: bool) {
    let parts: Vec<&str> = topic.split(':').collect();
    if let ["arn", _, "sns", region, account, name] = parts.as_slice()
        && *account == world.account_id
    {
        seed(world, region, name);
    }
    let found = world.services.sns.topics.get_mut(topic);
    if let Some(found) = found.filter(|_| open) {
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "AWSCloudTrailSNSPolicy20131101",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "SNS:Publish",
            "Resource": topic,
        }]});
        let attributes = &mut found.attributes;
        attributes.insert("Policy".to_owned(), policy.to_string());
    }
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
