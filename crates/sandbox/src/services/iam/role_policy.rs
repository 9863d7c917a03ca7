//! Inline policies of roles.

use serde_json::{Value, json};

use super::input::{error, missing, needed};
use super::{document, names, page, role};
use crate::call::{ApiError, Call};
use crate::world::World;

/// All inline policies of a role together.
const LONGEST: usize = 10_240;

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "PolicyName")?;
    let text = needed(call, "PolicyDocument")?;
    role::found(world, call)?;
    document::check_identity(text)?;
    let role = role::changeable(world, call)?;
    let others = role.inline.iter().filter(|(known, _)| *known != name);
    let others: usize = others.map(|(_, text)| document::length(text)).sum();
    if others + document::length(text) > LONGEST {
        let text = format!(
            "Maximum policy size of {LONGEST} bytes exceeded for role {}",
            role.name
        );
        return Err(error("LimitExceeded", text));
    }
    role.inline.insert(name.to_owned(), text.to_owned());
    Ok(json!({}))
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "PolicyName")?;
    let role = role::found(world, call)?;
    let document = role.inline.get(name).ok_or_else(|| unknown(name))?;
    Ok(json!({
        "RoleName": role.name,
        "PolicyName": name,
        "PolicyDocument": names::encoded(document),
    }))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let role = role::found(world, call)?;
    let names = role.inline.keys().map(|name| json!(name));
    page::listing(call, "PolicyNames", names)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "PolicyName")?;
    let role = role::changeable(world, call)?;
    let gone = role.inline.remove(name);
    gone.map(|_| json!({})).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    missing(format!("The role policy with name {name} cannot be found."))
}
