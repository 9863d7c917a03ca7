//! IAM: roles, instance profiles and managed policies. One state for all Regions.
//!
//! Of users only what is asked about an intruder is modelled, of groups the name. What is written is seen at once by IAM's own reads; EC2 sees
//! a new instance profile some seconds later.

mod access_key;
mod account;
mod attachment;
mod boundary;
mod details;
mod document;
mod entities;
mod input;
mod model;
mod names;
mod page;
mod policy;
mod profile;
mod profile_role;
mod role;
mod role_policy;
mod seeds;
mod serves;
mod service_role;
mod user;
mod version;
mod visible;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use model::State;
pub(crate) use seeds::{seed_policy, seed_profile, seed_role, seed_user};
pub(crate) use serves::serves;
pub(crate) use visible::{SeenProfile, profile_id, profile_named, profile_of_arn};

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    input::check(call)?;
    match call.operation.as_str() {
        "CreateRole" => role::create(world, call),
        "GetRole" => role::get(world, call),
        "ListRoles" => role::list(world, call),
        "DeleteRole" => role::delete(world, call),
        "UpdateAssumeRolePolicy" => role::update_trust(world, call),
        "PutRolePolicy" => role_policy::put(world, call),
        "GetRolePolicy" => role_policy::get(world, call),
        "ListRolePolicies" => role_policy::list(world, call),
        "DeleteRolePolicy" => role_policy::delete(world, call),
        "AttachRolePolicy" => attachment::attach(world, call),
        "DetachRolePolicy" => attachment::detach(world, call),
        "ListAttachedRolePolicies" => attachment::list(world, call),
        "PutRolePermissionsBoundary" => boundary::put(world, call),
        "DeleteRolePermissionsBoundary" => boundary::delete(world, call),
        "CreateInstanceProfile" => profile::create(world, call),
        "GetInstanceProfile" => profile::get(world, call),
        "DeleteInstanceProfile" => profile::delete(world, call),
        "ListInstanceProfiles" => profile::list(world, call),
        "ListInstanceProfilesForRole" => profile_role::list(world, call),
        "AddRoleToInstanceProfile" => profile_role::add(world, call),
        "RemoveRoleFromInstanceProfile" => profile_role::remove(world, call),
        "CreatePolicy" => policy::create(world, call),
        "GetPolicy" => policy::get(world, call),
        "DeletePolicy" => policy::delete(world, call),
        "ListPolicies" => policy::list(world, call),
        "ListEntitiesForPolicy" => entities::list(world, call),
        _ => versions_and_account(world, call),
    }
}

fn versions_and_account(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreatePolicyVersion" => version::create(world, call),
        "GetPolicyVersion" => version::get(world, call),
        "ListPolicyVersions" => version::list(world, call),
        "DeletePolicyVersion" => version::delete(world, call),
        "SetDefaultPolicyVersion" => version::set_default(world, call),
        "GetAccountSummary" => Ok(account::summary(world)),
        "GetAccountAuthorizationDetails" => details::list(world, call),
        "CreateServiceLinkedRole" => service_role::create(world, call),
        "DeleteServiceLinkedRole" => service_role::delete(world, call),
        "GetServiceLinkedRoleDeletionStatus" => service_role::status(world, call),
        _ => user::route(world, call)
            .or_else(|| access_key::route(world, call))
            .unwrap_or_else(|| Err(not_implemented(call))),
    }
}
