//! STS: who the caller is.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The role under which every call to the sandbox is made.
const ROLE: &str = "trailkeeper";
const SESSION: &str = "sandbox";
const ROLE_ID: &str = "AROA2SANDBOX3ROLE4ID5";

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "GetCallerIdentity" => Ok(json!({
            "UserId": format!("{ROLE_ID}:{SESSION}"),
            "Account": world.account_id,
            "Arn": caller_arn(world),
        })),
        _ => Err(not_implemented(call)),
    }
}

/// The ARN of whoever makes the call: the actor of the handle, else the sandbox's own session.
pub(crate) fn caller_arn(world: &World) -> String {
    let actor = world.present_actor().user_identity;
    let arn = actor.get("arn").and_then(Value::as_str);
    arn.map_or_else(|| own_arn(world), str::to_owned)
}

fn own_arn(world: &World) -> String {
    format!(
        "arn:{}:sts::{}:assumed-role/{ROLE}/{SESSION}",
        world.partition, world.account_id
    )
}

/// Everything by which a policy can name the caller: account, root, role and session.
pub(crate) fn caller_principals(world: &World) -> [String; 4] {
    let World {
        partition,
        account_id,
        ..
    } = world;
    [
        account_id.clone(),
        format!("arn:{partition}:iam::{account_id}:root"),
        format!("arn:{partition}:iam::{account_id}:role/{ROLE}"),
        own_arn(world),
    ]
}
