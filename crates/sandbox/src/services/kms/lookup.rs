//! From what a caller calls a key to the key.

use crate::call::{ApiError, Call};
use crate::services::kms::input::text;
use crate::services::kms::{Key, find};
use crate::services::s3::resource_policy::{Request, Verdict, judge};
use crate::services::sts;
use crate::world::World;

const LONGEST_ID: usize = 2_048;

/// The ARN of a key or alias of this account.
pub(super) fn own_arn(world: &World, region: &str, resource: &str) -> String {
    format!(
        "arn:{}:kms:{region}:{}:{resource}",
        world.partition, world.account_id
    )
}

/// The key that `KeyId` names, for an operation on keys of any account, in any spelling.
pub(super) fn any_key<'a>(
    world: &'a World,
    call: &Call,
    action: &str,
) -> Result<&'a Key, ApiError> {
    let id = text(&call.input, "KeyId", LONGEST_ID)?;
    check_form(id, &call.region)?;
    let own = !id.starts_with("arn:") || id.split(':').nth(4) == Some(&world.account_id);
    let Some(key) = find(world, id, &call.region) else {
        // a key of another account that does not exist looks like one that is not shared
        return Err(if own {
            not_found(world, id, &call.region)
        } else {
            denied(world, action, id)
        });
    };
    check_policy(world, key, action)?;
    Ok(key)
}

/// The ARN of the key that `member` names, for an operation on own keys by key id or key ARN.
pub(super) fn own_key<'a>(
    world: &'a World,
    call: &Call,
    member: &str,
    action: &str,
) -> Result<&'a Key, ApiError> {
    let id = text(&call.input, member, LONGEST_ID)?;
    if id.starts_with("alias/") {
        return Err(ApiError::new(
            "NotFoundException",
            format!("Invalid keyId {id}"),
        ));
    }
    check_form(id, &call.region)?;
    if id.starts_with("arn:") && id.contains(":alias/") {
        return Err(ApiError::new(
            "InvalidArnException",
            format!("Invalid arn {id}"),
        ));
    }
    if id.starts_with("arn:") && id.split(':').nth(4) != Some(&world.account_id) {
        return Err(denied(world, action, id));
    }
    let found = find(world, id, &call.region);
    let key = found.ok_or_else(|| not_found(world, id, &call.region))?;
    check_policy(world, key, action)?;
    Ok(key)
}

/// Refuses what cannot be a name of a key here: a foreign ARN, another Region, no key id.
fn check_form(id: &str, region: &str) -> Result<(), ApiError> {
    if !id.starts_with("arn:") {
        if id.starts_with("alias/") || is_key_id(id) {
            return Ok(());
        }
        return Err(ApiError::new(
            "NotFoundException",
            format!("Invalid keyId {id}"),
        ));
    }
    let parts: Vec<&str> = id.splitn(6, ':').collect();
    let [_, partition, "kms", arn_region, account, resource] = parts.as_slice() else {
        return Err(ApiError::new(
            "InvalidArnException",
            format!("Invalid arn {id}"),
        ));
    };
    let account_good = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let resource_good = resource.starts_with("key/") || resource.starts_with("alias/");
    if !partition.starts_with("aws") || !account_good || !resource_good {
        return Err(ApiError::new(
            "InvalidArnException",
            format!("Invalid arn {id}"),
        ));
    }
    if *arn_region != region {
        return Err(ApiError::new(
            "NotFoundException",
            format!("Invalid arn {arn_region}"),
        ));
    }
    match resource.strip_prefix("key/") {
        Some(key) if !is_key_id(key) => Err(ApiError::new(
            "NotFoundException",
            format!("Invalid keyId {key}"),
        )),
        _ => Ok(()),
    }
}

/// A UUID, or `mrk-` and 32 hexadecimal digits.
fn is_key_id(id: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(digits) = id.strip_prefix("mrk-") {
        return digits.len() == 32 && hex(digits);
    }
    let groups: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.into_iter().all(hex)
}

fn not_found(world: &World, id: &str, region: &str) -> ApiError {
    let arn = match id {
        arn if arn.starts_with("arn:") => arn.to_owned(),
        alias if alias.starts_with("alias/") => own_arn(world, region, alias),
        key => own_arn(world, region, &format!("key/{key}")),
    };
    let text = if arn.contains(":alias/") {
        format!("Alias {arn} is not found.")
    } else {
        format!("Key '{arn}' does not exist")
    };
    ApiError::new("NotFoundException", text)
}

/// A key policy is the whole truth: what it does not allow, IAM cannot.
fn check_policy(world: &World, key: &Key, action: &str) -> Result<(), ApiError> {
    if allows(world, &key.policy, &key.arn, action) {
        return Ok(());
    }
    Err(denied(world, action, &key.arn))
}

/// Whether a key policy allows the caller `action` without a condition.
pub(super) fn allows(world: &World, policy: &str, key_arn: &str, action: &str) -> bool {
    let principals = sts::caller_principals(world);
    let request = Request {
        principals: &principals,
        action,
        resource: key_arn,
    };
    judge(policy, &request) == Verdict::Allowed
}

fn denied(world: &World, action: &str, resource: &str) -> ApiError {
    ApiError::new(
        "AccessDeniedException",
        format!(
            "User: {} is not authorized to perform: {action} on resource: {resource} because the \
             resource does not exist in this Region, no resource-based policies allow access, or a \
             resource-based policy explicitly denies access",
            sts::caller_arn(world)
        ),
    )
}
