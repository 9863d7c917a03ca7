//! The targets of rules.

use serde_json::{Value, json};

use super::{check_name, default_bus, find, find_to_change, invalid, listing, name, too_many};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::services::not_implemented;
use crate::world::World;

const MOST_TARGETS: usize = 5;
const MOST_IN_A_CALL: usize = 100;

/// Members that make of the event something else, or go with targets of other kinds.
const UNKNOWN: [&str; 11] = [
    "InputPath",
    "InputTransformer",
    "KinesisParameters",
    "RunCommandParameters",
    "EcsParameters",
    "BatchParameters",
    "SqsParameters",
    "HttpParameters",
    "RedshiftDataParameters",
    "SageMakerPipelineParameters",
    "AppSyncParameters",
];

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let rule = name(&input, "Rule")?;
    let targets = given(&input, "Targets")?;
    default_bus(world, call, &input)?;
    let mut read = Vec::new();
    for target in &targets {
        read.push((read_id(target)?, check(world, call, target)?));
    }
    let rule = find_to_change(world, call, rule, false)?;
    let mut after = rule.targets.clone();
    after.extend(read);
    if after.len() > MOST_TARGETS {
        return Err(too_many());
    }
    rule.targets = after;
    Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
}

fn given<'a>(input: &Input<'a>, member: &str) -> Result<Vec<Input<'a>>, ApiError> {
    let targets = input.structures(member, MOST_IN_A_CALL)?;
    if targets.is_empty() {
        return Err(input.missing(member));
    }
    Ok(targets)
}

fn read_id(target: &Input<'_>) -> Result<String, ApiError> {
    name(target, "Id").map(str::to_owned)
}

/// The target as it was put, if it is one of those that are known here.
fn check(world: &World, call: &Call, target: &Input<'_>) -> Result<Value, ApiError> {
    let arn = target.required_text("Arn", 1, super::LONGEST_ARN)?;
    if UNKNOWN.iter().any(|member| target.value(member).is_some()) {
        return Err(not_implemented(call));
    }
    if let Some(text) = target.text("Input", 0, 8_192)?
        && serde_json::from_str::<Value>(text).is_err()
    {
        return Err(invalid(
            "Parameter Input is not valid. Reason: it is no JSON text.",
        ));
    }
    if let Some(letters) = target.structure("DeadLetterConfig")? {
        let queue = letters.text("Arn", 1, super::LONGEST_ARN)?;
        if queue.is_some_and(|arn| !arn.contains(":sqs:")) {
            let text = "Parameter DeadLetterConfig.Arn is not valid. Reason: only SQS queues.";
            return Err(invalid(text));
        }
    }
    if let Some(retry) = target.structure("RetryPolicy")? {
        retry.number("MaximumRetryAttempts", 0, 185)?;
        retry.number("MaximumEventAgeInSeconds", 60, 86_400)?;
    }
    check_arn(world, call, arn, target)?;
    Ok(target.given())
}

fn check_arn(world: &World, call: &Call, arn: &str, target: &Input<'_>) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", region, _, "function", _, ..] | ["arn", _, "sns", region, _, _]
            if *region != call.region =>
        {
            let text = format!(
                "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
            );
            Err(invalid(text))
        }
        ["arn", _, "lambda", _, _, "function", _, ..] | ["arn", _, "sns", _, _, _] => Ok(()),
        ["arn", _, "events", region, account, rest] if rest.starts_with("event-bus/") => {
            if *region == call.region && *account == world.account_id {
                // a bus of the same account and Region is a target of its own kind
                return Err(not_implemented(call));
            }
            // events leave the Region in a role's name only
            target.required_text("RoleArn", 1, super::LONGEST_ARN)?;
            Ok(())
        }
        ["arn", _, _, _, _, ..] => Err(not_implemented(call)),
        _ => Err(invalid(format!(
            "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        ))),
    }
}

/// Ids that the rule lacks are removed already.
pub(super) fn remove(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let rule = name(&input, "Rule")?;
    if input.value("Ids").is_none() {
        return Err(input.missing("Ids"));
    }
    let ids = input.texts("Ids", 1, MOST_IN_A_CALL, super::LONGEST_NAME)?;
    ids.iter().try_for_each(|id| check_name(id, "Ids"))?;
    let force = input.flag("Force")?;
    default_bus(world, call, &input)?;
    let rule = find_to_change(world, call, rule, force)?;
    rule.targets.retain(|id, _| !ids.contains(&id.as_str()));
    Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let rule = name(&input, "Rule")?;
    default_bus(world, call, &input)?;
    let targets = find(world, call, rule)?.targets.values().cloned();
    listing(call, &input, "Targets", targets.collect())
}

pub(super) fn rules_of(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let arn = input.required_text("TargetArn", 1, super::LONGEST_ARN)?;
    default_bus(world, call, &input)?;
    let rules = world.services.events.rules.get(&call.region);
    let names = rules.into_iter().flatten().filter(|(_, rule)| {
        let mut targets = rule.targets.values();
        targets.any(|target| target.get("Arn").and_then(Value::as_str) == Some(arn))
    });
    let names = names.map(|(name, _)| json!(name));
    listing(call, &input, "RuleNames", names.collect())
}
