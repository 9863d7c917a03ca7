//! GetAccountSummary.

use serde_json::{Value, json};

use super::attachment;
use super::model::Policy;
use crate::world::World;

pub(super) fn summary(world: &World) -> Value {
    let state = &world.services.iam;
    let own = |policy: &&Policy| !policy.is_aws_managed();
    let versions = state.policies.values().filter(own);
    let versions: usize = versions.map(|policy| policy.versions.len()).sum();
    json!({"SummaryMap": {
        "AccountMFAEnabled": 1,
        "AssumeRolePolicySizeQuota": 2048,
        "AttachedPoliciesPerRoleQuota": attachment::MOST,
        "Groups": 0,
        "InstanceProfiles": state.profiles.len(),
        "InstanceProfilesQuota": 1000,
        "Policies": state.policies.values().filter(own).count(),
        "PoliciesQuota": 1500,
        "PolicySizeQuota": 6144,
        "PolicyVersionsInUse": versions,
        "PolicyVersionsInUseQuota": 10_000,
        "Roles": state.roles.len(),
        "RolesQuota": 1000,
        "RolePolicySizeQuota": 10_240,
        "Users": state.users.len(),
        "VersionsPerPolicyQuota": 5,
    }})
}
