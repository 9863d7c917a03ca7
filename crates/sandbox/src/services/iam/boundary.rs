//! Permissions boundaries of roles.

use serde_json::{Value, json};

use super::input::{missing, needed};
use super::{policy, role};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "PermissionsBoundary")?;
    role::found(world, call)?;
    check(world, arn)?;
    role::changeable(world, call)?.boundary = Some(arn.to_owned());
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let role = role::changeable(world, call)?;
    let name = role.name.clone();
    match role.boundary.take() {
        Some(_) => Ok(json!({})),
        None => {
            let text = format!("The role with name {name} does not have a permissions boundary.");
            Err(missing(text))
        }
    }
}

/// Whether the ARN is one of a policy that is there.
pub(super) fn check(world: &World, arn: &str) -> Result<(), ApiError> {
    policy::check_arn(arn)?;
    match world.services.iam.policies.contains_key(arn) {
        true => Ok(()),
        false => {
            let text = format!("Scope ARN: {arn} does not exist or is not attachable.");
            Err(missing(text))
        }
    }
}

/// The boundary as the API answers it.
pub(super) fn told(arn: &str) -> Value {
    json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn})
}
