//! Log groups and how long they keep events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Form, arn, found, invalid, milliseconds, missing, name, page, taken, text};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The days of retention that can be chosen.
const DAYS: [u64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// A log group.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) created: Timestamp,
    retention: Option<u64>,
    key: Option<String>,
    class: String,
    protected: bool,
    /// The streams and when they were made.
    pub(super) streams: BTreeMap<String, Timestamp>,
    /// The metric filters by name, as they are told.
    pub(super) filters: BTreeMap<String, Value>,
    /// The names of the subscription filters.
    pub(super) subscriptions: BTreeSet<String>,
}

impl Group {
    pub(super) fn new(created: Timestamp) -> Self {
        Self {
            created,
            retention: None,
            key: None,
            class: "STANDARD".to_owned(),
            protected: false,
            streams: BTreeMap::new(),
            filters: BTreeMap::new(),
            subscriptions: BTreeSet::new(),
        }
    }
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = name(call, "logGroupName", Form::Group)?;
    let class = text(call, "logGroupClass").unwrap_or("STANDARD");
    if !["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"].contains(&class) {
        return Err(invalid("The log group class is not valid."));
    }
    let key = (call.region.clone(), name.to_owned());
    if world.services.logs.groups.contains_key(&key) {
        return Err(taken("log group"));
    }
    let group = Group {
        key: text(call, "kmsKeyId").map(str::to_owned),
        class: class.to_owned(),
        protected: call.input.get("deletionProtectionEnabled") == Some(&Value::Bool(true)),
        ..Group::new(world.now)
    };
    let arn = format!("{}:*", arn(world, &call.region, name));
    world.services.logs.groups.insert(key, group);
    world.services.cloudtrail.log_groups.insert(arn);
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    if found(world, call)?.protected {
        let text = "The log group is protected against deletion.";
        return Err(ApiError::new("ValidationException", text));
    }
    let name = name(call, "logGroupName", Form::Group)?;
    let arn = format!("{}:*", arn(world, &call.region, name));
    super::forget(world, &arn);
    Ok(json!({}))
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let prefix = text(call, "logGroupNamePrefix").unwrap_or_default();
    let pattern = text(call, "logGroupNamePattern").unwrap_or_default();
    if !prefix.is_empty() && !pattern.is_empty() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let here = world
        .services
        .logs
        .groups
        .iter()
        .filter(|((region, name), _)| {
            *region == call.region && name.starts_with(prefix) && name.contains(pattern)
        });
    let told = here.map(|((region, name), group)| {
        let arn = arn(world, region, name);
        let mut told = json!({
            "logGroupName": name,
            "creationTime": milliseconds(group.created),
            "metricFilterCount": group.filters.len(),
            "arn": format!("{arn}:*"),
            "logGroupArn": arn,
            "logGroupClass": group.class,
            "storedBytes": 0,
            "deletionProtectionEnabled": group.protected,
        });
        if let Some(members) = told.as_object_mut() {
            if let Some(days) = group.retention {
                members.insert("retentionInDays".to_owned(), json!(days));
            }
            if let Some(key) = &group.key {
                members.insert("kmsKeyId".to_owned(), json!(key));
            }
        }
        told
    });
    page(call, "logGroups", told)
}

pub(super) fn put_retention(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let days = call.input.get("retentionInDays").and_then(Value::as_u64);
    let days = days.filter(|days| DAYS.contains(days));
    let days = days.ok_or_else(|| invalid("The retentionInDays is not one that can be chosen."))?;
    found(world, call)?.retention = Some(days);
    Ok(json!({}))
}

pub(super) fn delete_retention(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    found(world, call)?.retention = None;
    Ok(json!({}))
}

/// Whether the group of the request is there, for answers that need no more of it.
pub(super) fn exists(world: &World, region: &str, name: &str) -> Result<(), ApiError> {
    let key = (region.to_owned(), name.to_owned());
    match world.services.logs.groups.contains_key(&key) {
        true => Ok(()),
        false => Err(missing("log group")),
    }
}
