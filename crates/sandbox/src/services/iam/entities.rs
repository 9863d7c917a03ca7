//! ListEntitiesForPolicy: who has a policy, as permissions or as boundary.

use serde_json::{Map, Value, json};

use super::input::text;
use super::model::Role;
use super::page::Piece;
use super::{names, policy};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let arn = policy::found(world, call)?.arn.as_str();
    let prefix = text(call, "PathPrefix")?.unwrap_or("/");
    let usage = text(call, "PolicyUsageFilter")?;
    // users and groups are not modelled, so nothing but a role has the policy
    let roles = matches!(text(call, "EntityFilter")?, None | Some("Role"));
    let has = |role: &Role| {
        let attached = role.attached.iter().any(|one| one == arn);
        let bounded = role.boundary.as_deref() == Some(arn);
        match usage {
            Some("PermissionsBoundary") => bounded,
            Some(_) => attached,
            None => attached || bounded,
        }
    };
    let all = world.services.iam.roles.values();
    let having = all.filter(|role| roles && role.path.starts_with(prefix) && has(role));
    let told = having.map(|role| {
        let arn = names::arn(world, "role", &role.path, &role.name);
        json!({"RoleName": role.name, "RoleId": names::unique_id("AROA", &arn)})
    });
    let (items, marker) = Piece::of(call, told)?.into_parts();
    let members = Map::from_iter([
        ("PolicyGroups".to_owned(), json!([])),
        ("PolicyUsers".to_owned(), json!([])),
        ("PolicyRoles".to_owned(), Value::Array(items)),
    ]);
    Ok(Piece::<Value>::close(marker, members))
}
