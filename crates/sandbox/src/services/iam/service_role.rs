//! Service-linked roles: roles that a service made for itself.

use serde_json::{Value, json};

use super::input::{error, missing, needed};
use super::model::Role;
use super::role;
use crate::call::{ApiError, Call};
use crate::world::World;

/// Services whose role has a name of its own form.
const ROLES: [(&str, &str); 4] = [
    ("cloudtrail.amazonaws.com", "AWSServiceRoleForCloudTrail"),
    ("config.amazonaws.com", "AWSServiceRoleForConfig"),
    (
        "guardduty.amazonaws.com",
        "AWSServiceRoleForAmazonGuardDuty",
    ),
    (
        "organizations.amazonaws.com",
        "AWSServiceRoleForOrganizations",
    ),
];

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let service = needed(call, "AWSServiceName")?;
    let known = ROLES.iter().find(|(principal, _)| *principal == service);
    let Some((_, name)) = known else {
        let text = format!("{service} has no service-linked role that is known here.");
        return Err(error("InvalidInput", text));
    };
    if world.services.iam.roles.contains_key(*name) {
        let text = format!(
            "Service role name {name} has been taken in this account, please try a different \
             suffix."
        );
        return Err(error("InvalidInput", text));
    }
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }]});
    let role = Role {
        name: (*name).to_owned(),
        path: format!("/aws-service-role/{service}/"),
        created: world.now,
        trust: trust.to_string(),
        description: None,
        max_session: 3600,
        boundary: None,
        inline: Default::default(),
        attached: Vec::new(),
        tags: Default::default(),
    };
    let told = role::short(world, &role);
    let roles = world.services.iam.roles_mut();
    roles.insert((*name).to_owned(), role);
    Ok(json!({"Role": told}))
}

/// The deletion is a task; here it has succeeded at once, whether or not the service still uses
/// the role.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let found = role::found(world, call)?;
    let (name, path) = (found.name.clone(), found.path.clone());
    if !path.starts_with("/aws-service-role/") {
        let text = format!("The role with name {name} is not a service-linked role.");
        return Err(error("InvalidInput", text));
    }
    world.services.iam.roles_mut().remove(&name);
    let task = format!("task{path}{name}/00000000-0000-4000-8000-000000000001");
    Ok(json!({"DeletionTaskId": task}))
}

pub(super) fn status(world: &World, call: &Call) -> Result<Value, ApiError> {
    let task = needed(call, "DeletionTaskId")?;
    let name = task.strip_prefix("task/aws-service-role/");
    let name = name.and_then(|rest| rest.split('/').nth(1));
    match name.is_some_and(|name| !world.services.iam.roles.contains_key(name)) {
        true => Ok(json!({"Status": "SUCCEEDED"})),
        false => Err(missing(format!(
            "The deletion task {task} cannot be found."
        ))),
    }
}
