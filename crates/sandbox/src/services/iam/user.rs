//! Users, as far as the questions about an intruder need them: what they have and may do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::access_key::AccessKey;
use super::attachment::{self, MOST as MOST_POLICIES};
use super::input::{self, error, missing, needed, quota, text};
use super::{boundary, document, names, page, policy};
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

const MOST_USERS: usize = 5_000;
/// All inline policies of a user together.
const LONGEST: usize = 2_048;

/// A user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Timestamp,
    pub(super) boundary: Option<String>,
    pub(super) inline: BTreeMap<String, String>,
    pub(super) attached: Vec<String>,
    /// The names of the groups; what a group may do is not modelled.
    pub(super) groups: Vec<String>,
    pub(super) keys: Vec<AccessKey>,
    pub(super) tags: BTreeMap<String, String>,
}

impl User {
    /// A user with nothing but a name.
    pub(super) fn new(name: &str, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            path: "/".to_owned(),
            created,
            boundary: None,
            inline: BTreeMap::new(),
            attached: Vec::new(),
            groups: Vec::new(),
            keys: Vec::new(),
            tags: BTreeMap::new(),
        }
    }
}

/// Answers the operations on users; nothing for any other operation.
pub(super) fn route(world: &mut World, call: &Call) -> Option<Result<Value, ApiError>> {
    Some(match call.operation.as_str() {
        "CreateUser" => create(world, call),
        "GetUser" => get(world, call),
        "ListUsers" => list(world, call),
        "DeleteUser" => delete(world, call),
        "AttachUserPolicy" => attach(world, call),
        "DetachUserPolicy" => detach(world, call),
        "ListAttachedUserPolicies" => list_attached(world, call),
        "PutUserPolicy" => put_policy(world, call),
        "GetUserPolicy" => get_policy(world, call),
        "DeleteUserPolicy" => delete_policy(world, call),
        "ListUserPolicies" => list_policies(world, call),
        "ListGroupsForUser" => list_groups(world, call),
        _ => return None,
    })
}

/// The user of the request.
pub(super) fn found<'a>(world: &'a World, call: &Call) -> Result<&'a User, ApiError> {
    named(world, needed(call, "UserName")?)
}

pub(super) fn named<'a>(world: &'a World, name: &str) -> Result<&'a User, ApiError> {
    let user = world.services.iam.users.get(name);
    user.ok_or_else(|| unknown(name))
}

/// The user of this name, to change it.
pub(super) fn edit<'a>(world: &'a mut World, name: &str) -> Result<&'a mut User, ApiError> {
    let user = world.services.iam.users_mut().get_mut(name);
    user.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    missing(format!("The user with name {name} cannot be found."))
}

fn told(world: &World, user: &User, whole: bool) -> Value {
    let arn = names::arn(world, "user", &user.path, &user.name);
    let mut told = json!({
        "Path": user.path,
        "UserName": user.name,
        "UserId": names::unique_id("AIDA", &arn),
        "Arn": arn,
        "CreateDate": to_epoch(user.created),
    });
    let Some(members) = told.as_object_mut().filter(|_| whole) else {
        return told;
    };
    if let Some(arn) = &user.boundary {
        members.insert("PermissionsBoundary".to_owned(), boundary::told(arn));
    }
    if !user.tags.is_empty() {
        members.insert("Tags".to_owned(), input::tags_json(&user.tags));
    }
    told
}

fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = needed(call, "UserName")?;
    let boundary = text(call, "PermissionsBoundary")?;
    if let Some(arn) = boundary {
        boundary::check(world, arn)?;
    }
    let users = &world.services.iam.users;
    if users.keys().any(|known| known.eq_ignore_ascii_case(name)) {
        let text = format!("User with name {name} already exists.");
        return Err(error("EntityAlreadyExists", text));
    }
    if users.len() >= MOST_USERS {
        return Err(quota("UsersPerAccount", MOST_USERS));
    }
    let user = User {
        path: input::path(call)?,
        boundary: boundary.map(str::to_owned),
        tags: input::tags(call),
        ..User::new(name, world.now)
    };
    let answer = told(world, &user, true);
    let users = world.services.iam.users_mut();
    users.insert(name.to_owned(), user);
    Ok(json!({"User": answer}))
}

fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    if text(call, "UserName")?.is_none() {
        // the caller is a role, not a user
        let text = "Must specify userName when calling with non-User credentials";
        return Err(error("ValidationError", text));
    }
    let user = found(world, call)?;
    Ok(json!({"User": told(world, user, true)}))
}

fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let prefix = text(call, "PathPrefix")?.unwrap_or("/");
    let users = world.services.iam.users.values();
    let here = users.filter(|user| user.path.starts_with(prefix));
    page::listing(call, "Users", here.map(|user| told(world, user, false)))
}

fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let user = found(world, call)?;
    let conflict = if !user.keys.is_empty() {
        "must delete access keys first."
    } else if !user.attached.is_empty() {
        "must detach all policies first."
    } else if !user.inline.is_empty() {
        "must delete policies first."
    } else if !user.groups.is_empty() {
        "must remove users from group first."
    } else {
        let name = user.name.clone();
        world.services.iam.users_mut().remove(&name);
        return Ok(json!({}));
    };
    let text = format!("Cannot delete entity, {conflict}");
    Err(error("DeleteConflict", text))
}

fn attach(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "PolicyArn")?;
    policy::check_arn(arn)?;
    let name = found(world, call)?.name.clone();
    if !world.services.iam.policies.contains_key(arn) {
        let text = format!("Policy {arn} does not exist or is not attachable.");
        return Err(missing(text));
    }
    let user = edit(world, &name)?;
    if user.attached.iter().any(|known| known == arn) {
        return Ok(json!({}));
    }
    if user.attached.len() >= MOST_POLICIES {
        return Err(quota("PoliciesPerUser", MOST_POLICIES));
    }
    user.attached.push(arn.to_owned());
    Ok(json!({}))
}

fn detach(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = needed(call, "PolicyArn")?;
    policy::check_arn(arn)?;
    let user = edit(world, needed(call, "UserName")?)?;
    let before = user.attached.len();
    user.attached.retain(|known| known != arn);
    match user.attached.len() == before {
        true => Err(policy::unknown(arn)),
        false => Ok(json!({})),
    }
}

fn list_attached(world: &World, call: &Call) -> Result<Value, ApiError> {
    let user = found(world, call)?;
    let told = user.attached.iter().map(|arn| attachment::told(arn));
    page::listing(call, "AttachedPolicies", told)
}

fn put_policy(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let policy = needed(call, "PolicyName")?;
    let text = needed(call, "PolicyDocument")?;
    document::check_identity(text)?;
    let user = edit(world, needed(call, "UserName")?)?;
    let others = user.inline.iter().filter(|(known, _)| *known != policy);
    let others: usize = others.map(|(_, text)| document::length(text)).sum();
    if others + document::length(text) > LONGEST {
        let text = format!(
            "Maximum policy size of {LONGEST} bytes exceeded for user {}",
            user.name
        );
        return Err(error("LimitExceeded", text));
    }
    user.inline.insert(policy.to_owned(), text.to_owned());
    Ok(json!({}))
}

fn no_policy(name: &str) -> ApiError {
    missing(format!("The user policy with name {name} cannot be found."))
}

fn get_policy(world: &World, call: &Call) -> Result<Value, ApiError> {
    let policy = needed(call, "PolicyName")?;
    let user = found(world, call)?;
    let document = user.inline.get(policy).ok_or_else(|| no_policy(policy))?;
    Ok(json!({
        "UserName": user.name,
        "PolicyName": policy,
        "PolicyDocument": names::encoded(document),
    }))
}

fn delete_policy(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let policy = needed(call, "PolicyName")?;
    let user = edit(world, needed(call, "UserName")?)?;
    let gone = user.inline.remove(policy);
    gone.ok_or_else(|| no_policy(policy))?;
    Ok(json!({}))
}

fn list_policies(world: &World, call: &Call) -> Result<Value, ApiError> {
    let user = found(world, call)?;
    let told = user.inline.keys().map(|name| json!(name));
    page::listing(call, "PolicyNames", told)
}

fn list_groups(world: &World, call: &Call) -> Result<Value, ApiError> {
    let user = found(world, call)?;
    let told = user.groups.iter().map(|name| {
        let arn = names::arn(world, "group", "/", name);
        json!({
            "Path": "/",
            "GroupName": name,
            "GroupId": names::unique_id("AGPA", &arn),
            "Arn": arn,
            "CreateDate": to_epoch(user.created),
        })
    });
    page::listing(call, "Groups", told)
}
