//! Roles.

use serde_json::{Value, json};

use super::input::{self, error, missing, needed, quota};
use super::model::Role;
use super::{boundary, document, names, page};
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

const MOST_ROLES: usize = 1000;
const LONGEST_TRUST: usize = 2048;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "RoleName")?;
    let trust = needed(call, "AssumeRolePolicyDocument")?;
    check_trust(trust)?;
    let boundary = input::text(call, "PermissionsBoundary")?;
    if let Some(arn) = boundary {
        boundary::check(world, arn)?;
    }
    let roles = &world.services.iam.roles;
    if roles.keys().any(|known| known.eq_ignore_ascii_case(name)) {
        let text = format!("Role with name {name} already exists.");
        return Err(error("EntityAlreadyExists", text));
    }
    if roles.len() >= MOST_ROLES {
        return Err(quota("RolesPerAccount", MOST_ROLES));
    }
    let role = Role {
        name: name.to_owned(),
        path: input::path(call)?,
        created: world.now,
        trust: trust.to_owned(),
        description: input::text(call, "Description")?.map(str::to_owned),
        max_session: input::number(call, "MaxSessionDuration").unwrap_or(3600),
        boundary: boundary.map(str::to_owned),
        inline: Default::default(),
        attached: Vec::new(),
        tags: input::tags(call),
    };
    let told = full(world, &role);
    let roles = world.services.iam.roles_mut();
    roles.insert(name.to_owned(), role);
    Ok(json!({"Role": told}))
}

fn check_trust(trust: &str) -> Result<(), ApiError> {
    document::check_trust(trust)?;
    match document::length(trust) > LONGEST_TRUST {
        true => Err(quota("ACLSizePerRole", LONGEST_TRUST)),
        false => Ok(()),
    }
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let role = found(world, call)?;
    let mut told = full(world, role);
    if let Some(members) = told.as_object_mut() {
        members.insert("RoleLastUsed".to_owned(), json!({}));
    }
    Ok(json!({"Role": told}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let prefix = input::text(call, "PathPrefix")?.unwrap_or("/");
    let roles = world.services.iam.roles.values();
    let told = roles
        .filter(|role| role.path.starts_with(prefix))
        .map(|role| {
            let mut told = short(world, role);
            add_settings(&mut told, role);
            told
        });
    page::listing(call, "Roles", told)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = changeable(world, call)?.name.clone();
    let role = found(world, call)?;
    let conflict = if world.services.iam.profiles_of(&name).next().is_some() {
        "must remove roles from instance profile first."
    } else if !role.attached.is_empty() {
        "must detach all policies first."
    } else if !role.inline.is_empty() {
        "must delete policies first."
    } else {
        world.services.iam.roles_mut().remove(&name);
        return Ok(json!({}));
    };
    let text = format!("Cannot delete entity, {conflict}");
    Err(error("DeleteConflict", text))
}

pub(super) fn update_trust(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let trust = needed(call, "PolicyDocument")?;
    check_trust(trust)?;
    changeable(world, call)?.trust = trust.to_owned();
    Ok(json!({}))
}

/// The role of the request.
pub(super) fn found<'a>(world: &'a World, call: &Call) -> Result<&'a Role, ApiError> {
    let name = needed(call, "RoleName")?;
    let role = world.services.iam.roles.get(name);
    role.ok_or_else(|| missing(format!("The role with name {name} cannot be found.")))
}

/// The role of the request, to change it. A service's own roles are changed by the service only.
pub(super) fn changeable<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Role, ApiError> {
    let role = found(world, call)?;
    let name = role.name.clone();
    if role.path.starts_with("/aws-service-role/") {
        let text = format!(
            "Cannot perform the operation on the protected role '{name}' - this role is only \
             modifiable by AWS"
        );
        return Err(error("UnmodifiableEntity", text));
    }
    let role = world.services.iam.roles_mut().get_mut(&name);
    role.ok_or_else(|| missing(format!("The role with name {name} cannot be found.")))
}

/// The role as other answers name it.
pub(super) fn short(world: &World, role: &Role) -> Value {
    let arn = names::arn(world, "role", &role.path, &role.name);
    json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": names::unique_id("AROA", &arn),
        "Arn": arn,
        "CreateDate": to_epoch(role.created),
        "AssumeRolePolicyDocument": names::encoded(&role.trust),
    })
}

fn add_settings(told: &mut Value, role: &Role) {
    let Some(members) = told.as_object_mut() else {
        return;
    };
    let duration = json!(role.max_session);
    members.insert("MaxSessionDuration".to_owned(), duration);
    if let Some(description) = &role.description {
        members.insert("Description".to_owned(), json!(description));
    }
}

/// The role as CreateRole and GetRole answer it; listings leave out boundary and tags.
fn full(world: &World, role: &Role) -> Value {
    let mut told = short(world, role);
    add_settings(&mut told, role);
    let Some(members) = told.as_object_mut() else {
        return told;
    };
    if let Some(arn) = &role.boundary {
        members.insert("PermissionsBoundary".to_owned(), boundary::told(arn));
    }
    if !role.tags.is_empty() {
        members.insert("Tags".to_owned(), input::tags_json(&role.tags));
    }
    told
}
