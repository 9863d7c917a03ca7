//! The resources that are known: ListDiscoveredResources and GetDiscoveredResourceCounts.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::super::epoch;
use super::super::input::Input;
use super::super::page::{after, first_page, page};
use super::read::resource_type;
use super::{Item, need_recorder};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn discovered(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let kind = resource_type(&input, "resourceType")?;
    let ids = input.texts("resourceIds", 0, usize::MAX, 768)?;
    let name = input.text("resourceName", 0, usize::MAX)?;
    let size = input.limit("limit", 100)?.filter(|size| *size > 0);
    let gone_too = input.flag("includeDeletedResources")?;
    let token = input.text("nextToken", 0, usize::MAX)?;
    if ids.len() > 20 {
        return Err(invalid("You can specify at most 20 resource IDs"));
    }
    if !ids.is_empty() && name.is_some() {
        let text = "You cannot specify both resource IDs and a resource name in the same request";
        return Err(invalid(text));
    }
    need_recorder(world, &call.region)?;
    let start = after(&call.operation, token)?;
    let start = start.unwrap_or(Bound::Included((kind.to_owned(), String::new())));
    let all = world
        .services
        .config
        .inventory
        .last_items(&call.region, start);
    let of_kind = all.take_while(|((of, _), _)| of == kind);
    let found = of_kind.filter(|((_, id), item)| {
        let named = name.is_none_or(|name| item.name.as_deref() == Some(name));
        let there = item.status.is_present() || gone_too && item.status.is_gone();
        named && there && (ids.is_empty() || ids.contains(&id.as_str()))
    });
    let told = found.map(|(resource, item)| (resource, identifier(item)));
    let (found, next) = first_page(&call.operation, told, size.unwrap_or(100));
    Ok(answer("resourceIdentifiers", found, next))
}

fn identifier(item: &Item) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("resourceType", json!(item.resource.0));
    put("resourceId", json!(item.resource.1));
    if let Some(name) = &item.name {
        put("resourceName", json!(name));
    }
    if item.status.is_gone() {
        put("resourceDeletionTime", epoch(item.captured));
    }
    Value::Object(members)
}

pub(super) fn counts(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let kinds = input.texts("resourceTypes", 0, 20, 256)?;
    let size = input.limit("limit", 100)?.filter(|size| *size > 0);
    let token = input.text("nextToken", 0, usize::MAX)?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let inventory = &world.services.config.inventory;
    for ((kind, _), _) in inventory.present(&call.region, Bound::Unbounded) {
        if kinds.is_empty() || kinds.contains(&kind.as_str()) {
            *counts.entry(kind).or_default() += 1;
        }
    }
    let total: u64 = counts.values().sum();
    let told = |(kind, count): (&str, u64)| json!({"resourceType": kind, "count": count});
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told = counts.into_iter().map(told).collect();
    let (found, next) = page(&call.operation, told, token, size.unwrap_or(100))?;
    let mut told = answer("resourceCounts", found, next);
    if let Some(members) = told.as_object_mut() {
        members.insert("totalDiscoveredResources".to_owned(), json!(total));
    }
    Ok(told)
}

/// `{name: items}` with the token where there is one; these operations write it small.
fn answer(name: &str, items: Vec<Value>, next: Option<String>) -> Value {
    let mut members = Map::new();
    members.insert(name.to_owned(), Value::Array(items));
    if let Some(token) = next {
        members.insert("nextToken".to_owned(), Value::String(token));
    }
    Value::Object(members)
}

fn invalid(text: &str) -> ApiError {
    ApiError::new("ValidationException", text)
}
