//! Lambda: the functions that exist and their invocation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::account::Invocation;
use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The largest payload of a synchronous and of an asynchronous invocation, in bytes.
const SYNCHRONOUS_LIMIT: usize = 6_291_456;
const ASYNCHRONOUS_LIMIT: usize = 1_048_576;

/// The functions by name with their versions and aliases besides `$LATEST`, and the asynchronous
/// invocations that services have asked for. A function exists in every Region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) functions: BTreeMap<String, BTreeSet<String>>,
    pub(crate) asked: Vec<Invocation>,
}

/// Answers one operation. The run of a synchronous `Invoke` is the account's, which holds the
/// code: `null` is the sign for it to go on.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "Invoke" => invoke(world, call),
        "GetFunction" => {
            let configuration = configuration(world, call)?;
            let code = json!({"RepositoryType": "S3", "Location": ""});
            Ok(json!({"Configuration": configuration, "Code": code}))
        }
        "GetFunctionConfiguration" => configuration(world, call),
        "ListFunctions" => Ok(list(world, call)),
        _ => Err(not_implemented(call)),
    }
}

pub(crate) fn registered(world: &mut World, name: &str) {
    let functions = &mut world.services.lambda.functions;
    functions.entry(name.to_owned()).or_default();
}

/// The function's bare name (from a name, an ARN or a name with a qualifier) and the payload.
pub(crate) fn invocation(call: &Call) -> (String, Value) {
    let name = Named::parse(text(call, "FunctionName")).map_or("", |named| named.name);
    let payload = call.input.get("Payload").cloned().unwrap_or(Value::Null);
    (name.to_owned(), payload)
}

/// `Invoke`'s output: the payload, and `FunctionError` where the code failed.
pub(crate) fn answer(result: Result<Value, Value>) -> Value {
    match result {
        Ok(payload) => {
            json!({"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": payload})
        }
        Err(payload) => json!({
            "StatusCode": 200,
            "ExecutedVersion": "$LATEST",
            "FunctionError": "Unhandled",
            "Payload": payload,
        }),
    }
}

/// The bare name of the function that `given` names in a call in `region`, if it exists.
pub(crate) fn resolve(
    world: &World,
    given: &str,
    qualifier: Option<&str>,
    region: &str,
) -> Option<String> {
    let found = find(world, given, qualifier, region).ok()?;
    Some(found.name.to_owned())
}

fn invoke(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let function = asked(world, call)?.name.to_owned();
    let payload = call.input.get("Payload").cloned().unwrap_or(Value::Null);
    let kind = call.input.get("InvocationType").and_then(Value::as_str);
    let (status, limit) = match kind.unwrap_or("RequestResponse") {
        "RequestResponse" => (200, SYNCHRONOUS_LIMIT),
        "Event" => (202, ASYNCHRONOUS_LIMIT),
        "DryRun" => (204, SYNCHRONOUS_LIMIT),
        other => {
            return Err(invalid(format!(
                "Value '{other}' at 'invocationType' failed to satisfy constraint: Member must \
                 satisfy enum value set: [Event, RequestResponse, DryRun]"
            )));
        }
    };
    let size = payload.to_string().len();
    if size > limit {
        let text = format!("{size} byte payload is too large for the invocation (limit {limit})");
        return Err(ApiError::new("RequestTooLargeException", text).with_status(413));
    }
    match status {
        200 => return Ok(Value::Null),
        202 => {
            let invocation = Invocation { function, payload };
            world.services.lambda.asked.push(invocation);
        }
        _ => {}
    }
    Ok(json!({"StatusCode": status}))
}

fn configuration(world: &World, call: &Call) -> Result<Value, ApiError> {
    let found = asked(world, call)?;
    Ok(describe(world, &call.region, found.name, found.qualifier))
}

