//! From the answers of IAM to facts.

use std::collections::HashMap;

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{self, SummaryKeyType};
use percent_encoding::percent_decode_str;
use trailkeeper_core::Arn;
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, InlinePolicy, InstanceProfileFacts,
    ManagedPolicy, PolicyDetail, ProfileRole, RoleDetail, RoleFacts,
};

use crate::convert::{text, timestamp};

/// What an answer must hold.
pub(super) fn required<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the answer lacks {name}"))
}

fn required_text(value: Option<String>, name: &str) -> Result<String, String> {
    required(text(value), name)
}

fn arn(value: Option<String>, name: &str) -> Result<Arn, String> {
    let value = required_text(value, name)?;
    value
        .parse()
        .map_err(|error| format!("the answer's {name} is none: {error}"))
}

/// The marker of the next page. A listing that is cut without one must not pass for a whole one.
pub(super) fn next(is_truncated: bool, marker: Option<String>) -> Result<Option<String>, String> {
    match is_truncated {
        true => required_text(marker, "the Marker of a truncated listing").map(Some),
        false => Ok(None),
    }
}

/// A policy document. IAM percent-encodes it once; a `+` in it is a plus.
pub(super) fn document(value: Option<String>) -> Result<String, String> {
    let encoded = required_text(value, "the policy's document")?;
    percent_decode_str(&encoded)
        .decode_utf8()
        .map(|decoded| decoded.into_owned())
        .map_err(|error| format!("the policy's document is not UTF-8: {error}"))
}

/// An instance profile.
pub(super) fn profile(item: types::InstanceProfile) -> Result<InstanceProfileFacts, String> {
    let role = item.roles.into_iter().next().map(|role| {
        Ok::<_, String>(ProfileRole {
            arn: arn(Some(role.arn), "the role's Arn")?,
            name: required_text(Some(role.role_name), "RoleName")?,
        })
    });
    Ok(InstanceProfileFacts {
        arn: arn(Some(item.arn), "the instance profile's Arn")?,
        name: required_text(Some(item.instance_profile_name), "InstanceProfileName")?,
        role: role.transpose()?,
    })
}

/// A role of GetRole.
pub(super) fn role(item: types::Role) -> Result<RoleFacts, String> {
    Ok(RoleFacts {
        arn: arn(Some(item.arn), "the role's Arn")?,
        name: required_text(Some(item.role_name), "RoleName")?,
        boundary: boundary(item.permissions_boundary)?,
        created: timestamp(Some(item.create_date)),
        trust: trust(item.assume_role_policy_document)?,
    })
}

fn trust(item: Option<String>) -> Result<Option<String>, String> {
    item.map(|text| document(Some(text))).transpose()
}

// A boundary whose policy is not named is an error: the role would pass for one without.
fn boundary(item: Option<types::AttachedPermissionsBoundary>) -> Result<Option<Arn>, String> {
    item.map(|item| arn(item.permissions_boundary_arn, "PermissionsBoundaryArn"))
        .transpose()
}

/// A managed policy attached to a role.
pub(super) fn attached(item: types::AttachedPolicy) -> Result<AttachedPolicy, String> {
    Ok(AttachedPolicy {
        name: required_text(item.policy_name, "PolicyName")?,
        arn: arn(item.policy_arn, "PolicyArn")?,
    })
}

/// A managed policy; its name ends its ARN too.
pub(super) fn managed(
    arn_text: Option<String>,
    name: Option<String>,
    default_version: Option<String>,
    id: Option<String>,
) -> Result<ManagedPolicy, String> {
    let arn = arn(arn_text, "the policy's Arn")?;
    Ok(ManagedPolicy {
        name: text(name).unwrap_or_else(|| arn.name().to_owned()),
        default_version: required_text(default_version, "DefaultVersionId")?,
        id: text(id),
        arn,
    })
}

/// The counts of GetAccountSummary.
pub(super) fn summary(counts: &HashMap<SummaryKeyType, i32>) -> Result<AccountSummary, String> {
    let count = |key: SummaryKeyType| {
        let name = key.as_str().to_owned();
        let count = counts
            .get(&key)
            .and_then(|count| u64::try_from(*count).ok());
        required(count, &name)
    };
    Ok(AccountSummary {
        roles: count(SummaryKeyType::Roles)?,
        policies: count(SummaryKeyType::Policies)?,
    })
}

/// A page of GetAccountAuthorizationDetails.
pub(super) fn details(
    answer: GetAccountAuthorizationDetailsOutput,
) -> Result<AccountDetails, String> {
    let roles = answer.role_detail_list.unwrap_or_default().into_iter();
    let policies = answer.policies.unwrap_or_default().into_iter();
    Ok(AccountDetails {
        roles: roles.map(role_detail).collect::<Result<_, _>>()?,
        policies: policies.map(policy_detail).collect::<Result<_, _>>()?,
        next: next(answer.is_truncated, answer.marker)?,
    })
}

fn role_detail(item: types::RoleDetail) -> Result<RoleDetail, String> {
    let profiles = item.instance_profile_list.unwrap_or_default().into_iter();
    let inline = item.role_policy_list.unwrap_or_default().into_iter();
    let managed = item.attached_managed_policies.unwrap_or_default();
    Ok(RoleDetail {
        role: RoleFacts {
            arn: arn(item.arn, "the role's Arn")?,
            name: required_text(item.role_name, "RoleName")?,
            boundary: boundary(item.permissions_boundary)?,
            created: timestamp(item.create_date),
            trust: trust(item.assume_role_policy_document)?,
        },
        profiles: profiles.map(profile).collect::<Result<_, _>>()?,
        inline: inline.map(inline_policy).collect::<Result<_, _>>()?,
        attached: managed
            .into_iter()
            .map(attached)
            .collect::<Result<_, _>>()?,
    })
}

fn inline_policy(item: types::PolicyDetail) -> Result<InlinePolicy, String> {
    Ok(InlinePolicy {
        name: required_text(item.policy_name, "PolicyName")?,
        document: document(item.policy_document)?,
    })
}

// The listing holds all versions; the one in force is named apart.
fn policy_detail(item: types::ManagedPolicyDetail) -> Result<PolicyDetail, String> {
    let policy = managed(
        item.arn,
        item.policy_name,
        item.default_version_id,
        item.policy_id,
    )?;
    let mut versions = item.policy_version_list.unwrap_or_default().into_iter();
    let current = versions.find(|it| it.version_id() == Some(policy.default_version.as_str()));
    let current = required(current, "the policy's version in force")?;
    Ok(PolicyDetail {
        document: document(current.document)?,
        policy,
    })
}
