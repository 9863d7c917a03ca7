//! Remediation exceptions: resources that automatic remediation leaves alone.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::input::{Input, invalid};
use super::super::page::{answer, page};
use super::super::{epoch, from_epoch};
use super::{Key, Resource, is_non_compliant, needed, no_such_rule, resources, rule_of};
use crate::call::{ApiError, Call};
use crate::world::World;

const MEMBERS: (&str, &str) = ("ResourceType", "ResourceId");

/// Why a resource is left alone, and until when.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) message: Option<String>,
    pub(super) expires: Option<Timestamp>,
}

/// Removes the exceptions whose time is over.
pub(super) fn expire(world: &mut World) {
    let now = world.now;
    let exceptions = &mut world.services.config.remediations.exceptions;
    exceptions.retain(|_, exception| exception.expires.is_none_or(|end| end > now));
}

fn told(key: &Key, resource: &Resource, exception: &Exception) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("ConfigRuleName", json!(key.1));
    put("ResourceType", json!(resource.0));
    put("ResourceId", json!(resource.1));
    if let Some(text) = &exception.message {
        put("Message", json!(text));
    }
    if let Some(end) = exception.expires {
        put("ExpirationTime", epoch(end));
    }
    Value::Object(members)
}

/// Only what is NON_COMPLIANT gets an exception; the rest comes back as failed.
pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let key = rule_of(&input, call)?;
    let wanted = needed(resources(&input, MEMBERS, 1024)?, &input)?;
    let message = input.text("Message", 1, 1024)?.map(str::to_owned);
    let expires = input
        .value("ExpirationTime")
        .map(|value| from_epoch(value).ok_or_else(|| invalid("ExpirationTime must be a time")));
    let expires = expires.transpose()?;
    if expires.is_some_and(|end| end <= world.now) {
        return Err(invalid("ExpirationTime must be in the future"));
    }
    if !world.services.config.rules.contains_key(&key) {
        return Err(no_such_rule(&key.1));
    }
    let exception = Exception { message, expires };
    let (good, bad): (Vec<_>, Vec<_>) = wanted
        .into_iter()
        .partition(|resource| is_non_compliant(world, &key, resource));
    for resource in good {
        let exceptions = &mut world.services.config.remediations.exceptions;
        exceptions.insert((key.clone(), resource), exception.clone());
    }
    let failed: Vec<Value> = bad
        .iter()
        .map(|resource| told(&key, resource, &exception))
        .collect();
    let text = "Remediation exceptions can only be placed on resources that are NON_COMPLIANT";
    Ok(batches(failed, text))
}

fn batches(failed: Vec<Value>, why: &str) -> Value {
    if failed.is_empty() {
        return json!({"FailedBatches": []});
    }
    json!({"FailedBatches": [{"FailureMessage": why, "FailedItems": failed}]})
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let key = rule_of(&input, call)?;
    let wanted = resources(&input, MEMBERS, 1024)?;
    let size = input.limit("Limit", 100)?.filter(|size| *size > 0);
    let token = input.text("NextToken", 0, usize::MAX)?;
    if !world.services.config.rules.contains_key(&key) {
        return Err(no_such_rule(&key.1));
    }
    let all = &world.services.config.remediations.exceptions;
    let asked = |resource| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.contains(resource))
    };
    let found = all
        .iter()
        .filter(|((of, resource), _)| *of == key && asked(resource))
        .map(|((_, resource), exception)| told(&key, resource, exception))
        .collect();
    let page = page(&call.operation, found, token, size.unwrap_or(25))?;
    Ok(answer("RemediationExceptions", page))
}

/// The resource can be remediated again, from its next NON_COMPLIANT evaluation on.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let key = rule_of(&input, call)?;
    let wanted = needed(resources(&input, MEMBERS, 1024)?, &input)?;
    let remediations = &mut world.services.config.remediations;
    let mut failed = Vec::new();
    let count = wanted.len();
    for resource in wanted {
        let place = (key.clone(), resource);
        remediations.failures.remove(&place);
        if remediations.exceptions.remove(&place).is_none() {
            let (kind, id) = place.1;
            failed.push(json!({"ResourceType": kind, "ResourceId": id}));
        }
    }
    let text = "You tried to delete a remediation exception that does not exist.";
    if failed.len() == count {
        return Err(ApiError::new("NoSuchRemediationExceptionException", text));
    }
    Ok(batches(failed, text))
}
