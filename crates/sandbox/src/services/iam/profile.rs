//! Instance profiles.

use serde_json::{Value, json};

use super::input::{self, error, missing, needed, quota};
use super::model::Profile;
use super::{names, page, role};
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

const MOST: usize = 1000;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "InstanceProfileName")?;
    let profiles = &world.services.iam.profiles;
    if profiles
        .keys()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        let text = format!("Instance Profile {name} already exists.");
        return Err(error("EntityAlreadyExists", text));
    }
    if profiles.len() >= MOST {
        return Err(quota("InstanceProfilesPerAccount", MOST));
    }
    let propagation = world.services.iam.propagation;
    let profile = Profile {
        name: name.to_owned(),
        path: input::path(call)?,
        created: world.now,
        role: None,
        propagated: world.now.checked_add(propagation).unwrap_or(world.now),
        tags: input::tags(call),
    };
    let told = told(world, &profile);
    let profiles = world.services.iam.profiles_mut();
    profiles.insert(name.to_owned(), profile);
    Ok(json!({"InstanceProfile": told}))
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let profile = found(world, call)?;
    Ok(json!({"InstanceProfile": told(world, profile)}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let prefix = input::text(call, "PathPrefix")?.unwrap_or("/");
    let profiles = world.services.iam.profiles.values();
    let there = profiles.filter(|profile| profile.path.starts_with(prefix));
    page::listing(call, "InstanceProfiles", there.map(|one| told(world, one)))
}

/// Deletes a profile. Instances that have it keep the association.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let profile = found(world, call)?;
    if profile.role.is_some() {
        let text = "Cannot delete entity, must remove roles from instance profile first.";
        return Err(error("DeleteConflict", text));
    }
    let name = profile.name.clone();
    world.services.iam.profiles_mut().remove(&name);
    Ok(json!({}))
}

/// The profile of the request.
pub(super) fn found<'a>(world: &'a World, call: &Call) -> Result<&'a Profile, ApiError> {
    let name = needed(call, "InstanceProfileName")?;
    let profile = world.services.iam.profiles.get(name);
    profile.ok_or_else(|| missing(format!("Instance Profile {name} cannot be found.")))
}

pub(super) fn told(world: &World, profile: &Profile) -> Value {
    let arn = names::arn(world, "instance-profile", &profile.path, &profile.name);
    let held = profile.role.as_deref();
    let roles: Vec<Value> = held
        .map(|name| held_role(world, profile, name))
        .into_iter()
        .collect();
    let mut told = json!({
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": names::unique_id("AIPA", &arn),
        "Arn": arn,
        "CreateDate": to_epoch(profile.created),
        "Roles": roles,
    });
    if let Some(members) = told.as_object_mut().filter(|_| !profile.tags.is_empty()) {
        members.insert("Tags".to_owned(), input::tags_json(&profile.tags));
    }
    told
}

/// The role in a profile. One that is no longer there is still named.
fn held_role(world: &World, profile: &Profile, name: &str) -> Value {
    if let Some(known) = world.services.iam.roles.get(name) {
        return role::short(world, known);
    }
    let arn = names::arn(world, "role", "/", name);
    json!({
        "Path": "/",
        "RoleName": name,
        "RoleId": names::unique_id("AROA", &arn),
        "Arn": arn,
        "CreateDate": to_epoch(profile.created),
    })
}
