//! CloudWatch: metric alarms, as far as they watch over the trail. They stay in the state that
//! they are made in: there are no metrics.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::services::not_implemented;
use crate::world::World;

/// Names in one request.
const MOST_NAMES: usize = 100;

const COMPARISONS: [&str; 7] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];

/// The metric alarms by Region and name, as they are told.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    alarms: BTreeMap<(String, String), Map<String, Value>>,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "PutMetricAlarm" => put(world, call),
        "DescribeAlarms" => describe(world, call),
        "DeleteAlarms" => delete(world, call),
        "DisableAlarmActions" => switch(world, call, false),
        "EnableAlarmActions" => switch(world, call, true),
        _ => Err(not_implemented(call)),
    }
}

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", text)
}

fn needed<'a>(call: &'a Call, member: &str) -> Result<&'a Value, ApiError> {
    let given = call.input.get(member).filter(|value| !value.is_null());
    given.ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: \
             Member must not be null"
        ))
    })
}

fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "AlarmName")?.as_str().unwrap_or_default();
    if !(1..=255).contains(&name.chars().count()) {
        return Err(invalid("AlarmName must have 1 to 255 characters"));
    }
    if call.input.get("Metrics").is_some() || call.input.get("EvaluationCriteria").is_some() {
        return Err(not_implemented(call));
    }
    needed(call, "EvaluationPeriods")?;
    needed(call, "Threshold")?;
    let comparison = needed(call, "ComparisonOperator")?.as_str();
    if !comparison.is_some_and(|one| COMPARISONS.contains(&one)) {
        return Err(invalid("ComparisonOperator is not one that is known"));
    }
    for member in ["MetricName", "Namespace", "Period"] {
        needed(call, member)?;
    }
    let statistics = ["Statistic", "ExtendedStatistic"];
    if statistics
        .iter()
        .filter(|one| call.input.get(**one).is_some())
        .count()
        != 1
    {
        return Err(invalid(
            "Exactly one of Statistic and ExtendedStatistic must be given",
        ));
    }
    let mut alarm: Map<String, Value> = call.input.as_object().cloned().unwrap_or_default();
    alarm.remove("Tags");
    let arn = format!(
        "arn:{}:cloudwatch:{}:{}:alarm:{name}",
        world.partition, call.region, world.account_id
    );
    let now = to_epoch(world.now);
    alarm.insert("AlarmArn".to_owned(), json!(arn));
    alarm.insert("AlarmConfigurationUpdatedTimestamp".to_owned(), json!(now));
    for actions in ["OKActions", "AlarmActions", "InsufficientDataActions"] {
        alarm.entry(actions).or_insert_with(|| json!([]));
    }
    alarm.entry("ActionsEnabled").or_insert(json!(true));
    let key = (call.region.clone(), name.to_owned());
    let before = world.services.cloudwatch.alarms.get(&key);
    let state = before.and_then(|before| before.get("StateValue")).cloned();
    let state = state.unwrap_or_else(|| json!("INSUFFICIENT_DATA"));
    alarm.insert("StateValue".to_owned(), state);
    alarm.insert("StateUpdatedTimestamp".to_owned(), json!(now));
    world.services.cloudwatch.alarms.insert(key, alarm);
    Ok(json!({}))
}

fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let names = call.input.get("AlarmNames").and_then(Value::as_array);
    let text = |member: &str| call.input.get(member).and_then(Value::as_str);
    let prefix = text("AlarmNamePrefix");
    if names.is_some() && prefix.is_some() {
        return Err(invalid(
            "AlarmNamePrefix and AlarmNames cannot be given together",
        ));
    }
    let start = match text("NextToken") {
        None => 0,
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| ApiError::new("InvalidNextToken", "The next token is invalid."))?,
    };
    let most = call.input.get("MaxRecords").and_then(Value::as_u64);
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(50).clamp(1, MOST_NAMES);
    let state = text("StateValue");
    let alarms = world.services.cloudwatch.alarms.iter();
    let wanted = alarms.filter(|((region, name), alarm)| {
        *region == call.region
            && names.is_none_or(|names| names.iter().any(|one| one == name))
            && prefix.is_none_or(|prefix| name.starts_with(prefix))
            && state.is_none_or(|state| alarm.get("StateValue") == Some(&json!(state)))
    });
    let mut rest = wanted.skip(start);
    let page: Vec<Value> = rest
        .by_ref()
        .take(most)
        .map(|(_, alarm)| Value::Object(alarm.clone()))
        .collect();
    let next = (start + page.len()).to_string();
    if rest.next().is_none() {
        return Ok(json!({"MetricAlarms": page, "CompositeAlarms": []}));
    }
    Ok(json!({"MetricAlarms": page, "CompositeAlarms": [], "NextToken": next}))
}

fn names(call: &Call) -> Result<Vec<String>, ApiError> {
    let names = needed(call, "AlarmNames")?.as_array();
    let names = names.filter(|names| names.len() <= MOST_NAMES);
    let names = names.ok_or_else(|| invalid("AlarmNames must be a list of at most 100 names"))?;
    Ok(names
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}

/// None goes unless all are there.
fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let keys: Vec<_> = names(call)?
        .into_iter()
        .map(|name| (call.region.clone(), name))
        .collect();
    let alarms = &mut world.services.cloudwatch.alarms;
    if let Some((_, name)) = keys.iter().find(|key| !alarms.contains_key(*key)) {
        let text = format!("Unknown alarm: {name}");
        return Err(ApiError::new("ResourceNotFound", text).with_status(404));
    }
    for key in keys {
        alarms.remove(&key);
    }
    Ok(json!({}))
}

/// Turns the actions of alarms on or off; names of none are passed over.
fn switch(world: &mut World, call: &Call, on: bool) -> Result<Value, ApiError> {
    for name in names(call)? {
        let key = (call.region.clone(), name);
        if let Some(alarm) = world.services.cloudwatch.alarms.get_mut(&key) {
            alarm.insert("ActionsEnabled".to_owned(), json!(on));
        }
    }
    Ok(json!({}))
}