fn list(world: &World, call: &Call) -> Value {
    let names = world.services.lambda.functions.keys();
    let functions: Vec<Value> = names
        .map(|name| describe(world, &call.region, name, None))
        .collect();
    json!({"Functions": functions})
}

fn describe(world: &World, region: &str, name: &str, qualifier: Option<&str>) -> Value {
    let mut arn = arn(world, region, name);
    if let Some(qualifier) = qualifier {
        arn = format!("{arn}:{qualifier}");
    }
    json!({
        "FunctionName": name,
        "FunctionArn": arn,
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Version": "$LATEST",
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })
}

fn arn(world: &World, region: &str, name: &str) -> String {
    format!(
        "arn:{}:lambda:{region}:{}:function:{name}",
        world.partition, world.account_id
    )
}

/// The function that the call's `FunctionName` and `Qualifier` name.
fn asked<'a>(world: &World, call: &'a Call) -> Result<Named<'a>, ApiError> {
    let qualifier = call.input.get("Qualifier").and_then(Value::as_str);
    find(world, text(call, "FunctionName"), qualifier, &call.region)
}

fn find<'a>(
    world: &World,
    given: &'a str,
    qualifier: Option<&'a str>,
    region: &str,
) -> Result<Named<'a>, ApiError> {
    let mut named = Named::parse(given).ok_or_else(|| invalid(not_a_name(given)))?;
    if named.region.is_some_and(|home| home != region) {
        let home = named.region.unwrap_or_default();
        return Err(not_found(format!(
            "Functions from '{home}' are not reachable in this region ('{region}')"
        )));
    }
    if named.account.is_some_and(|owner| owner != world.account_id) {
        let text = format!("User is not authorized to perform lambda on resource: {given}");
        return Err(ApiError::new("AccessDeniedException", text).with_status(403));
    }
    if let (Some(one), Some(other)) = (named.qualifier, qualifier)
        && one != other
    {
        let text = "The derived qualifier from the function name does not match the specified \
                    qualifier.";
        return Err(ApiError::new("InvalidParameterValueException", text));
    }
    named.qualifier = named.qualifier.or(qualifier);
    let aliases = world.services.lambda.functions.get(named.name);
    let exists = |aliases: &BTreeSet<String>| {
        let known = |wanted: &str| wanted == "$LATEST" || aliases.contains(wanted);
        named.qualifier.is_none_or(known)
    };
    if aliases.is_some_and(exists) {
        return Ok(named);
    }
    let mut missing = arn(world, region, named.name);
    if let Some(qualifier) = named.qualifier {
        missing = format!("{missing}:{qualifier}");
    }
    Err(not_found(format!("Function not found: {missing}")))
}

/// What a `FunctionName` says: a name, a partial ARN or an ARN, each with or without qualifier.
struct Named<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn parse(given: &'a str) -> Option<Self> {
        let parts: Vec<&str> = given.split(':').collect();
        let (region, account, rest) = match parts.as_slice() {
            ["arn", _, "lambda", region, account, "function", rest @ ..] => {
                (Some(*region), Some(*account), rest)
            }
            [account, "function", rest @ ..] => (None, Some(*account), rest),
            rest => (None, None, rest),
        };
        let (name, qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return None,
        };
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let good = (1..=64).contains(&name.len()) && name.chars().all(fits);
        good.then_some(Self {
            region,
            account,
            name,
            qualifier,
        })
    }
}

fn text<'a>(call: &'a Call, member: &str) -> &'a str {
    let value = call.input.get(member);
    value.and_then(Value::as_str).unwrap_or_default()
}

fn not_a_name(given: &str) -> String {
    format!(
        "1 validation error detected: Value '{given}' at 'functionName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: a function name, a partial \
         ARN or an ARN"
    )
}

fn invalid(text: String) -> ApiError {
    ApiError::new("ValidationException", text)
}

fn not_found(text: String) -> ApiError {
    ApiError::new("ResourceNotFoundException", text).with_status(404)
}
