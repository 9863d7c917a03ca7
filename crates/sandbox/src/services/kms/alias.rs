//! Aliases of this account's keys.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::kms::input::{constraint, number, text, validation, with};
use crate::services::kms::lookup::{own_arn, own_key};
use crate::services::kms::{KeyState, find, key};
use crate::world::World;

const LONGEST_NAME: usize = 256;
const PAGE: i64 = 50;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = alias_name(call)?;
    if name.starts_with("alias/aws/") {
        let text = "Alias names that begin with alias/aws/ are reserved";
        return Err(ApiError::new("NotAuthorizedException", text));
    }
    let target = own_key(world, call, "TargetKeyId", "kms:CreateAlias")?;
    key::refuse(target, &[KeyState::PendingDeletion])?;
    let target = target.arn.clone();
    let arn = own_arn(world, &call.region, name);
    if find(world, &arn, &call.region).is_some() {
        let text = format!("An alias with the name {arn} already exists");
        return Err(ApiError::new("AlreadyExistsException", text));
    }
    world.services.kms.aliases.insert(arn, target);
    Ok(json!({}))
}

/// What the alias stood for before is as it was.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = own_arn(world, &call.region, alias_name(call)?);
    let target = own_key(world, call, "TargetKeyId", "kms:UpdateAlias")?;
    key::refuse(target, &[KeyState::PendingDeletion])?;
    let target = target.arn.clone();
    match world.services.kms.aliases.get_mut(&arn) {
        Some(stands_for) => {
            *stands_for = target;
            Ok(json!({}))
        }
        None => Err(not_found(&arn)),
    }
}

fn not_found(arn: &str) -> ApiError {
    ApiError::new("NotFoundException", format!("Alias {arn} is not found."))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = own_arn(world, &call.region, alias_name(call)?);
    match world.services.kms.aliases.remove(&arn) {
        Some(_) => Ok(json!({})),
        None => Err(not_found(&arn)),
    }
}

/// `alias/` and letters, digits, `/`, `_`, `-`.
fn alias_name(call: &Call) -> Result<&str, ApiError> {
    let name = text(&call.input, "AliasName", LONGEST_NAME)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
    if !name.chars().all(allowed) {
        let rule = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$";
        return Err(constraint("AliasName", Some(name), rule));
    }
    match name.strip_prefix("alias/") {
        None | Some("") => Err(validation("Invalid identifier")),
        Some(rest) if rest.contains(':') => Err(ApiError::new(
            "InvalidAliasNameException",
            format!("{name} contains invalid characters for an alias"),
        )),
        Some(_) => Ok(name),
    }
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let limit = number(&call.input, "Limit", 1..=1_000, PAGE)?;
    let of_key = match call.input.get("KeyId") {
        None | Some(Value::Null) => None,
        Some(_) => Some(&own_key(world, call, "KeyId", "kms:ListAliases")?.arn),
    };
    let region = own_arn(world, &call.region, "alias/");
    let all = world.services.kms.aliases.iter().filter(|(arn, target)| {
        arn.starts_with(&region)
            && find(world, arn, &call.region).is_some()
            && of_key.is_none_or(|wanted| wanted == *target)
    });
    let after = match call.input.get("Marker").and_then(Value::as_str) {
        None => "",
        Some(marker) if world.services.kms.aliases.contains_key(marker) => marker,
        Some(_) => {
            let text = "The marker is not one that a list of aliases gave";
            return Err(ApiError::new("InvalidMarkerException", text));
        }
    };
    let mut rest = all.filter(|(arn, _)| arn.as_str() > after);
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let truncated = rest.next().is_some();
    let last = page.last().map(|(last, _)| last.as_str());
    let answer = json!({
        "Aliases": page.iter().map(|(arn, target)| entry(world, arn, target)).collect::<Vec<_>>(),
        "Truncated": truncated,
    });
    Ok(with(answer, "NextMarker", last.filter(|_| truncated)))
}

fn entry(world: &World, arn: &str, target: &str) -> Value {
    let name = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let key = world.services.kms.keys.get(target);
    let created = key.map(|key| key.created.as_second());
    json!({
        "AliasName": name,
        "AliasArn": arn,
        "TargetKeyId": target.rsplit('/').next(),
        "CreationDate": created,
        "LastUpdatedDate": created,
    })
}
