//! Lambda: the functions that exist and their invocation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::account::Invocation;
use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The functions by name, and the asynchronous invocations that services have asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    functions: BTreeSet<String>,
    pub(crate) asked: Vec<Invocation>,
}

/// Answers one operation. The run of an `Invoke` itself is the account's, which holds the code.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    if call.operation != "Invoke" {
        return Err(not_implemented(call));
    }
    let (name, _) = invocation(call);
    if world.services.lambda.functions.contains(&name) {
        return Ok(Value::Null);
    }
    let text = format!("Function not found: {name}");
    Err(ApiError::new("ResourceNotFoundException", text).with_status(404))
}

pub(crate) fn registered(world: &mut World, name: &str) {
    world.services.lambda.functions.insert(name.to_owned());
}

/// The function's bare name (from a name, an ARN or a name with a qualifier) and the payload.
pub(crate) fn invocation(call: &Call) -> (String, Value) {
    let given = call
        .input
        .get("FunctionName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let after_marker = given
        .rsplit_once(":function:")
        .map_or(given, |(_, name)| name);
    let name = after_marker.split(':').next().unwrap_or_default();
    (
        name.to_owned(),
        call.input.get("Payload").cloned().unwrap_or(Value::Null),
    )
}

/// `Invoke`'s output: the payload, and `FunctionError` where the code failed.
pub(crate) fn answer(result: Result<Value, Value>) -> Value {
    match result {
        Ok(payload) => json!({"StatusCode": 200, "Payload": payload}),
        Err(payload) => {
            json!({"StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload})
        }
    }
}
