//! Lambda: the functions that exist, who may invoke them, and their invocation.

mod change;
mod event_invoke;
mod function;
mod policy;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::account::Invocation;
use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use function::{Function, Permission};
pub(crate) use policy::{admits, may_invoke};

/// The largest payload of a synchronous and of an asynchronous invocation, in bytes.
const SYNCHRONOUS_LIMIT: usize = 6_291_456;
const ASYNCHRONOUS_LIMIT: usize = 1_048_576;

/// The functions by name, and the asynchronous invocations that services have asked for. A
/// function exists in every Region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) functions: BTreeMap<String, Function>,
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
            let answer = json!({"Configuration": configuration, "Code": code});
            let concurrency = change::get_concurrency(world, call).unwrap_or_default();
            Ok(with_concurrency(answer, concurrency))
        }
        "GetFunctionConfiguration" => configuration(world, call),
        "ListFunctions" => Ok(list(world, call)),
        "DeleteFunction" => change::delete(world, call),
        "UpdateFunctionCode" => change::update_code(world, call),
        "UpdateFunctionConfiguration" => change::update_configuration(world, call),
        "GetFunctionConcurrency" => change::get_concurrency(world, call),
        "PutFunctionConcurrency" => change::put_concurrency(world, call),
        "DeleteFunctionConcurrency" => change::delete_concurrency(world, call),
        "GetFunctionEventInvokeConfig" => event_invoke::get(world, call),
        "PutFunctionEventInvokeConfig" => event_invoke::put(world, call),
        "UpdateFunctionEventInvokeConfig" => event_invoke::update(world, call),
        "DeleteFunctionEventInvokeConfig" => event_invoke::delete(world, call),
        "GetPolicy" => policy::get(world, call),
        "AddPermission" => policy::add(world, call),
        "RemovePermission" => policy::remove(world, call),
        _ => Err(not_implemented(call)),
    }
}

fn with_concurrency(mut answer: Value, concurrency: Value) -> Value {
    let reserved = concurrency.as_object().is_some_and(|map| !map.is_empty());
    if let Some(members) = answer.as_object_mut().filter(|_| reserved) {
        members.insert("Concurrency".to_owned(), concurrency);
    }
    answer
}

/// Makes a function known, with settings of its own only if it is new.
pub(crate) fn registered<'a>(world: &'a mut World, name: &str) -> &'a mut Function {
    let functions = &mut world.services.lambda.functions;
    let new = || Function::new(name);
    functions.entry(name.to_owned()).or_insert_with(new)
}

/// What comes of an invocation besides the code's own answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    /// The registered code runs.
    Genuine,
    /// Other code runs, which nobody here knows: it does nothing.
    Other,
    /// Nothing runs: the function is gone, or its concurrency is zero.
    Nothing,
}

/// What an invocation of the function of this bare name would run now.
pub(crate) fn run_of(world: &World, name: &str) -> Run {
    match world.services.lambda.functions.get(name) {
        None => Run::Nothing,
        Some(function) if function.reserved == Some(0) => Run::Nothing,
        Some(function) if function.is_genuine() => Run::Genuine,
        Some(_) => Run::Other,
    }
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
        200 => match run_of(world, &function) {
            Run::Genuine => return Ok(Value::Null),
            Run::Other => return Ok(answer(Ok(json!({})))),
            Run::Nothing => {
                let text = "Rate Exceeded.";
                let error = ApiError::new("TooManyRequestsException", text);
                return Err(error.with_status(429));
            }
        },
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
    Ok(function::describe(world, &call.region, &found))
}

fn list(world: &World, call: &Call) -> Value {
    let names = world.services.lambda.functions.keys();
    let named = names.filter_map(|name| Named::parse(name));
    let functions: Vec<Value> = named
        .map(|named| function::describe(world, &call.region, &named))
        .collect();
    json!({"Functions": functions})
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
        return Err(bad_parameter(text));
    }
    named.qualifier = named.qualifier.or(qualifier);
    let function = world.services.lambda.functions.get(named.name);
    let exists = |function: &Function| {
        let known = |wanted: &str| wanted == "$LATEST" || function.aliases.contains(wanted);
        named.qualifier.is_none_or(known)
    };
    if function.is_some_and(exists) {
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

fn no_function(name: &str) -> ApiError {
    not_found(format!("Function not found: {name}"))
}

fn bad_parameter(text: &str) -> ApiError {
    ApiError::new("InvalidParameterValueException", text)
}

fn conflict(text: &str) -> ApiError {
    ApiError::new("ResourceConflictException", text).with_status(409)
}
