//! Log streams.

use serde_json::{Value, json};

use super::{Form, arn, found, invalid, milliseconds, missing, name, page, taken, text};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let stream = name(call, "logStreamName", Form::Other)?;
    let now = world.now;
    let streams = &mut found(world, call)?.streams;
    if streams.contains_key(stream) {
        return Err(taken("log stream"));
    }
    streams.insert(stream.to_owned(), now);
    Ok(json!({}))
}

/// CloudTrail makes a stream anew with its next delivery; what was in it is gone.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let stream = name(call, "logStreamName", Form::Other)?;
    let gone = found(world, call)?.streams.remove(stream);
    gone.map(|_| json!({})).ok_or_else(|| missing("log stream"))
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    if text(call, "logGroupIdentifier").is_some() && text(call, "logGroupName").is_some() {
        return Err(invalid(
            "Exactly one of logGroupName and logGroupIdentifier must be given.",
        ));
    }
    let group = name(call, "logGroupName", Form::Group)?;
    let arn = arn(world, &call.region, group);
    let prefix = text(call, "logStreamNamePrefix").unwrap_or_default();
    let streams = &found(world, call)?.streams;
    let told = streams
        .iter()
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, created)| {
            json!({
                "logStreamName": name,
                "creationTime": milliseconds(*created),
                "arn": format!("{arn}:log-stream:{name}"),
                "storedBytes": 0,
            })
        });
    page(call, "logStreams", told)
}
