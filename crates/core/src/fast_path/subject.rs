//! What a call is about.

use serde_json::Value;

use super::envelope::ApiCall;
use super::profile::EventProfile;
use super::table::{Concerns, Handler, events};
use crate::identity::Arn;

/// An instance that an event names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventInstance {
    /// Its id.
    pub id: String,
    /// Its profile, as the event has it: for want of the instance's state.
    pub profile: EventProfile,
}

/// What a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// These instances.
    Instances(Vec<EventInstance>),
    /// The role of this name.
    Role(String),
    /// This managed policy.
    Policy(Arn),
    /// The instance profile of this name.
    Profile(String),
    /// What else the call names: a trail, a bucket, a function.
    Named(Vec<String>),
    /// A call that changes no permission.
    NoEffect,
    /// The event does not say. CloudTrail leaves out parameters that are too long, which an
    /// intruder can bring about.
    Unnamed,
}

impl Subject {
    /// What `call` is about, which `handler` deals with.
    pub fn of(handler: Handler, call: &ApiCall) -> Self {
        let named = |name, subject: fn(String) -> Self| {
            text(&call.request, name).map_or(Self::Unnamed, subject)
        };
        match handler {
            Handler::LaunchedInstances => instances(launched(call)),
            Handler::ProfileAssociation => instances(associated(call)),
            Handler::Role => named("roleName", Self::Role),
            Handler::InstanceProfile => named("instanceProfileName", Self::Profile),
            Handler::ManagedPolicy => policy(call),
            _ => match call.row().map(|row| row.names(call)) {
                Some(names) if !names.is_empty() => Self::Named(names),
                _ => Self::Unnamed,
            },
        }
    }

    /// The type of resource that `handler` deals with, in AWS Config's words: that of its first
    /// row.
    pub fn resource_type(handler: Handler) -> &'static str {
        let mut rows = events().filter(|row| row.handler == handler);
        rows.next().map_or("", |row| row.resource_type)
    }

    /// The name by which `call` asked for its subject, also where it was refused: of an instance
    /// the id, else that of the association; empty where the event names none.
    pub fn asked_for(handler: Handler, call: &ApiCall) -> String {
        let own = match handler {
            _ if handler.concerns() != Concerns::Instances => {
                let names = call.row().map(|row| row.names(call));
                names.map(|names| names.join(", "))
            }
            Handler::ProfileAssociation => {
                let request = unwrapped(&call.request, &call.event_name, "Request");
                text(request, "instanceId").or_else(|| text(request, "associationId"))
            }
            Handler::Role => text(&call.request, "roleName"),
            Handler::ManagedPolicy => text(&call.request, "policyArn"),
            Handler::InstanceProfile => text(&call.request, "instanceProfileName"),
            _ => None,
        };
        own.unwrap_or_default()
    }
}

fn instances(found: Vec<EventInstance>) -> Subject {
    if found.is_empty() {
        Subject::Unnamed
    } else {
        Subject::Instances(found)
    }
}

/// Every instance of the answer. The answer holds the profile also where the caller named it
/// otherwise; the request decides for an answer without one, unless a launch template can.
fn launched(call: &ApiCall) -> Vec<EventInstance> {
    let items = call.response.pointer("/instancesSet/items");
    let asked = EventProfile::read(&call.request).unwrap_or_else(|| {
        match field(&call.request, "launchTemplate") {
            Some(_) => EventProfile::Unknown,
            // A request that CloudTrail left out says nothing.
            None if !call.request.is_object() => EventProfile::Unknown,
            None => EventProfile::None,
        }
    });
    let instance = |item: &Value| {
        Some(EventInstance {
            id: text(item, "instanceId")?,
            profile: EventProfile::read(item).unwrap_or_else(|| asked.clone()),
        })
    };
    let items = items.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(instance).collect()
}

/// The one instance whose association changed. EC2's parameters stand in a wrapper of the
/// operation's name.
fn associated(call: &ApiCall) -> Vec<EventInstance> {
    let request = unwrapped(&call.request, &call.event_name, "Request");
    let response = unwrapped(&call.response, &call.event_name, "Response");
    let association = field(response, "iamInstanceProfileAssociation").unwrap_or(&Value::Null);
    let Some(id) = text(association, "instanceId").or_else(|| text(request, "instanceId")) else {
        return Vec::new();
    };
    let profile = if call.event_name.starts_with("Disassociate") {
        EventProfile::None
    } else {
        let told = [association, request]
            .into_iter()
            .find_map(EventProfile::read);
        told.unwrap_or(EventProfile::Unknown)
    };
    vec![EventInstance { id, profile }]
}

/// A new version changes permissions only when it is put in force. Where the event does not say
/// it is looked at.
fn policy(call: &ApiCall) -> Subject {
    let is_default = field(&call.request, "setAsDefault").and_then(flag);
    let arn = text(&call.request, "policyArn").and_then(|arn| arn.parse().ok());
    // Parameters that are too long are left out and an object that says so stands for them.
    let is_made = call.event_name == "CreatePolicyVersion" && arn.is_some();
    if is_made && is_default != Some(true) {
        return Subject::NoEffect;
    }
    arn.map_or(Subject::Unnamed, Subject::Policy)
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// `value.NAMEEnd`, else the value itself.
fn unwrapped<'a>(value: &'a Value, name: &str, end: &str) -> &'a Value {
    field(value, &format!("{name}{end}")).unwrap_or(value)
}

/// A field by its name in any letter case (EC2's differs inside and outside of wrappers); none
/// where it is null.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let fields = value.as_object()?;
    let is_meant = |(key, _): &(&String, &Value)| key.eq_ignore_ascii_case(name);
    let found = fields.get(name).or_else(|| {
        let mut alike = fields.iter().filter(is_meant);
        alike.next().map(|(_, value)| value)
    });
    found.filter(|value| !value.is_null())
}

/// A field's text, if it is one and not empty.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    let text = field(value, name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}
