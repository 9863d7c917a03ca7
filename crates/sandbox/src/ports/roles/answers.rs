//! From the answers of IAM to facts; nothing where an answer lacks what it must hold.

use serde_json::Value;
use trailkeeper_core::Arn;
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, InlinePolicy, InstanceProfileFacts,
    ManagedPolicy, PolicyDetail, ProfileRole, RoleDetail, RoleFacts,
};

use super::super::{flag, list, text};
use crate::conversions::{from_epoch, percent_decoded};

fn arn(value: &Value, member: &str) -> Option<Arn> {
    text(value, member)?.parse().ok()
}

/// A policy document. IAM percent-encodes it once; a `+` in it is a plus.
pub(super) fn document(value: &Value, member: &str) -> Option<String> {
    percent_decoded(&text(value, member)?)
}

pub(super) fn profile(value: &Value) -> Option<InstanceProfileFacts> {
    let role = match list(value, "Roles").first() {
        None => None,
        Some(role) => Some(ProfileRole {
            arn: arn(role, "Arn")?,
            name: text(role, "RoleName")?,
        }),
    };
    Some(InstanceProfileFacts {
        arn: arn(value, "Arn")?,
        name: text(value, "InstanceProfileName")?,
        role,
    })
}

/// A role. A boundary whose policy is not named is an error: the role would pass for one without.
pub(super) fn role(value: &Value) -> Option<RoleFacts> {
    let boundary = match value.get("PermissionsBoundary") {
        None | Some(Value::Null) => None,
        Some(boundary) => Some(arn(boundary, "PermissionsBoundaryArn")?),
    };
    Some(RoleFacts {
        arn: arn(value, "Arn")?,
        name: text(value, "RoleName")?,
        boundary,
        created: value.get("CreateDate").and_then(from_epoch),
        trust: document(value, "AssumeRolePolicyDocument"),
    })
}

pub(super) fn attached(value: &Value) -> Option<AttachedPolicy> {
    Some(AttachedPolicy {
        name: text(value, "PolicyName")?,
        arn: arn(value, "PolicyArn")?,
    })
}

pub(super) fn managed(value: &Value) -> Option<ManagedPolicy> {
    Some(ManagedPolicy {
        arn: arn(value, "Arn")?,
        name: text(value, "PolicyName")?,
        default_version: text(value, "DefaultVersionId")?,
        id: text(value, "PolicyId"),
    })
}

pub(super) fn summary(counts: &Value) -> Option<AccountSummary> {
    let count = |name: &str| counts.get(name)?.as_u64();
    Some(AccountSummary {
        roles: count("Roles")?,
        policies: count("Policies")?,
    })
}

/// A page of GetAccountAuthorizationDetails. One that is cut without a marker must not pass for
/// the last.
pub(super) fn details(answer: &Value) -> Option<AccountDetails> {
    let roles = list(answer, "RoleDetailList").iter();
    let policies = list(answer, "Policies").iter();
    let next = match flag(answer, "IsTruncated") {
        Some(true) => Some(text(answer, "Marker")?),
        _ => None,
    };
    Some(AccountDetails {
        roles: roles.map(role_detail).collect::<Option<_>>()?,
        policies: policies.map(policy_detail).collect::<Option<_>>()?,
        next,
    })
}

fn role_detail(value: &Value) -> Option<RoleDetail> {
    let profiles = list(value, "InstanceProfileList").iter();
    let inline = list(value, "RolePolicyList").iter();
    let managed = list(value, "AttachedManagedPolicies").iter();
    Some(RoleDetail {
        role: role(value)?,
        profiles: profiles.map(profile).collect::<Option<_>>()?,
        inline: inline.map(inline_policy).collect::<Option<_>>()?,
        attached: managed.map(attached).collect::<Option<_>>()?,
    })
}

fn inline_policy(value: &Value) -> Option<InlinePolicy> {
    Some(InlinePolicy {
        name: text(value, "PolicyName")?,
        document: document(value, "PolicyDocument")?,
    })
}

/// The listing holds all versions; the one in force is named apart.
fn policy_detail(value: &Value) -> Option<PolicyDetail> {
    let policy = managed(value)?;
    let mut versions = list(value, "PolicyVersionList").iter();
    let in_force = Some(policy.default_version.clone());
    let current = versions.find(|version| text(version, "VersionId") == in_force)?;
    Some(PolicyDetail {
        document: document(current, "Document")?,
        policy,
    })
}
