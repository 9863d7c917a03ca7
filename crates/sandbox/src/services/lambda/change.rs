//! What changes a function: its code, its configuration, its concurrency, its end.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::function::{Function, code_hash, describe};
use super::{Named, asked, bad_parameter, conflict, invalid, no_function};
use crate::call::{ApiError, Call};
use crate::world::World;

/// What an account may have running at once, and what must be left for functions without
/// reservation.
const ACCOUNT_CONCURRENCY: u64 = 1_000;
const UNRESERVED_CONCURRENCY: u64 = 100;

pub(super) fn edit<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Function, ApiError> {
    let functions = &mut world.services.lambda.functions;
    functions.get_mut(name).ok_or_else(|| no_function(name))
}

/// Refuses a call that was meant for another revision.
pub(super) fn same_revision(function: &Function, call: &Call) -> Result<(), ApiError> {
    let meant = call.input.get("RevisionId").and_then(Value::as_str);
    if meant.is_none_or(|meant| meant == function.revision_id()) {
        return Ok(());
    }
    let text = "The RevisionId provided does not match the latest RevisionId. Call the \
                GetFunction/GetAlias API to retrieve the latest RevisionId";
    Err(ApiError::new("PreconditionFailedException", text).with_status(412))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    match named.qualifier {
        None => drop(world.services.lambda.functions.remove(named.name)),
        Some("$LATEST") => {
            let text = "$LATEST version cannot be deleted without deleting the function.";
            return Err(bad_parameter(text));
        }
        Some(version) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
            edit(world, named.name)?.aliases.remove(version);
        }
        Some(_) => return Err(bad_parameter("An alias is deleted by DeleteAlias.")),
    }
    Ok(json!({"StatusCode": 204}))
}

pub(super) fn put_concurrency(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = whole(world, call)?;
    let wanted = call.input.get("ReservedConcurrentExecutions");
    let Some(wanted) = wanted.and_then(Value::as_u64) else {
        return Err(invalid(
            "1 validation error detected: Value at 'reservedConcurrentExecutions' failed to \
             satisfy constraint: Member must have value greater than or equal to 0"
                .to_owned(),
        ));
    };
    let functions = world.services.lambda.functions.iter();
    let others = functions.filter(|(other, _)| **other != name);
    let reserved: u64 = others.filter_map(|(_, other)| other.reserved).sum();
    if reserved.saturating_add(wanted) > ACCOUNT_CONCURRENCY - UNRESERVED_CONCURRENCY {
        return Err(bad_parameter(
            "Specified ReservedConcurrentExecutions for function decreases account's \
             UnreservedConcurrentExecution below its minimum value of [100].",
        ));
    }
    edit(world, &name)?.reserved = Some(wanted);
    Ok(json!({"ReservedConcurrentExecutions": wanted}))
}

pub(super) fn delete_concurrency(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = whole(world, call)?;
    edit(world, &name)?.reserved = None;
    Ok(json!({}))
}

/// Without a reservation the answer is empty.
pub(super) fn get_concurrency(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = whole(world, call)?;
    let function = world.services.lambda.functions.get(&name);
    Ok(match function.and_then(|function| function.reserved) {
        Some(reserved) => json!({"ReservedConcurrentExecutions": reserved}),
        None => json!({}),
    })
}

/// The name of a function that must be named without version or alias.
fn whole(world: &World, call: &Call) -> Result<String, ApiError> {
    let named = asked(world, call)?;
    match named.qualifier {
        None => Ok(named.name.to_owned()),
        Some(_) => {
            let text = "This operation is permitted on Lambda functions only. Aliases and versions \
                        do not support this operation. Please specify either a function name or \
                        an unqualified function ARN.";
            Err(bad_parameter(text))
        }
    }
}

