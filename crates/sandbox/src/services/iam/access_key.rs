//! Access keys of users.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::input::{error, missing, needed, quota, text};
use super::{names, page, user};
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

/// Keys of one user.
const MOST: usize = 2;

/// A long-term key.
#[derive(Debug, Clone)]
pub(crate) struct AccessKey {
    pub(super) id: String,
    pub(super) active: bool,
    pub(super) created: Timestamp,
}

impl AccessKey {
    fn told(&self, user: &str) -> Value {
        let status = if self.active { "Active" } else { "Inactive" };
        json!({
            "UserName": user,
            "AccessKeyId": self.id,
            "Status": status,
            "CreateDate": to_epoch(self.created),
        })
    }
}

/// Answers the operations on access keys; nothing for any other operation.
pub(super) fn route(world: &mut World, call: &Call) -> Option<Result<Value, ApiError>> {
    Some(match call.operation.as_str() {
        "CreateAccessKey" => create(world, call),
        "ListAccessKeys" => list(world, call),
        "UpdateAccessKey" => update(world, call),
        "DeleteAccessKey" => delete(world, call),
        "GetAccessKeyLastUsed" => last_used(world, call),
        _ => return None,
    })
}

/// The user's name; the caller is a role, which has no keys of its own.
fn owner(call: &Call) -> Result<&str, ApiError> {
    text(call, "UserName")?.ok_or_else(|| {
        let text = "Must specify userName when calling with non-User credentials";
        error("ValidationError", text)
    })
}

fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = owner(call)?;
    let now = world.now;
    let made = world.services.iam.keys_made + 1;
    let user = user::edit(world, name)?;
    if user.keys.len() >= MOST {
        return Err(quota("AccessKeysPerUser", MOST));
    }
    // ids begin with AKIA and have 20 letters
    let id = format!(
        "{:.20}",
        names::unique_id("AKIA", &format!("{name}/{made}"))
    );
    let key = AccessKey {
        id,
        active: true,
        created: now,
    };
    let mut told = key.told(name);
    if let Some(members) = told.as_object_mut() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        members.insert("SecretAccessKey".to_owned(), json!(secret));
    }
    user.keys.push(key);
    world.services.iam.keys_made = made;
    Ok(json!({"AccessKey": told}))
}

fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let user = user::named(world, owner(call)?)?;
    let told = user.keys.iter().map(|key| key.told(&user.name));
    page::listing(call, "AccessKeyMetadata", told)
}

fn unknown(id: &str) -> ApiError {
    missing(format!("The Access Key with id {id} cannot be found."))
}

fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = needed(call, "AccessKeyId")?;
    let active = match needed(call, "Status")? {
        "Active" => true,
        "Inactive" => false,
        other => {
            let text = format!(
                "1 validation error detected: Value '{other}' at 'status' failed to satisfy \
                 constraint: Member must satisfy enum value set: [Active, Inactive]"
            );
            return Err(error("ValidationError", text));
        }
    };
    let user = user::edit(world, owner(call)?)?;
    let key = user.keys.iter_mut().find(|key| key.id == id);
    key.ok_or_else(|| unknown(id))?.active = active;
    Ok(json!({}))
}

fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = needed(call, "AccessKeyId")?;
    let user = user::edit(world, owner(call)?)?;
    let before = user.keys.len();
    user.keys.retain(|key| key.id != id);
    match user.keys.len() == before {
        true => Err(unknown(id)),
        false => Ok(json!({})),
    }
}

/// Whose key it is; no use is recorded.
fn last_used(world: &World, call: &Call) -> Result<Value, ApiError> {
    let id = needed(call, "AccessKeyId")?;
    let mut users = world.services.iam.users.values();
    let owner = users.find(|user| user.keys.iter().any(|key| key.id == id));
    let Some(owner) = owner else {
        return Err(error(
            "AccessDenied",
            format!("The access key {id} is not known."),
        ));
    };
    Ok(json!({
        "UserName": owner.name,
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    }))
}
