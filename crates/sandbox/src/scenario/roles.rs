//! The instance profiles and roles that IAM answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trailkeeper_core::Arn;

use super::ScenarioError;
use super::answers::Listed;
use super::draft::Draft;
use super::place::Place;
use super::policies::{self, Policies, document};
use crate::seed::{InstanceProfileSeed, RoleSeed};
use crate::services::config;

/// A policy that grants nothing.
pub(super) const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// The operations that say whether a thing is there.
const THINGS: [&str; 3] = ["GetInstanceProfile", "GetRole", "GetPolicy"];

/// Profiles, roles and policies as far as they are described.
#[derive(Default)]
struct Found {
    profiles: BTreeMap<String, InstanceProfileSeed>,
    roles: BTreeMap<String, RoleSeed>,
    policies: Policies,
    /// Names of which it is said that there is no such thing.
    absent: BTreeSet<(&'static str, String)>,
}

impl Found {
    fn role(&mut self, name: &str) -> &mut RoleSeed {
        let role = self.roles.entry(name.to_owned());
        role.or_insert_with(|| RoleSeed::new(name))
    }

    fn is_absent(&self, operation: &'static str, name: &str) -> bool {
        self.absent.contains(&(operation, name.to_owned()))
    }
}

pub(super) fn load(draft: &mut Draft, listed: &[Listed<'_>]) -> Result<(), ScenarioError> {
    let mut found = Found::default();
    for entry in listed.iter().filter(|entry| entry.service == "iam") {
        match entry.failure()? {
            None => read(&mut found, entry)?,
            Some(error) => {
                // this error is a state: a write can end it
                let state = error.code == "NoSuchEntity" && THINGS.contains(&entry.operation);
                match entry.argument.filter(|_| state) {
                    Some(name) => {
                        found.absent.insert((entry.operation, name.to_owned()));
                    }
                    None => draft.refuse(entry, &error),
                }
            }
        }
    }
    of_instances(draft, &mut found);
    place(draft, found);
    Ok(())
}

fn read(found: &mut Found, entry: &Listed<'_>) -> Result<(), ScenarioError> {
    for page in entry.outputs() {
        match entry.operation {
            "GetInstanceProfile" => profile(found, &page.need("InstanceProfile")?)?,
            "ListInstanceProfilesForRole" => {
                for one in page.list("InstanceProfiles")? {
                    profile(found, &one)?;
                }
            }
            "GetRole" => role(found, &page.need("Role")?)?,
            "ListRolePolicies" => inline_names(found, entry, page)?,
            "GetRolePolicy" => inline(found, entry, page)?,
            "ListAttachedRolePolicies" => {
                let name = entry.argument.unwrap_or_default().to_owned();
                attached(found, &name, &page.list("AttachedPolicies")?)?;
            }
            "GetAccountAuthorizationDetails" => details(found, page)?,
            // the counts of GetAccountSummary are those of the state
            _ => policies::read(&mut found.policies, entry, page)?,
        }
    }
    Ok(())
}

fn profile(found: &mut Found, place: &Place<'_>) -> Result<(), ScenarioError> {
    let name = place.need_text("InstanceProfileName")?;
    let roles = place.list("Roles")?;
    if let [_, more, ..] = roles.as_slice() {
        return Err(more.wrong("an instance profile has one role at most"));
    }
    let mut seed = InstanceProfileSeed::new(name, None);
    for one in &roles {
        role(found, one)?;
        seed.role = one.string("RoleName")?;
    }
    if let Some(path) = place.string("Path")? {
        seed.path = path;
    }
    found.profiles.insert(name.to_owned(), seed);
    Ok(())
}

fn role(found: &mut Found, place: &Place<'_>) -> Result<(), ScenarioError> {
    let seed = found.role(place.need_text("RoleName")?);
    if let Some(path) = place.string("Path")? {
        seed.path = path;
    }
    if let Some(trust) = place.get("AssumeRolePolicyDocument") {
        seed.trust = document(&trust)?;
    }
    if let Some(boundary) = place.get("PermissionsBoundary") {
        seed.boundary = boundary.string("PermissionsBoundaryArn")?;
    }
    Ok(())
}

fn inline_names(
    found: &mut Found,
    entry: &Listed<'_>,
    page: &Place<'_>,
) -> Result<(), ScenarioError> {
    let role = found.role(entry.argument.unwrap_or_default());
    for name in page.list("PolicyNames")? {
        let name = name.as_text()?.to_owned();
        let document = role.inline.entry(name);
        document.or_insert_with(|| NOTHING.to_owned());
    }
    Ok(())
}

fn inline(found: &mut Found, entry: &Listed<'_>, page: &Place<'_>) -> Result<(), ScenarioError> {
    let named = entry.argument.and_then(|argument| argument.split_once('/'));
    let (role, policy) = match (named, page.text("RoleName")?, page.text("PolicyName")?) {
        (_, Some(role), Some(policy)) | (Some((role, policy)), _, _) => (role, policy),
        _ => return Err(page.wrong("RoleName and PolicyName are missing")),
    };
    let text = document(&page.need("PolicyDocument")?)?;
    found.role(role).inline.insert(policy.to_owned(), text);
    Ok(())
}

fn attached(found: &mut Found, role: &str, list: &[Place<'_>]) -> Result<(), ScenarioError> {
    for policy in list {
        let arn = policy.need_text("PolicyArn")?;
        let role = found.role(role);
        if !role.attached.iter().any(|known| known == arn) {
            role.attached.push(arn.to_owned());
        }
    }
    Ok(())
}

fn details(found: &mut Found, page: &Place<'_>) -> Result<(), ScenarioError> {
    for one in page.list("RoleDetailList")? {
        role(found, &one)?;
        let name = one.need_text("RoleName")?;
        for policy in one.list("RolePolicyList")? {
            let text = document(&policy.need("PolicyDocument")?)?;
            let policy = policy.need_text("PolicyName")?.to_owned();
            found.role(name).inline.insert(policy, text);
        }
        attached(found, name, &one.list("AttachedManagedPolicies")?)?;
        for of_role in one.list("InstanceProfileList")? {
            profile(found, &of_role)?;
        }
    }
    for policy in page.list("Policies")? {
        policies::detail(&mut found.policies, &policy)?;
    }
    Ok(())
}

/// The profiles of the account's instances, where nothing is said of them.
fn of_instances(draft: &Draft, found: &mut Found) {
    for (_, _, configuration) in config::recorded_instances(&draft.world) {
        let named = configuration.pointer("/iamInstanceProfile/arn");
        let arn: Option<Arn> = named
            .and_then(Value::as_str)
            .and_then(|arn| arn.parse().ok());
        let Some(arn) = arn.filter(|arn| arn.account == draft.world.account_id) else {
            continue;
        };
        let name = arn.name();
        if found.profiles.contains_key(name) || found.is_absent("GetInstanceProfile", name) {
            continue;
        }
        let inner = arn.resource.strip_prefix("instance-profile");
        let path = inner.and_then(|inner| inner.strip_suffix(name));
        let mut seed = InstanceProfileSeed::new(name, Some(name));
        path.unwrap_or("/").clone_into(&mut seed.path);
        found.role(name);
        found.profiles.insert(name.to_owned(), seed);
    }
}

fn place(draft: &mut Draft, found: Found) {
    let absent = found.absent;
    let is_absent = |operation, name: &str| absent.contains(&(operation, name.to_owned()));
    let mut policies = found.policies;
    for role in found.roles.into_values() {
        if is_absent("GetRole", &role.name) {
            continue;
        }
        let named = role.attached.iter().chain(&role.boundary);
        policies.named(named.filter(|arn| !is_absent("GetPolicy", arn)));
        draft.world.seed_role(role);
    }
    for profile in found.profiles.into_values() {
        if !is_absent("GetInstanceProfile", &profile.name) {
            draft.world.seed_instance_profile(profile);
        }
    }
    policies.place(draft);
}