pub(super) fn update_code(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = whole(world, call)?;
    let given = |member: &str| call.input.get(member).and_then(Value::as_str);
    let hash = match (
        given("ZipFile"),
        given("S3Bucket"),
        given("S3Key"),
        given("ImageUri"),
    ) {
        (Some(zip), None, None, None) => {
            let unzipped = || {
                bad_parameter(
                    "Could not unzip uploaded file. Please check your file, then try to upload again.",
                )
            };
            let bytes = STANDARD.decode(zip).map_err(|_| unzipped())?;
            if bytes.is_empty() {
                return Err(unzipped());
            }
            code_hash(&bytes)
        }
        (None, Some(bucket), Some(key), None) => stored_hash(world, bucket, key)?,
        (None, None, None, Some(_)) => {
            let text = "Updating the function code with an image is not supported for a function \
                        with package type Zip";
            return Err(bad_parameter(text));
        }
        (None, None, None, None) => {
            return Err(bad_parameter("Please provide a source for function code."));
        }
        _ => {
            return Err(bad_parameter(
                "Please provide one source for function code.",
            ));
        }
    };
    let now = world.now();
    let dry = call.input.get("DryRun") == Some(&Value::Bool(true));
    let function = edit(world, &name)?;
    same_revision(function, call)?;
    if !dry {
        function.code_sha256 = hash;
        function.touch(now);
    }
    Ok(told(world, call, &name))
}

fn stored_hash(world: &World, bucket: &str, key: &str) -> Result<String, ApiError> {
    let missing = |code: &str, text: &str| {
        bad_parameter(&format!(
            "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {text}"
        ))
    };
    let bucket = world.services.s3.buckets.get(bucket);
    let bucket =
        bucket.ok_or_else(|| missing("NoSuchBucket", "The specified bucket does not exist"))?;
    let object = bucket.objects.current(key);
    let object = object.ok_or_else(|| missing("NoSuchKey", "The specified key does not exist."))?;
    Ok(code_hash(
        &STANDARD.decode(&object.body).unwrap_or_default(),
    ))
}

pub(super) fn update_configuration(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = whole(world, call)?;
    let input = &call.input;
    let text = |member: &str| input.get(member).and_then(Value::as_str);
    let number = |member: &str| input.get(member).and_then(Value::as_u64);
    let role = text("Role")
        .map(|role| check_role(world, role))
        .transpose()?;
    check_range(number("Timeout"), "timeout", 1, 900)?;
    check_range(number("MemorySize"), "memorySize", 128, 32_768)?;
    let environment = input.get("Environment").map(variables).transpose()?;
    let now = world.now();
    let function = edit(world, &name)?;
    same_revision(function, call)?;
    for (member, kept) in [
        ("Handler", &mut function.handler),
        ("Runtime", &mut function.runtime),
        ("Description", &mut function.description),
    ] {
        if let Some(given) = text(member) {
            given.clone_into(kept);
        }
    }
    function.timeout = number("Timeout").unwrap_or(function.timeout);
    function.memory = number("MemorySize").unwrap_or(function.memory);
    if let Some(environment) = environment {
        function.environment = environment;
    }
    function.role = role.or_else(|| function.role.take());
    function.touch(now);
    Ok(told(world, call, &name))
}

fn told(world: &World, call: &Call, name: &str) -> Value {
    Named::parse(name).map_or(Value::Null, |named| describe(world, &call.region, &named))
}

fn check_role(world: &World, role: &str) -> Result<String, ApiError> {
    let own = format!("arn:{}:iam::{}:role/", world.partition, world.account_id);
    if role.starts_with(&own) {
        return Ok(role.to_owned());
    }
    if role.starts_with("arn:") && role.contains(":iam::") && role.contains(":role/") {
        let text = format!("Cross-account pass role is not allowed: {role}");
        return Err(ApiError::new("AccessDeniedException", text).with_status(403));
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{role}' at 'role' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: the ARN of a role"
    )))
}

fn check_range(given: Option<u64>, name: &str, least: u64, most: u64) -> Result<(), ApiError> {
    match given {
        Some(given) if !(least..=most).contains(&given) => Err(invalid(format!(
            "1 validation error detected: Value '{given}' at '{name}' failed to satisfy \
             constraint: Member must have value between {least} and {most}"
        ))),
        _ => Ok(()),
    }
}

fn variables(environment: &Value) -> Result<BTreeMap<String, String>, ApiError> {
    let variables = environment.get("Variables").and_then(Value::as_object);
    let mut kept = BTreeMap::new();
    for (name, value) in variables.into_iter().flatten() {
        if ["AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME"].contains(&name.as_str()) {
            let text = format!(
                "Lambda was unable to configure your environment variables because the \
                 environment variables you have provided contains reserved keys that are \
                 currently not supported for modification. Reserved keys used in this request: \
                 {name}"
            );
            return Err(bad_parameter(&text));
        }
        let value = value
            .as_str()
            .ok_or_else(|| conflict("a variable is a text"))?;
        kept.insert(name.clone(), value.to_owned());
    }
    Ok(kept)
}
