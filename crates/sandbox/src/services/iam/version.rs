//! Versions of managed policies.

use serde_json::{Value, json};

use super::input::{self, error, missing, needed};
use super::model::{Policy, PolicyVersion};
use super::{names, page, policy};
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

const MOST: usize = 5;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let document = policy::checked_document(call)?;
    let as_default = input::flag(call, "SetAsDefault")?;
    let now = world.now;
    let policy = policy::own(world, call)?;
    if policy.versions.len() >= MOST {
        let text = "A managed policy can have up to 5 versions. Before you create a new version, \
                    you must delete an existing version.";
        return Err(error("LimitExceeded", text));
    }
    let number = policy.next;
    let version = PolicyVersion {
        document: document.into(),
        created: now,
    };
    policy.versions.insert(number, version.clone());
    policy.next += 1;
    policy.updated = now;
    if as_default {
        policy.default = number;
    }
    let mut told = told(number, &version, policy.default);
    without_document(&mut told);
    Ok(json!({"PolicyVersion": told}))
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let policy = policy::found(world, call)?;
    let number = number(call, policy)?;
    let version = policy.versions.get(&number);
    let told = version.map(|version| told(number, version, policy.default));
    told.map(|told| json!({"PolicyVersion": told}))
        .ok_or_else(|| unknown(call, policy))
}

/// Listings leave the documents out.
pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let policy = policy::found(world, call)?;
    let newest_first = policy.versions.iter().rev();
    let told = newest_first.map(|(number, version)| {
        let mut told = told(*number, version, policy.default);
        without_document(&mut told);
        told
    });
    page::listing(call, "Versions", told)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let policy = policy::own(world, call)?;
    let number = number(call, policy)?;
    if number == policy.default {
        let text = "Cannot delete the default version of a policy.";
        return Err(error("DeleteConflict", text));
    }
    policy.versions.remove(&number);
    Ok(json!({}))
}

pub(super) fn set_default(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let now = world.now;
    let policy = policy::own(world, call)?;
    policy.default = number(call, policy)?;
    policy.updated = now;
    Ok(json!({}))
}

/// The number of the version that the request names, which is there.
fn number(call: &Call, policy: &Policy) -> Result<u32, ApiError> {
    let id = needed(call, "VersionId")?;
    let number = id.strip_prefix('v').and_then(|number| number.parse().ok());
    let number = number.filter(|number| policy.versions.contains_key(number));
    number.ok_or_else(|| unknown(call, policy))
}

fn unknown(call: &Call, policy: &Policy) -> ApiError {
    let id = call.input.get("VersionId").and_then(Value::as_str);
    missing(format!(
        "Policy {} version {} does not exist or is not attachable.",
        policy.arn,
        id.unwrap_or_default()
    ))
}

pub(super) fn told(number: u32, version: &PolicyVersion, default: u32) -> Value {
    json!({
        "Document": names::encoded(&version.document),
        "VersionId": format!("v{number}"),
        "IsDefaultVersion": number == default,
        "CreateDate": to_epoch(version.created),
    })
}

fn without_document(told: &mut Value) {
    if let Some(members) = told.as_object_mut() {
        members.remove("Document");
    }
}
