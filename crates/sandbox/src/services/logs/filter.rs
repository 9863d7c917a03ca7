//! Metric filters, and the subscription filters by which events are sent on.

use serde_json::{Value, json};

use super::{Form, found, group, invalid, milliseconds, missing, name, page, text};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Metric filters of one group.
const MOST: usize = 100;
/// Subscription filters of one group.
const MOST_SUBSCRIPTIONS: usize = 2;

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let filter = name(call, "filterName", Form::Other)?;
    let pattern = text(call, "filterPattern").filter(|pattern| pattern.chars().count() <= 1024);
    let pattern = pattern.ok_or_else(|| invalid("filterPattern must be a text of 0 to 1024"))?;
    let transformations = call.input.get("metricTransformations");
    let given = transformations.and_then(Value::as_array);
    let Some([transformation]) = given.map(Vec::as_slice) else {
        return Err(invalid("There must be one metric transformation."));
    };
    for member in ["metricName", "metricNamespace", "metricValue"] {
        if transformation.get(member).and_then(Value::as_str).is_none() {
            return Err(invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy \
                 constraint: Member must not be null"
            )));
        }
    }
    let told = json!({
        "filterName": filter,
        "filterPattern": pattern,
        "metricTransformations": [transformation],
        "creationTime": milliseconds(world.now),
        "logGroupName": text(call, "logGroupName"),
    });
    let filters = &mut found(world, call)?.filters;
    if filters.len() >= MOST && !filters.contains_key(filter) {
        let text = "Resource limit exceeded.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    filters.insert(filter.to_owned(), told);
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let filter = name(call, "filterName", Form::Other)?;
    let gone = found(world, call)?.filters.remove(filter);
    gone.map(|_| json!({}))
        .ok_or_else(|| missing("metric filter"))
}

/// Events are not kept, so that none is sent to the destination.
pub(super) fn subscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let filter = name(call, "filterName", Form::Other)?;
    for member in ["filterPattern", "destinationArn"] {
        if text(call, member).is_none() {
            return Err(invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy \
                 constraint: Member must not be null"
            )));
        }
    }
    let subscriptions = &mut found(world, call)?.subscriptions;
    if subscriptions.len() >= MOST_SUBSCRIPTIONS && !subscriptions.contains(filter) {
        let text = "Resource limit exceeded.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    subscriptions.insert(filter.to_owned());
    Ok(json!({}))
}

pub(super) fn unsubscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let filter = name(call, "filterName", Form::Other)?;
    let was_there = found(world, call)?.subscriptions.remove(filter);
    was_there
        .then(|| json!({}))
        .ok_or_else(|| missing("subscription filter"))
}

/// The filters of one group, or of all that feed a metric.
pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let wanted = text(call, "logGroupName");
    if let Some(name) = wanted {
        group::exists(world, &call.region, name)?;
    }
    let (metric, space) = (text(call, "metricName"), text(call, "metricNamespace"));
    if metric.is_some() != space.is_some() {
        return Err(invalid(
            "metricName and metricNamespace must be given together.",
        ));
    }
    let prefix = text(call, "filterNamePrefix").unwrap_or_default();
    let groups = world.services.logs.groups.iter();
    let groups = groups.filter(|((region, name), _)| {
        *region == call.region && wanted.is_none_or(|wanted| wanted == name)
    });
    let feeds = |filter: &Value| {
        let says = |member: &str| {
            let path = format!("/metricTransformations/0/{member}");
            filter.pointer(&path).and_then(Value::as_str)
        };
        metric.is_none() || says("metricName") == metric && says("metricNamespace") == space
    };
    let filters = groups.flat_map(|(_, group)| &group.filters);
    let told = filters
        .filter(|(name, filter)| name.starts_with(prefix) && feeds(filter))
        .map(|(_, filter)| filter.clone());
    page(call, "metricFilters", told)
}
