//! Managed policies attached to roles.

use serde_json::{Value, json};

use super::input::{missing, needed, quota, text};
use super::{page, policy, role};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Managed policies on one role, as long as nobody asked AWS for more.
pub(super) const MOST: usize = 10;

pub(super) fn attach(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "PolicyArn")?;
    policy::check_arn(arn)?;
    role::found(world, call)?;
    if !world.services.iam.policies.contains_key(arn) {
        let text = format!("Policy {arn} does not exist or is not attachable.");
        return Err(missing(text));
    }
    let role = role::changeable(world, call)?;
    if role.attached.iter().any(|known| known == arn) {
        return Ok(json!({}));
    }
    if role.attached.len() >= MOST {
        return Err(quota("PoliciesPerRole", MOST));
    }
    role.attached.push(arn.to_owned());
    Ok(json!({}))
}

pub(super) fn detach(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "PolicyArn")?;
    policy::check_arn(arn)?;
    let role = role::changeable(world, call)?;
    let before = role.attached.len();
    role.attached.retain(|known| known != arn);
    match role.attached.len() == before {
        true => Err(policy::unknown(arn)),
        false => Ok(json!({})),
    }
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let prefix = text(call, "PathPrefix")?.unwrap_or("/");
    let role = role::found(world, call)?;
    let there = |arn: &&String| {
        let policy = world.services.iam.policies.get(*arn);
        policy.is_none_or(|policy| policy.path.starts_with(prefix))
    };
    let told = role.attached.iter().filter(there).map(|arn| told(arn));
    page::listing(call, "AttachedPolicies", told)
}

/// An attachment as the API answers it.
pub(super) fn told(arn: &str) -> Value {
    let name = arn.rsplit('/').next();
    json!({"PolicyName": name, "PolicyArn": arn})
}
