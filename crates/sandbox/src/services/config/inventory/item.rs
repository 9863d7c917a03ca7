//! A configuration item: how it is read from the forms in which it is written, and how it is told.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::{epoch, from_epoch, written};
use super::Resource;
use super::configuration::Configuration;
use crate::world::World;

/// The version of the items' form.
const VERSION: &str = "1.3";

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::services::config) enum Status {
    Ok,
    Discovered,
    NotRecorded,
    Deleted,
    DeletedNotRecorded,
}

impl Status {
    const NAMES: [(&'static str, Self); 5] = [
        ("OK", Self::Ok),
        ("ResourceDiscovered", Self::Discovered),
        ("ResourceNotRecorded", Self::NotRecorded),
        ("ResourceDeleted", Self::Deleted),
        ("ResourceDeletedNotRecorded", Self::DeletedNotRecorded),
    ];

    fn parse(text: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(name, _)| *name == text)?;
        Some(found.1)
    }

    pub(super) fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, status)| *status == self);
        found.map_or("OK", |(name, _)| name)
    }

    /// Whether the resource is there, and recorded.
    pub(in crate::services::config) fn is_present(self) -> bool {
        matches!(self, Self::Ok | Self::Discovered)
    }

    /// Whether the resource is gone.
    pub(super) fn is_gone(self) -> bool {
        matches!(self, Self::Deleted | Self::DeletedNotRecorded)
    }
}

/// A configuration item.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::services::config) struct Item {
    pub(in crate::services::config) resource: Resource,
    pub(in crate::services::config) status: Status,
    pub(super) captured: Timestamp,
    pub(super) name: Option<String>,
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) zone: Option<String>,
    pub(super) created: Option<Timestamp>,
    pub(super) version: String,
    pub(super) tags: Map<String, Value>,
    pub(super) relationships: Arc<Vec<Value>>,
    pub(super) supplementary: Map<String, Value>,
    pub(in crate::services::config) configuration: Configuration,
}

impl Item {
    /// An item with nothing but its identity, captured now.
    pub(super) fn blank(world: &World, region: &str, resource: &Resource, arn: String) -> Self {
        Self {
            resource: resource.clone(),
            status: Status::Ok,
            captured: world.now,
            name: None,
            arn,
            account: world.account_id.clone(),
            region: region.to_owned(),
            zone: None,
            created: None,
            version: VERSION.to_owned(),
            tags: Map::new(),
            relationships: Arc::default(),
            supplementary: Map::new(),
            configuration: Value::Null.into(),
        }
    }

    /// The same resource as one that is gone or no longer recorded: nothing is known of it.
    pub(super) fn emptied(&self, status: Status) -> Self {
        Self {
            status,
            zone: None,
            created: None,
            tags: Map::new(),
            relationships: Arc::default(),
            supplementary: Map::new(),
            configuration: Value::Null.into(),
            ..self.clone()
        }
    }

