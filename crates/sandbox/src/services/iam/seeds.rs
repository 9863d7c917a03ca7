//! Roles, profiles and policies put past the rules of the API.

use std::collections::BTreeMap;

use super::access_key::AccessKey;
use super::model::{Policy, PolicyVersion, Profile, Role};
use super::names;
use super::user::User;
use crate::seed::{InstanceProfileSeed, ManagedPolicySeed, RoleSeed, UserSeed};
use crate::world::World;

pub(crate) fn seed_role(world: &mut World, seed: RoleSeed) -> String {
    let arn = names::arn(world, "role", &seed.path, &seed.name);
    let role = Role {
        name: seed.name,
        path: seed.path,
        created: seed.created.unwrap_or(world.now),
        trust: seed.trust,
        description: None,
        max_session: 3600,
        boundary: seed.boundary,
        inline: seed.inline,
        attached: seed.attached,
        tags: BTreeMap::new(),
    };
    let roles = world.services.iam.roles_mut();
    roles.insert(role.name.clone(), role);
    arn
}

pub(crate) fn seed_profile(world: &mut World, seed: InstanceProfileSeed) -> String {
    let arn = names::arn(world, "instance-profile", &seed.path, &seed.name);
    let profile = Profile {
        name: seed.name,
        path: seed.path,
        created: seed.created.unwrap_or(world.now),
        role: seed.role,
        propagated: world.now,
        tags: BTreeMap::new(),
    };
    let profiles = world.services.iam.profiles_mut();
    profiles.insert(profile.name.clone(), profile);
    arn
}

/// Every document under the number that the seed gives it.
pub(crate) fn seed_policy(world: &mut World, seed: ManagedPolicySeed) -> String {
    let arn = match seed.aws_managed {
        true => names::aws_managed_arn(world, &seed.path, &seed.name),
        false => names::arn(world, "policy", &seed.path, &seed.name),
    };
    let created = seed.created.unwrap_or(world.now);
    let version = |document: String| PolicyVersion {
        document: document.into(),
        created,
    };
    let mut versions: BTreeMap<u32, PolicyVersion> = seed
        .earlier
        .into_iter()
        .map(|(number, document)| (number, version(document)))
        .collect();
    versions.insert(seed.version, version(seed.document));
    let last = versions.keys().next_back().copied().unwrap_or_default();
    let policy = Policy {
        arn: arn.clone(),
        name: seed.name,
        path: seed.path,
        description: None,
        created,
        updated: created,
        default: seed.version,
        versions,
        next: last + 1,
        tags: BTreeMap::new(),
    };
    let policies = world.services.iam.policies_mut();
    policies.insert(arn.clone(), policy);
    arn
}

pub(crate) fn seed_user(world: &mut World, seed: UserSeed) {
    let now = world.now;
    let key = |(id, active)| AccessKey {
        id,
        active,
        created: now,
    };
    let user = User {
        inline: seed.inline_policies,
        attached: seed.attached_policies,
        groups: seed.groups,
        keys: seed.access_keys.into_iter().map(key).collect(),
        ..User::new(&seed.name, now)
    };
    world.services.iam.users_mut().insert(seed.name, user);
}
