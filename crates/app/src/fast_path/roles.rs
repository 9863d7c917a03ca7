//! Events about roles, managed policies and instance profiles.
//!
//! They appear in the partition's global Region and are forwarded from there to others. There a
//! message is sent only about profiles that an instance of that Region has, as far as AWS Config's
//! inventory knows, and none about refused calls; the Region in which the event was recorded tells
//! of all.

use futures::StreamExt;
use trailkeeper_core::facts::InstanceProfileFacts;
use trailkeeper_core::fast_path::{Concern, EventNote};
use trailkeeper_core::{Arn, ErrorClass};

use super::found::{Context, Found, concern};
use super::users;

const ROLE: &str = "AWS::IAM::Role";
const POLICY: &str = "AWS::IAM::Policy";
const PROFILE: &str = "AWS::IAM::InstanceProfile";

/// The most roles with a policy that are looked at; the rule's own evaluation sees all.
const MOST_ROLES: usize = 20;
/// How many of them at a time.
const AT_A_TIME: usize = 4;

/// A role matters for the profiles that it is in.
pub(super) async fn look_at_role(context: &Context<'_>, name: &str) -> Found {
    match context.ports.roles.profiles_of_role(name).await {
        Ok(profiles) if profiles.is_empty() => Found::harmless(ROLE, name, "role-in-no-profile"),
        Ok(profiles) => judge_profiles(context, (ROLE, name), &profiles).await,
        Err(error) if error.class == ErrorClass::Absent => Found::harmless(ROLE, name, "role-gone"),
        Err(error) => Found::unread(ROLE, name, &error),
    }
}

/// A managed policy matters for the roles that it is attached to or bounds.
pub(super) async fn look_at_policy(context: &Context<'_>, arn: &Arn) -> Found {
    let roles = match context.ports.roles.roles_with_policy(arn).await {
        Ok(roles) => roles,
        Err(error) if error.class == ErrorClass::Absent => {
            return Found::note("policy-gone", arn.to_string());
        }
        Err(error) => return Found::unread(POLICY, &arn.to_string(), &error),
    };
    let looks = roles.iter().take(MOST_ROLES);
    let looks = looks.map(|role| look_at_role(context, role));
    let found = futures::stream::iter(looks).buffered(AT_A_TIME);
    let found = found
        .fold(Found::default(), async |all, one| all.and(one))
        .await;
    match roles.len().saturating_sub(MOST_ROLES) {
        0 => found,
        left => found.and(Found::note("roles-left-out", left.to_string())),
    }
}

/// A profile that got or lost its role, or is gone. A profile that is gone matters where an
/// instance has it still.
pub(super) async fn look_at_profile(context: &Context<'_>, name: &str) -> Found {
    match context.ports.roles.instance_profile(name).await {
        Ok(profile) => judge_profiles(context, (PROFILE, name), &[profile]).await,
        Err(error) if error.class == ErrorClass::Absent => gone(context, name).await,
        Err(error) => Found::unread(PROFILE, name, &error),
    }
}

async fn gone(context: &Context<'_>, name: &str) -> Found {
    let arn = context.profile_arn(name);
    let instances = users::of_profile(context, &arn).await.unwrap_or_default();
    if instances.is_empty() {
        return Found::harmless(PROFILE, name, "profile-gone");
    }
    let findings = context.judge(Some(&arn)).await;
    Found::note("profile-gone", name).and(Found::concern(Concern {
        profile_name: name.to_owned(),
        instances,
        ..concern(PROFILE, name, findings)
    }))
}

async fn judge_profiles(
    context: &Context<'_>,
    (kind, name): (&str, &str),
    profiles: &[InstanceProfileFacts],
) -> Found {
    let mut notes = Vec::new();
    let mut all = concern(kind, name, Vec::new());
    let mut is_used = false;
    for profile in profiles {
        let instances = users::of_profile(context, &profile.arn).await;
        match instances {
            Ok(instances) => {
                if context.is_forwarded() && instances.is_empty() {
                    continue;
                }
                all.instances.extend(instances);
            }
            Err(why) => notes.push(EventNote::new("instances-not-known", why)),
        }
        is_used = true;
        add_findings(context, &mut all, profile).await;
    }
    if !is_used {
        return Found::harmless(kind, name, "no-instance-here");
    }
    Found {
        concerns: vec![all],
        notes,
    }
}

/// Adds what is wrong with the profile, each finding once. The profile that is named is the first
/// with a fault.
async fn add_findings(context: &Context<'_>, all: &mut Concern, profile: &InstanceProfileFacts) {
    let findings = context.judge(Some(&profile.arn)).await;
    if all.findings.is_empty() {
        all.profile_name.clone_from(&profile.name);
    }
    for finding in findings {
        if !all.findings.contains(&finding) {
            all.findings.push(finding);
        }
    }
}
