//! With whom documents are shared.

use serde_json::{Value, json};

use super::document::{find, no_such_document};
use super::validation;
use super::version::own;
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::world::World;

/// Accounts in one request.
const MOST_NAMED: usize = 20;
/// Accounts with which one document can be shared.
const MOST_SHARED: usize = 1_000;

pub(super) fn modify(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = checked(call)?;
    let input = Input::of(&call.input)?;
    let more = accounts(&input, "AccountIdsToAdd")?;
    let fewer = accounts(&input, "AccountIdsToRemove")?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    own(world, document)?;
    let mut shared = document.shared.clone();
    shared.extend(more);
    shared.retain(|account| !fewer.contains(account));
    if shared.len() > MOST_SHARED {
        let text = format!("A document can be shared with at most {MOST_SHARED} accounts.");
        return Err(ApiError::new("DocumentPermissionLimit", text));
    }
    let key = (call.region.clone(), document.name.clone());
    if let Some(document) = world.services.ssm.documents.get_mut(&key) {
        document.shared = shared;
    }
    Ok(json!({}))
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = checked(call)?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    own(world, document)?;
    let version = |account| json!({"AccountId": account, "SharedDocumentVersion": "$DEFAULT"});
    let list: Vec<Value> = document.shared.iter().map(version).collect();
    Ok(json!({"AccountIds": document.shared, "AccountSharingInfoList": list}))
}

/// The document's name; the only kind of permission is sharing.
fn checked(call: &Call) -> Result<&str, ApiError> {
    let input = Input::of(&call.input)?;
    let kind = input.required_text("PermissionType", 1, usize::MAX)?;
    if kind != "Share" {
        let text = "The permission type is not supported. Share is the only supported type.";
        return Err(ApiError::new("InvalidPermissionType", text));
    }
    input.required_text("Name", 1, usize::MAX)
}

fn accounts(input: &Input<'_>, member: &str) -> Result<Vec<String>, ApiError> {
    let given = input.texts(member, 0, MOST_NAMED, 12)?;
    let known = |account: &&str| {
        account.eq_ignore_ascii_case("all")
            || account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
    };
    match given.iter().find(|account| !known(account)) {
        None => Ok(given.iter().map(|account| account.to_lowercase()).collect()),
        Some(odd) => Err(validation(format!(
            "1 validation error detected: Value '{odd}' at '{member}' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: (?i)all|[0-9]{{12}}"
        ))),
    }
}