    /// Reads an item in the form of the event or in that of GetResourceConfigHistory. The error
    /// names the member that is missing or wrong.
    pub(super) fn read(world: &World, region: &str, given: &Value) -> Result<Self, &'static str> {
        let text = |names: &[&str]| -> Option<String> {
            let mut values = names.iter().filter_map(|name| given.get(*name));
            values.find_map(Value::as_str).map(str::to_owned)
        };
        let kind = text(&["resourceType"]).ok_or("resourceType")?;
        let id = text(&["resourceId"]).ok_or("resourceId")?;
        let mut item = Self::blank(world, region, &(kind, id), String::new());
        item.arn = text(&["ARN", "arn"]).unwrap_or_default();
        item.name = text(&["resourceName"]);
        item.zone = text(&["availabilityZone"]);
        if let Some(account) = text(&["awsAccountId", "accountId"]) {
            item.account = account;
        }
        if let Some(version) = text(&["configurationItemVersion", "version"]) {
            item.version = version;
        }
        if let Some(status) = text(&["configurationItemStatus"]) {
            item.status = Status::parse(&status).ok_or("configurationItemStatus")?;
        }
        let capture = "configurationItemCaptureTime";
        item.captured = time(given, capture)?.unwrap_or(world.now);
        item.created = time(given, "resourceCreationTime")?;
        item.tags = tags(given)?;
        item.supplementary = object(given, "supplementaryConfiguration")?;
        item.relationships = relationships(given).into();
        item.configuration = configuration(given)?.into();
        Ok(item)
    }

    /// When the item was recorded, in milliseconds: the number of this state.
    fn state_id(&self) -> i64 {
        self.captured.as_millisecond()
    }

    /// The item in the event of a change.
    pub(in crate::services::config) fn event(&self) -> Value {
        let mut told = self.summary();
        if let Some(members) = told.as_object_mut() {
            let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
            put("relatedEvents", json!([]));
            put("relationships", json!(*self.relationships));
            put("configuration", self.configuration.value());
            let supplementary = self.supplementary.clone();
            put("supplementaryConfiguration", Value::Object(supplementary));
            put("tags", Value::Object(self.tags.clone()));
        }
        told
    }

    /// What an oversized notice says of the resource, besides the kind of change.
    pub(in crate::services::config) fn summary(&self) -> Value {
        json!({
            "configurationItemVersion": self.version,
            "configurationItemCaptureTime": written(self.captured),
            "configurationStateId": self.state_id(),
            "awsAccountId": self.account,
            "configurationItemStatus": self.status.name(),
            "resourceType": self.resource.0,
            "resourceId": self.resource.1,
            "resourceName": self.name,
            "ARN": self.arn,
            "awsRegion": self.region,
            "availabilityZone": self.zone,
            "configurationStateMd5Hash": "",
            "resourceCreationTime": self.created.map(written),
        })
    }

    /// The item in the answer of BatchGetResourceConfig; what is not known is left out.
    pub(super) fn base(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("version", json!(self.version));
        put("accountId", json!(self.account));
        put("configurationItemCaptureTime", epoch(self.captured));
        put("configurationItemStatus", json!(self.status.name()));
        put("configurationStateId", json!(self.state_id().to_string()));
        put("arn", json!(self.arn));
        put("resourceType", json!(self.resource.0));
        put("resourceId", json!(self.resource.1));
        put("awsRegion", json!(self.region));
        put("recordingFrequency", json!("CONTINUOUS"));
        if let Some(name) = &self.name {
            put("resourceName", json!(name));
        }
        if let Some(zone) = &self.zone {
            put("availabilityZone", json!(zone));
        }
        if let Some(created) = self.created {
            put("resourceCreationTime", epoch(created));
        }
        if !self.configuration.is_null() {
            put(
                "configuration",
                json!(self.configuration.value().to_string()),
            );
        }
        let texts = self.supplementary.iter().map(|(name, value)| {
            let text = value.as_str().map(str::to_owned);
            let text = text.unwrap_or_else(|| value.to_string());
            (name.clone(), Value::String(text))
        });
        let texts: Map<String, Value> = texts.collect();
        put("supplementaryConfiguration", Value::Object(texts));
        members
    }

    /// The item in the answer of GetResourceConfigHistory.
    pub(super) fn history(&self) -> Value {
        let mut members = self.base();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("configurationItemMD5Hash", json!(""));
        put("tags", Value::Object(self.tags.clone()));
        put("relatedEvents", json!([]));
        let relationships = self.relationships.iter();
        let relationships: Vec<Value> = relationships.map(relationship).collect();
        put("relationships", json!(relationships));
        Value::Object(members)
    }
}

/// A relationship as GetResourceConfigHistory tells it.
fn relationship(event_form: &Value) -> Value {
    let mut told = event_form.clone();
    if let Some(members) = told.as_object_mut() {
        let name = members.remove("name").unwrap_or_default();
        members.insert("relationshipName".to_owned(), name);
        members.retain(|_, value| !value.is_null());
    }
    told
}

/// The relationships in the form of the event.
fn relationships(given: &Value) -> Vec<Value> {
    let list = given.get("relationships").and_then(Value::as_array);
    let of_event = |value: &Value| {
        let mut told = value.clone();
        if let Some(members) = told.as_object_mut()
            && let Some(name) = members.remove("relationshipName")
        {
            members.insert("name".to_owned(), name);
        }
        told
    };
    list.into_iter().flatten().map(of_event).collect()
}

fn time(given: &Value, name: &'static str) -> Result<Option<Timestamp>, &'static str> {
    let time = match given.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => from_epoch(number),
    };
    time.map(Some).ok_or(name)
}

fn object(given: &Value, name: &'static str) -> Result<Map<String, Value>, &'static str> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members.clone()),
        Some(_) => Err(name),
    }
}

/// Tags as they stand in items, or as queries answer them: a list of keys and values.
fn tags(given: &Value) -> Result<Map<String, Value>, &'static str> {
    let Some(list) = given.get("tags").and_then(Value::as_array) else {
        return object(given, "tags");
    };
    let pair = |tag: &Value| {
        let key = tag.get("key")?.as_str()?;
        Some((key.to_owned(), tag.get("value")?.clone()))
    };
    list.iter().map(|tag| pair(tag).ok_or("tags")).collect()
}

fn configuration(given: &Value) -> Result<Value, &'static str> {
    match given.get("configuration") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if text.is_empty() => Ok(Value::Null),
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| "configuration"),
        Some(value) => Ok(value.clone()),
    }
}
