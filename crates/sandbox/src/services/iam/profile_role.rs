//! The role in an instance profile.

use serde_json::{Value, json};

use super::input::{missing, needed, quota};
use super::{page, profile, role};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn add(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = profile::found(world, call)?.name.clone();
    let role = role::changeable(world, call)?.name.clone();
    let profile = world.services.iam.profiles_mut().get_mut(&name);
    match profile.map(|profile| &mut profile.role) {
        Some(held) if held.is_none() => *held = Some(role),
        _ => return Err(quota("InstanceSessionsPerInstanceProfile", 1)),
    }
    Ok(json!({}))
}

pub(super) fn remove(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = profile::found(world, call)?.name.clone();
    let role = needed(call, "RoleName")?;
    let profile = world.services.iam.profiles_mut().get_mut(&name);
    match profile.map(|profile| &mut profile.role) {
        Some(held) if held.as_deref() == Some(role) => *held = None,
        _ => {
            let text = format!("Role {role} in Instance Profile {name} cannot be found.");
            return Err(missing(text));
        }
    }
    Ok(json!({}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let role = role::found(world, call)?;
    let profiles = world.services.iam.profiles_of(&role.name);
    let told = profiles.map(|one| profile::told(world, one));
    page::listing(call, "InstanceProfiles", told)
}
