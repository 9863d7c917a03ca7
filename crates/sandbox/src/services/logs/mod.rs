//! CloudWatch Logs: groups, streams, retention and filters; not the events in them.

mod filter;
mod group;
mod stream;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

use group::Group;

/// Items of one answer, if the request does not say.
const PAGE: usize = 50;

/// The groups by Region and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    groups: BTreeMap<(String, String), Group>,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateLogGroup" => group::create(world, call),
        "DeleteLogGroup" => group::delete(world, call),
        "DescribeLogGroups" => group::describe(world, call),
        "PutRetentionPolicy" => group::put_retention(world, call),
        "DeleteRetentionPolicy" => group::delete_retention(world, call),
        "CreateLogStream" => stream::create(world, call),
        "DeleteLogStream" => stream::delete(world, call),
        "DescribeLogStreams" => stream::describe(world, call),
        "PutMetricFilter" => filter::put(world, call),
        "DeleteMetricFilter" => filter::delete(world, call),
        "DescribeMetricFilters" => filter::describe(world, call),
        "PutSubscriptionFilter" => filter::subscribe(world, call),
        "DeleteSubscriptionFilter" => filter::unsubscribe(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// Puts the group of this ARN, which ends in `:*`, for CloudTrail too.
pub(crate) fn seed(world: &mut World, arn: &str) {
    let now = world.now;
    if let Some(key) = own_key(world, arn) {
        let groups = &mut world.services.logs.groups;
        groups.entry(key).or_insert_with(|| Group::new(now));
    }
    world.services.cloudtrail.log_groups.insert(arn.to_owned());
}

/// Takes the group of this ARN out.
pub(crate) fn forget(world: &mut World, arn: &str) {
    if let Some(key) = own_key(world, arn) {
        world.services.logs.groups.remove(&key);
    }
    world.services.cloudtrail.log_groups.remove(arn);
}

/// Region and name of a group of the account.
fn own_key(world: &World, arn: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "logs", region, account, "log-group", name, ..] = parts.as_slice() else {
        return None;
    };
    let own = *account == world.account_id;
    own.then(|| ((*region).to_owned(), (*name).to_owned()))
}

/// The ARN of a group; with `:*` at its end it stands for the streams in it.
fn arn(world: &World, region: &str, name: &str) -> String {
    format!(
        "arn:{}:logs:{region}:{}:log-group:{name}",
        world.partition, world.account_id
    )
}

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", text)
}

fn missing(what: &str) -> ApiError {
    ApiError::new(
        "ResourceNotFoundException",
        format!("The specified {what} does not exist."),
    )
}

fn taken(what: &str) -> ApiError {
    ApiError::new(
        "ResourceAlreadyExistsException",
        format!("The specified {what} already exists"),
    )
}

/// What a name may consist of.
#[derive(Debug, Clone, Copy)]
enum Form {
    Group,
    /// Streams and filters.
    Other,
}

/// A required name of 1 to 512 letters.
fn name<'a>(call: &'a Call, member: &str, form: Form) -> Result<&'a str, ApiError> {
    let violated = |value: &str, rule: &str| {
        invalid(format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: {rule}"
        ))
    };
    let given = call.input.get(member).and_then(Value::as_str);
    let given = given.ok_or_else(|| violated("null", "Member must not be null"))?;
    let fits = |letter: char| match form {
        Form::Group => letter.is_ascii_alphanumeric() || ".-_/#".contains(letter),
        Form::Other => !":*".contains(letter),
    };
    if !(1..=512).contains(&given.chars().count()) {
        return Err(violated(given, "Member must have length between 1 and 512"));
    }
    if !given.chars().all(fits) {
        let rule = "Member must satisfy regular expression pattern: ";
        return Err(violated(given, rule));
    }
    Ok(given)
}

/// The group that `logGroupName` names in the Region of the call.
fn found<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Group, ApiError> {
    let name = name(call, "logGroupName", Form::Group)?;
    let key = (call.region.clone(), name.to_owned());
    let group = world.services.logs.groups.get_mut(&key);
    group.ok_or_else(|| missing("log group"))
}

fn text<'a>(call: &'a Call, member: &str) -> Option<&'a str> {
    call.input.get(member).and_then(Value::as_str)
}

/// One page of `all` under `member`; the token is the number of items before it.
fn page(call: &Call, member: &str, all: impl Iterator<Item = Value>) -> Result<Value, ApiError> {
    let start = match text(call, "nextToken") {
        None => 0,
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| invalid("The specified nextToken is invalid."))?,
    };
    let size = match call.input.get("limit").filter(|limit| !limit.is_null()) {
        None => PAGE,
        Some(limit) => limit
            .as_u64()
            .and_then(|limit| usize::try_from(limit).ok())
            .filter(|limit| (1..=PAGE).contains(limit))
            .ok_or_else(|| invalid("limit must be between 1 and 50"))?,
    };
    let mut rest = all.skip(start);
    let items: Vec<Value> = rest.by_ref().take(size).collect();
    if rest.next().is_some() {
        let next = (start + items.len()).to_string();
        return Ok(json!({member: items, "nextToken": next}));
    }
    Ok(json!({member: items}))
}

/// This service writes milliseconds.
fn milliseconds(at: Timestamp) -> Value {
    json!(at.as_millisecond())
}
