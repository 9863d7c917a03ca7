//! Properties of a resource: how a path finds them, and how they make a row.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value, json};

use super::super::Item;
use crate::services::config::written;

/// The properties of the first level.
const FIRST: [&str; 16] = [
    "accountId",
    "arn",
    "availabilityZone",
    "awsRegion",
    "configuration",
    "configurationItemCaptureTime",
    "configurationItemStatus",
    "configurationStateId",
    "relationships",
    "resourceCreationTime",
    "resourceId",
    "resourceName",
    "resourceType",
    "supplementaryConfiguration",
    "tags",
    "version",
];

/// The name of a property: `configuration.state.name`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    first: String,
    rest: Vec<String>,
}

impl Path {
    /// A property of the first level.
    pub(super) fn of(name: &str) -> Self {
        Self {
            first: name.to_owned(),
            rest: Vec::new(),
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut names = text.split('.').map(str::to_owned);
        let first = names.next().unwrap_or_default();
        let rest: Vec<String> = names.collect();
        let deep = [
            "configuration",
            "relationships",
            "supplementaryConfiguration",
            "tags",
        ];
        let known = FIRST.contains(&first.as_str());
        if !known
            || rest.iter().any(String::is_empty)
            || !rest.is_empty() && !deep.contains(&first.as_str())
        {
            return Err(format!("the property {text} does not exist"));
        }
        Ok(Self { first, rest })
    }

    /// The property of an item within the structures that hold it, nothing if it has no value.
    pub(super) fn cut(&self, item: &Item) -> Option<Value> {
        let (value, rest) = self.start(item)?;
        let mut found = cut(&value, rest)?;
        let above = self.rest.len().saturating_sub(rest.len());
        let above = self.rest.iter().take(above).rev();
        for name in above.chain([&self.first]) {
            found = Value::Object(Map::from_iter([(name.clone(), found)]));
        }
        Some(found)
    }

    /// The value where the search for the property starts, and the rest of the path. It starts
    /// within the configuration, which would have to be put together to start with it.
    fn start<'a>(&self, item: &'a Item) -> Option<(Cow<'a, Value>, &[String])> {
        match self.rest.split_first() {
            Some((name, rest)) if self.first == "configuration" => {
                Some((Cow::Borrowed(item.configuration.member(name)?), rest))
            }
            _ => Some((first(item, &self.first)?, &self.rest)),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first)?;
        self.rest.iter().try_for_each(|name| write!(f, ".{name}"))
    }
}

fn first<'a>(item: &'a Item, name: &str) -> Option<Cow<'a, Value>> {
    let text = |text: &str| Some(Cow::Owned(Value::from(text)));
    match name {
        "accountId" => text(&item.account),
        "arn" => text(&item.arn),
        "availabilityZone" => text(item.zone.as_deref()?),
        "awsRegion" => text(&item.region),
        "configuration" => Some(Cow::Owned(item.configuration.value())),
        "configurationItemCaptureTime" => text(&written(item.captured)),
        "configurationItemStatus" => text(item.status.name()),
        "configurationStateId" => text(&item.captured.as_millisecond().to_string()),
        "relationships" => Some(Cow::Owned(json!(*item.relationships))),
        "resourceCreationTime" => text(&written(item.created?)),
        "resourceId" => text(&item.resource.1),
        "resourceName" => text(item.name.as_deref()?),
        "resourceType" => text(&item.resource.0),
        "supplementaryConfiguration" => Some(Cow::Owned(Value::Object(item.supplementary.clone()))),
        "tags" => Some(Cow::Owned(tags(item))),
        _ => text(&item.version),
    }
}

/// The tags as queries know them: `key`, `value`, and `tag`, which is both.
fn tags(item: &Item) -> Value {
    let tag = |(key, value): (&String, &Value)| {
        let value = value.as_str().unwrap_or_default();
        json!({"key": key, "value": value, "tag": format!("{key}={value}")})
    };
    item.tags.iter().map(tag).collect()
}

/// The part of `value` that a path names, within its structures; in a list, of each member.
fn cut(value: &Value, path: &[String]) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    let Some((name, rest)) = path.split_first() else {
        return Some(value.clone());
    };
    match value {
        Value::Object(members) => {
            let inner = cut(members.get(name)?, rest)?;
            Some(Value::Object(Map::from_iter([(name.clone(), inner)])))
        }
        Value::Array(items) => {
            let parts = items.iter().map(|item| cut(item, path));
            Some(
                parts
                    .map(|part| part.unwrap_or_else(|| json!({})))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// Adds one property to a row that holds others.
pub(super) fn merge(row: &mut Value, found: Value) {
    match (row, found) {
        (Value::Object(row), Value::Object(found)) => {
            for (name, value) in found {
                merge(row.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(row), Value::Array(found)) if row.len() == found.len() => {
            for (place, value) in row.iter_mut().zip(found) {
                merge(place, value);
            }
        }
        (row, found) => *row = found,
    }
}

/// The values of a property as texts: several where there are lists on the way to it.
pub(super) fn scalars(item: &Item, path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    if let Some((value, rest)) = path.start(item) {
        collect(&value, rest, &mut found);
    }
    found
}

fn collect(value: &Value, path: &[String], found: &mut Vec<String>) {
    match (value, path.split_first()) {
        (Value::Array(items), _) => {
            for item in items {
                collect(item, path, found);
            }
        }
        (Value::Object(members), Some((name, rest))) => {
            if let Some(value) = members.get(name) {
                collect(value, rest, found);
            }
        }
        (Value::String(text), None) => found.push(text.clone()),
        (Value::Bool(_) | Value::Number(_), None) => found.push(value.to_string()),
        _ => {}
    }
}
