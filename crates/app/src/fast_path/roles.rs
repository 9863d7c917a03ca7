//! Events about roles, managed policies and instance profiles.
//!
//! They appear in the partition's global Region and are forwarded from there to others. There a
//! message is sent only about profiles that an instance of that Region has, as far as AWS Config's
//! inventory knows, and none about refused calls; the Region in which the event was recorded tells
//! of all.

use trailkeeper_core::fast_path::{Concern, EventNote, Reported};
use trailkeeper_core::{Arn, ErrorClass};

use super::found::{Context, Found, concern, running};
use super::users;
use crate::roles::{RoleBook, gather};

const ROLE: &str = "AWS::IAM::Role";
const POLICY: &str = "AWS::IAM::Policy";
const PROFILE: &str = "AWS::IAM::InstanceProfile";

/// The most roles with a policy that are looked at; the rule's own evaluation sees all.
const MOST_ROLES: usize = 50;

/// A resource whose change bears on instances by these profiles.
struct Suspect<'a> {
    kind: &'static str,
    name: &'a str,
    profiles: Vec<Arn>,
}

/// A role matters for the profiles that it is in.
pub(super) async fn look_at_role(context: &Context<'_>, name: &str) -> Found {
    look_at_roles(context, &[name.to_owned()]).await
}

/// A managed policy matters for the roles that it is attached to or bounds.
pub(super) async fn look_at_policy(context: &Context<'_>, arn: &Arn) -> Found {
    let mut roles = match context.ports.roles.roles_with_policy(arn).await {
        Ok(roles) => roles,
        Err(error) if error.class == ErrorClass::Absent => {
            return Found::note("policy-gone", arn.to_string());
        }
        Err(error) => return Found::unread(POLICY, &arn.to_string(), &error),
    };
    let left_out = roles.len().saturating_sub(MOST_ROLES);
    roles.truncate(MOST_ROLES);
    let found = look_at_roles(context, &roles).await;
    match left_out {
        0 => found,
        left => {
            let unseen = Found {
                bears: true,
                ..Found::note("roles-left-out", left.to_string())
            };
            found.and(unseen)
        }
    }
}

/// A profile that got or lost its role, or is gone. One that is gone matters where an instance
/// has it still.
pub(super) async fn look_at_profile(context: &Context<'_>, name: &str) -> Found {
    let (profile, is_gone) = match context.ports.roles.instance_profile(name).await {
        Ok(profile) => (profile.arn, false),
        Err(error) if error.class == ErrorClass::Absent => (context.profile_arn(name), true),
        Err(error) => return Found::unread(PROFILE, name, &error),
    };
    if is_gone {
        let users = users::of_profile(context, &profile).await;
        if users.is_ok_and(|users| users.is_empty()) {
            return Found::harmless(PROFILE, name, "profile-gone");
        }
    }
    let suspect = Suspect {
        kind: PROFILE,
        name,
        profiles: vec![profile],
    };
    judge_suspects(context, vec![suspect]).await
}

async fn look_at_roles(context: &Context<'_>, names: &[String]) -> Found {
    let roles = &context.ports.roles;
    let read = names
        .iter()
        .map(async |name| roles.profiles_of_role(name).await);
    let read = gather(read).await;
    let mut found = Found::default();
    let mut suspects = Vec::new();
    for (name, profiles) in names.iter().zip(read) {
        match profiles {
            Ok(profiles) if profiles.is_empty() => {
                found = found.and(Found::harmless(ROLE, name, "role-in-no-profile"));
            }
            Ok(profiles) => suspects.push(Suspect {
                kind: ROLE,
                name,
                profiles: profiles.into_iter().map(|profile| profile.arn).collect(),
            }),
            Err(error) if error.class == ErrorClass::Absent => {
                found = found.and(Found::harmless(ROLE, name, "role-gone"));
            }
            Err(error) => found = found.and(Found::unread(ROLE, name, &error)),
        }
    }
    found.and(judge_suspects(context, suspects).await)
}

/// Judges the profiles of all suspects, each role once.
async fn judge_suspects(context: &Context<'_>, suspects: Vec<Suspect<'_>>) -> Found {
    let mut found = Found::default();
    let mut open = Vec::new();
    for suspect in suspects {
        let (suspect, instances, notes) = used(context, suspect).await;
        found.notes.extend(notes);
        if suspect.profiles.is_empty() {
            let Suspect { kind, name, .. } = suspect;
            found = found.and(Found::harmless(kind, name, "no-instance-here"));
        } else {
            open.push((suspect, instances));
        }
    }
    found.bears |= !open.is_empty();
    let mut book = context.book();
    let profiles = open
        .iter()
        .flat_map(|(suspect, _)| suspect.profiles.clone());
    book.learn_profiles(profiles.collect()).await;
    let judged = open
        .into_iter()
        .map(|(suspect, instances)| judge(&book, &suspect, instances));
    found.concerns.extend(judged);
    found
}

/// The suspect with the profiles that are to be judged here, and the instances that have them.
async fn used<'a>(
    context: &Context<'_>,
    mut suspect: Suspect<'a>,
) -> (Suspect<'a>, Vec<String>, Vec<EventNote>) {
    let mut profiles = Vec::new();
    let mut all = Vec::new();
    let mut notes = Vec::new();
    for profile in suspect.profiles {
        match users::of_profile(context, &profile).await {
            Ok(users) if users.is_empty() && context.is_forwarded() => continue,
            Ok(users) => all.extend(users),
            Err(why) => notes.push(EventNote::new("instances-not-known", why)),
        }
        profiles.push(profile);
    }
    suspect.profiles = profiles;
    (suspect, all, notes)
}

/// What is wrong with the suspect's profiles, each finding once. The profile that is named is the
/// first with a fault.
fn judge(book: &RoleBook<'_>, suspect: &Suspect<'_>, instances: Vec<String>) -> Concern {
    let mut all = concern(suspect.kind, suspect.name, Vec::new());
    all.instances = instances;
    for profile in &suspect.profiles {
        if all.findings.is_empty() {
            profile.name().clone_into(&mut all.profile_name);
        }
        let verdict = book.judge(&running("", Ok(Some(profile.clone()))));
        for finding in Reported::of_verdict(&verdict) {
            if !all.findings.contains(&finding) {
                all.findings.push(finding);
            }
        }
    }
    all
}
