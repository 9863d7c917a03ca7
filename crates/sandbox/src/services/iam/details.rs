//! GetAccountAuthorizationDetails: roles with all that belongs to them, and policies with all
//! their versions, in pages.

use serde_json::{Map, Value, json};

use super::input::words;
use super::model::{Policy, Role};
use super::page::Piece;
use super::{attachment, boundary, input, names, policy, profile, role, version};
use crate::call::{ApiError, Call};
use crate::world::World;

const FILTERS: [&str; 5] = [
    "User",
    "Role",
    "Group",
    "LocalManagedPolicy",
    "AWSManagedPolicy",
];

enum Item<'a> {
    Role(&'a Role),
    Policy(&'a Policy),
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let wanted = words(call, "Filter", &FILTERS)?;
    let wants = |kind: &str| wanted.is_empty() || wanted.contains(&kind);
    let state = &world.services.iam;
    let uses = state.uses();
    let uses_of = |policy: &Policy| uses.get(policy.arn.as_str()).copied().unwrap_or_default();
    let roles = state.roles.values().filter(|_| wants("Role"));
    // of the policies that AWS manages only those in use are told
    let policies = state.policies.values().filter(|policy| {
        if policy.is_aws_managed() {
            wants("AWSManagedPolicy") && uses_of(policy) != (0, 0)
        } else {
            wants("LocalManagedPolicy")
        }
    });
    let all = roles.map(Item::Role).chain(policies.map(Item::Policy));
    let (items, marker) = Piece::of(call, all)?.into_parts();
    let (mut roles, mut policies) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Item::Role(role) => roles.push(role_detail(world, role)),
            Item::Policy(policy) => policies.push(policy_detail(policy, uses_of(policy))),
        }
    }
    let members = Map::from_iter([
        ("UserDetailList".to_owned(), json!([])),
        ("GroupDetailList".to_owned(), json!([])),
        ("RoleDetailList".to_owned(), Value::Array(roles)),
        ("Policies".to_owned(), Value::Array(policies)),
    ]);
    Ok(Piece::<Value>::close(marker, members))
}

fn role_detail(world: &World, role: &Role) -> Value {
    let mut told = role::short(world, role);
    let Some(members) = told.as_object_mut() else {
        return told;
    };
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    let profiles = world.services.iam.profiles_of(&role.name);
    let profiles = profiles.map(|one| profile::told(world, one));
    set("InstanceProfileList", profiles.collect());
    let inline = role.inline.iter();
    let inline = inline.map(
        |(name, document)| json!({"PolicyName": name, "PolicyDocument": names::encoded(document)}),
    );
    set("RolePolicyList", inline.collect());
    let attached = role.attached.iter().map(|arn| attachment::told(arn));
    set("AttachedManagedPolicies", attached.collect());
    if let Some(arn) = &role.boundary {
        set("PermissionsBoundary", boundary::told(arn));
    }
    set("Tags", input::tags_json(&role.tags));
    set("RoleLastUsed", json!({}));
    told
}

fn policy_detail(policy: &Policy, uses: (usize, usize)) -> Value {
    let mut told = policy::told(policy, uses);
    let newest_first = policy.versions.iter().rev();
    let versions = newest_first.map(|(number, one)| version::told(*number, one, policy.default));
    if let Some(members) = told.as_object_mut() {
        members.insert("PolicyVersionList".to_owned(), versions.collect());
    }
    told
}
