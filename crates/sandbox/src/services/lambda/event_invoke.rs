//! What becomes of asynchronous invocations that fail or wait: kept and told, with no effect here.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::change::edit;
use super::{Named, arn, asked, bad_parameter, invalid, not_found};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The settings of one version or alias.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventInvoke {
    settings: Map<String, Value>,
    modified: Timestamp,
}

const LATEST: &str = "$LATEST";

/// Members that are numbers, with the least and the most.
const NUMBERS: [(&str, &str, i64, i64); 2] = [
    ("MaximumRetryAttempts", "maximumRetryAttempts", 0, 2),
    (
        "MaximumEventAgeInSeconds",
        "maximumEventAgeInSeconds",
        60,
        21_600,
    ),
];
const DESTINATIONS: &str = "DestinationConfig";

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    describe(world, call, &named)
}

/// What is left out is taken away.
pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    let settings = given(call)?;
    if settings.is_empty() {
        let text = "You must specify at least one of error handling or destination setting.";
        return Err(bad_parameter(text));
    }
    keep(world, &named, settings)?;
    describe(world, call, &named)
}

/// What is left out stays as it is.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    let changed = given(call)?;
    let mut settings = found(world, call, &named)?.settings.clone();
    settings.extend(changed);
    keep(world, &named, settings)?;
    describe(world, call, &named)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    found(world, call, &named)?;
    let (name, place) = (named.name.to_owned(), place(&named));
    edit(world, &name)?.event_invoke.remove(&place);
    Ok(json!({}))
}

fn place(named: &Named<'_>) -> String {
    named.qualifier.unwrap_or(LATEST).to_owned()
}

fn full_arn(world: &World, call: &Call, named: &Named<'_>) -> String {
    format!("{}:{}", arn(world, &call.region, named.name), place(named))
}

fn keep(
    world: &mut World,
    named: &Named<'_>,
    settings: Map<String, Value>,
) -> Result<(), ApiError> {
    let modified = world.now();
    let place = place(named);
    let function = edit(world, named.name)?;
    function
        .event_invoke
        .insert(place, EventInvoke { settings, modified });
    Ok(())
}

fn found<'w>(
    world: &'w World,
    call: &Call,
    named: &Named<'_>,
) -> Result<&'w EventInvoke, ApiError> {
    let function = world.services.lambda.functions.get(named.name);
    let found = function.and_then(|function| function.event_invoke.get(&place(named)));
    found.ok_or_else(|| {
        let arn = full_arn(world, call, named);
        not_found(format!(
            "The function {arn} doesn't have an EventInvokeConfig"
        ))
    })
}

fn describe(world: &World, call: &Call, named: &Named<'_>) -> Result<Value, ApiError> {
    let found = found(world, call, named)?;
    let mut members = found.settings.clone();
    let arn = full_arn(world, call, named);
    members.insert("FunctionArn".to_owned(), json!(arn));
    let modified = found.modified.as_second();
    members.insert("LastModified".to_owned(), json!(modified));
    Ok(Value::Object(members))
}

/// The settings that the call gives.
fn given(call: &Call) -> Result<Map<String, Value>, ApiError> {
    let mut settings = Map::new();
    for (member, spelled, least, most) in NUMBERS {
        let Some(value) = call.input.get(member).filter(|value| !value.is_null()) else {
            continue;
        };
        let fits = value
            .as_i64()
            .is_some_and(|number| (least..=most).contains(&number));
        if !fits {
            return Err(invalid(format!(
                "1 validation error detected: Value '{value}' at '{spelled}' failed to satisfy \
                 constraint: Member must have value between {least} and {most}"
            )));
        }
        settings.insert(member.to_owned(), value.clone());
    }
    if let Some(value) = call
        .input
        .get(DESTINATIONS)
        .filter(|value| !value.is_null())
    {
        check_destinations(value)?;
        settings.insert(DESTINATIONS.to_owned(), value.clone());
    }
    Ok(settings)
}

/// Each destination is the ARN of a queue, topic, bucket, function or bus.
fn check_destinations(value: &Value) -> Result<(), ApiError> {
    for side in ["OnSuccess", "OnFailure"] {
        let Some(arn) = value.pointer(&format!("/{side}/Destination")) else {
            continue;
        };
        let text = arn.as_str().unwrap_or_default();
        let service = text.split(':').nth(2).unwrap_or_default();
        let known = ["sqs", "sns", "lambda", "events"].contains(&service)
            || service == "s3" && side == "OnFailure";
        let fits = text.is_empty() || text.starts_with("arn:") && known;
        if !fits {
            return Err(bad_parameter(&format!(
                "The provided destination config {value} is invalid."
            )));
        }
    }
    Ok(())
}
