//! GetKeyPolicy and PutKeyPolicy. The text is kept byte for byte.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::kms::input::{constraint, length, text};
use crate::services::kms::lookup::{allows, own_key};
use crate::services::s3::is_aws_principal;
use crate::services::s3::resource_policy::{statements, texts};
use crate::world::World;

/// The longest key policy, in bytes.
const LONGEST: usize = 32_768;
/// What the protocol lets through to the service.
const LONGEST_MEMBER: usize = 131_072;
const LONGEST_NAME: usize = 128;

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    check_name(call)?;
    let key = own_key(world, call, "KeyId", "kms:GetKeyPolicy")?;
    Ok(json!({"Policy": key.policy, "PolicyName": "default"}))
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let policy = text(&call.input, "Policy", LONGEST_MEMBER)?;
    check_name(call)?;
    let key = own_key(world, call, "KeyId", "kms:PutKeyPolicy")?;
    let arn = key.arn.clone();
    let policy = check(world, call, &arn, policy)?.to_owned();
    if let Some(key) = world.services.kms.keys.get_mut(&arn) {
        key.policy = policy;
    }
    Ok(json!({}))
}

/// A key has one policy, and its name is `default`.
fn check_name(call: &Call) -> Result<(), ApiError> {
    let Some(name) = call.input.get("PolicyName").and_then(Value::as_str) else {
        return Ok(());
    };
    length("PolicyName", name, 1, LONGEST_NAME)?;
    if name == "default" {
        return Ok(());
    }
    Err(ApiError::new("NotFoundException", "No such policy exists"))
}

/// Refuses what KMS refuses as the policy of the key `arn`; hands the text back otherwise.
pub(super) fn check<'a>(
    world: &World,
    call: &Call,
    arn: &str,
    policy: &'a str,
) -> Result<&'a str, ApiError> {
    length("Policy", policy, 1, LONGEST_MEMBER)?;
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
    if !policy.chars().all(allowed) {
        let rule = "Member must satisfy regular expression pattern: \
                    [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
        return Err(constraint("Policy", Some(policy), rule));
    }
    if policy.len() > LONGEST {
        let text = format!("The key policy is longer than {LONGEST} bytes");
        return Err(ApiError::new("LimitExceededException", text));
    }
    let document: Value = serde_json::from_str(policy)
        .map_err(|error| malformed(format!("The policy is not valid JSON: {error}")))?;
    check_document(&document)?;
    let bypass = call.input.get("BypassPolicyLockoutSafetyCheck") == Some(&Value::Bool(true));
    if bypass || allows(world, policy, arn, "kms:PutKeyPolicy") {
        return Ok(policy);
    }
    Err(malformed(
        "The new key policy will not allow you to update the key policy in the future.",
    ))
}

fn malformed(text: impl Into<String>) -> ApiError {
    ApiError::new("MalformedPolicyDocumentException", text)
}

/// A statement without Action or Resource is accepted and has no effect, as KMS documents.
fn check_document(document: &Value) -> Result<(), ApiError> {
    if let Some(version) = document.get("Version")
        && !matches!(version.as_str(), Some("2012-10-17" | "2008-10-17"))
    {
        return Err(malformed("The policy has an invalid Version"));
    }
    let list = statements(document);
    if list.is_empty() || !list.iter().all(Value::is_object) {
        return Err(malformed("The policy has no statements"));
    }
    for statement in list {
        let effect = statement.get("Effect").and_then(Value::as_str);
        if !matches!(effect, Some("Allow" | "Deny")) {
            return Err(malformed("A statement has no valid Effect"));
        }
        let principal = statement.get("Principal");
        if !principal
            .or(statement.get("NotPrincipal"))
            .is_some_and(is_principal)
        {
            return Err(malformed(
                "Policy contains a statement with one or more invalid principals.",
            ));
        }
    }
    Ok(())
}

fn is_principal(principal: &Value) -> bool {
    match principal {
        Value::String(text) => text == "*",
        Value::Object(kinds) => {
            !kinds.is_empty()
                && kinds.iter().all(|(kind, names)| {
                    let names = texts(names);
                    let good = |name: &&str| match kind.as_str() {
                        "AWS" => is_aws_principal(name),
                        "Service" => name.contains(".amazonaws.com"),
                        _ => false,
                    };
                    !names.is_empty() && names.iter().all(good)
                })
        }
        _ => false,
    }
}
