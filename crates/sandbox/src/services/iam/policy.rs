//! Managed policies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::input::{self, error, missing, needed, quota};
use super::model::{Policy, PolicyVersion};
use super::{document, names, page};
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

const LONGEST: usize = 6144;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "PolicyName")?;
    let text = checked_document(call)?;
    let path = input::path(call)?;
    let arn = names::arn(world, "policy", &path, name);
    let mut own = world.services.iam.policies.values();
    let same = |policy: &Policy| policy.name.eq_ignore_ascii_case(name);
    if own.any(|policy| !policy.is_aws_managed() && same(policy)) {
        let text =
            format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(error("EntityAlreadyExists", text));
    }
    let version = PolicyVersion {
        document: text.into(),
        created: world.now,
    };
    let policy = Policy {
        arn: arn.clone(),
        name: name.to_owned(),
        path,
        description: input::text(call, "Description")?.map(str::to_owned),
        created: world.now,
        updated: world.now,
        default: 1,
        versions: BTreeMap::from([(1, version)]),
        next: 2,
        tags: input::tags(call),
    };
    let mut answer = told(&policy, (0, 0));
    if let Some(members) = answer.as_object_mut() {
        members.remove("Description");
    }
    world.services.iam.policies_mut().insert(arn, policy);
    Ok(json!({"Policy": answer}))
}

/// The document of the request, if IAM takes it.
pub(super) fn checked_document(call: &Call) -> Result<&str, ApiError> {
    let text = needed(call, "PolicyDocument")?;
    document::check_identity(text)?;
    match document::length(text) > LONGEST {
        true => Err(quota("PolicySize", LONGEST)),
        false => Ok(text),
    }
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let policy = found(world, call)?;
    let state = &world.services.iam;
    let uses = (
        state.attachments(&policy.arn),
        state.boundaries(&policy.arn),
    );
    let mut answer = told(policy, uses);
    if let Some(members) = answer.as_object_mut() {
        members.insert("Tags".to_owned(), input::tags_json(&policy.tags));
    }
    Ok(json!({"Policy": answer}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let policy = own(world, call)?;
    let (arn, versions) = (policy.arn.clone(), policy.versions.len());
    let state = &mut world.services.iam;
    if state.attachments(&arn) + state.boundaries(&arn) > 0 {
        let text = "Cannot delete a policy attached to entities.";
        return Err(error("DeleteConflict", text));
    }
    if versions > 1 {
        let text = "This policy has more than one version. Before you delete a policy, you must \
                    delete the policy's versions. The default version is deleted with the policy.";
        return Err(error("DeleteConflict", text));
    }
    state.policies_mut().remove(&arn);
    Ok(json!({}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let scope = input::text(call, "Scope")?.unwrap_or("All");
    let prefix = input::text(call, "PathPrefix")?.unwrap_or("/");
    let attached = input::flag(call, "OnlyAttached")?;
    let usage = input::text(call, "PolicyUsageFilter")?;
    let state = &world.services.iam;
    let uses = state.uses();
    let uses_of = |policy: &Policy| uses.get(policy.arn.as_str()).copied().unwrap_or_default();
    let wanted = |policy: &&Policy| {
        let (attachments, boundaries) = uses_of(policy);
        let in_scope = match scope {
            "AWS" => policy.is_aws_managed(),
            "Local" => !policy.is_aws_managed(),
            _ => true,
        };
        let used = match usage {
            Some("PermissionsBoundary") => boundaries > 0,
            Some(_) => attachments > 0,
            None => true,
        };
        in_scope && used && policy.path.starts_with(prefix) && (!attached || attachments > 0)
    };
    let policies = state.policies.values().filter(wanted);
    let told = policies.map(|policy| {
        let mut told = told(policy, uses_of(policy));
        if let Some(members) = told.as_object_mut() {
            members.remove("Description");
        }
        told
    });
    page::listing(call, "Policies", told)
}

/// The policy of the request.
pub(super) fn found<'a>(world: &'a World, call: &Call) -> Result<&'a Policy, ApiError> {
    let arn = needed(call, "PolicyArn")?;
    check_arn(arn)?;
    let policy = world.services.iam.policies.get(arn);
    policy.ok_or_else(|| unknown(arn))
}

/// The policy of the request, to change it: not one that AWS manages.
pub(super) fn own<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Policy, ApiError> {
    let arn = found(world, call)?.arn.clone();
    let policy = world.services.iam.policies_mut().get_mut(&arn);
    let policy = policy.ok_or_else(|| unknown(&arn))?;
    match policy.is_aws_managed() {
        true => Err(error("AccessDenied", "Policy is outside your own account.")),
        false => Ok(policy),
    }
}

/// Whether this can be the ARN of a policy at all.
pub(super) fn check_arn(arn: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", _, resource] if resource.starts_with("policy/") => Ok(()),
        _ => Err(error("InvalidInput", format!("ARN {arn} is not valid."))),
    }
}

pub(super) fn unknown(arn: &str) -> ApiError {
    missing(format!("Policy {arn} was not found."))
}

/// The policy with how often it is attached and how often it is a boundary.
pub(super) fn told(policy: &Policy, (attachments, boundaries): (usize, usize)) -> Value {
    let mut told = json!({
        "PolicyName": policy.name,
        "PolicyId": names::unique_id("ANPA", &format!("{} {}", policy.arn, policy.created)),
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": format!("v{}", policy.default),
        "AttachmentCount": attachments,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": true,
        "CreateDate": to_epoch(policy.created),
        "UpdateDate": to_epoch(policy.updated),
    });
    if let (Some(members), Some(text)) = (told.as_object_mut(), &policy.description) {
        members.insert("Description".to_owned(), json!(text));
    }
    told
}
