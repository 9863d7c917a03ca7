//! The bucket's lifecycle configuration. Rules are kept as given; nothing expires by itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::s3::access::{admit, edit, read};
use crate::services::s3::input::{invalid_argument, malformed_xml, optional, structure, with};
use crate::world::World;

const MOST_RULES: usize = 1_000;
const ACTIONS: [&str; 5] = [
    "Expiration",
    "Transitions",
    "NoncurrentVersionTransitions",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
];

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:GetLifecycleConfiguration", None)?;
    match &read(world, &name)?.lifecycle {
        Some(rules) => Ok(json!({
            "Rules": rules,
            "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
        })),
        None => Err(ApiError::new(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        )
        .with_status(404)),
    }
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:PutLifecycleConfiguration", None)?;
    let configuration = structure(&call.input, "LifecycleConfiguration")?;
    let rules = configuration.get("Rules").and_then(Value::as_array);
    let mut rules = rules.ok_or_else(malformed_xml)?.clone();
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(malformed_xml());
    }
    let mut ids = BTreeSet::new();
    for (number, rule) in rules.iter_mut().enumerate() {
        check_rule(rule)?;
        if optional(rule, "ID").is_none_or(str::is_empty) {
            *rule = with(rule.take(), "ID", Some(format!("rule-{}", number + 1)));
        }
        if !ids.insert(optional(rule, "ID").map(str::to_owned)) {
            let text = "Rule ID must be unique. Found same ID for more than one rule";
            return Err(invalid_argument(text));
        }
    }
    edit(world, &name)?.lifecycle = Some(rules);
    Ok(json!({"TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:PutLifecycleConfiguration", None)?;
    edit(world, &name)?.lifecycle = None;
    Ok(json!({}))
}

fn check_rule(rule: &Value) -> Result<(), ApiError> {
    if !matches!(optional(rule, "Status"), Some("Enabled" | "Disabled")) {
        return Err(malformed_xml());
    }
    let filter = rule.get("Filter").is_some_and(Value::is_object);
    let prefix = rule.get("Prefix").is_some_and(Value::is_string);
    if filter == prefix {
        return Err(malformed_xml());
    }
    if optional(rule, "ID").is_some_and(|id| id.chars().count() > 255) {
        let text = "ID length should not exceed allowed limit of 255";
        return Err(invalid_argument(text));
    }
    if !ACTIONS.iter().any(|action| rule.get(*action).is_some()) {
        let text = "At least one action needs to be specified in a rule";
        return Err(ApiError::new("InvalidRequest", text));
    }
    let days = rule.get("Expiration").and_then(|e| e.get("Days"));
    if days.is_some_and(|days| days.as_i64().is_none_or(|n| n < 1)) {
        let text = "'Days' for Expiration action must be a positive integer";
        return Err(invalid_argument(text));
    }
    Ok(())
}
