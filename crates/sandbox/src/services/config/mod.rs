//! AWS Config: rules with custom Lambda functions, their runs and their results.

mod change;
mod channel;
mod compliance;
mod evaluation;
pub(in crate::services) mod input;
mod inventory;
pub(in crate::services) mod page;
mod put_recorder;
mod put_rule;
mod recorder;
mod remediation;
mod rule;
mod run;
mod seeds;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

use evaluation::{Outcome, ResultToken};
use inventory::Inventory;
use recorder::Recorder;
use remediation::Remediations;
use rule::Rule;

pub(crate) use change::notify_foreign;
pub(crate) use inventory::{
    follow, recorded_instances, seed as seed_item, take_stock, take_stock_of_unknown,
};
pub(crate) use remediation::{automation_ended, seed as seed_remediation};
pub(crate) use run::every_message_type;
pub(crate) use seeds::{seed_evaluation, seed_recorder, seed_rule};

/// The rules by Region and name, the result tokens given out, recorders and delivery channels.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) rules: BTreeMap<(String, String), Rule>,
    pub(crate) tokens: BTreeMap<String, ResultToken>,
    pub(crate) recorders: BTreeMap<String, Recorder>,
    pub(crate) channels: BTreeMap<String, Value>,
    pub(crate) failing: Failing,
    pub(crate) remediations: Remediations,
    pub(crate) inventory: Inventory,
    pub(crate) rules_made: u64,
    pub(crate) runs_made: u64,
}

/// Which evaluation of how many more PutEvaluations calls comes back as failed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Failing {
    /// Counted from 1 in each call.
    pub(crate) nth: usize,
    /// How many calls are still to be hit.
    pub(crate) calls: u32,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "PutConfigRule" => put_rule::put(world, call),
        "DescribeConfigRules" => rule::describe(world, call),
        "DeleteConfigRule" => rule::delete(world, call),
        "StartConfigRulesEvaluation" => run::start(world, call),
        "PutEvaluations" => evaluation::put(world, call),
        "DeleteEvaluationResults" => evaluation::delete_results(world, call),
        "GetComplianceDetailsByConfigRule" => compliance::details_by_rule(world, call),
        "GetComplianceDetailsByResource" => compliance::details_by_resource(world, call),
        "DescribeComplianceByConfigRule" => compliance::by_rule(world, call),
        "DescribeComplianceByResource" => compliance::by_resource(world, call),
        "DescribeConfigRuleEvaluationStatus" => rule::status(world, call),
        "DescribeConfigurationRecorders" => recorder::describe(world, call),
        "DescribeConfigurationRecorderStatus" => recorder::status(world, call),
        "PutConfigurationRecorder" => put_recorder::put(world, call),
        "StartConfigurationRecorder" => put_recorder::start(world, call),
        "StopConfigurationRecorder" => put_recorder::stop(world, call),
        "DeleteConfigurationRecorder" => put_recorder::delete(world, call),
        "DisassociateResourceTypes" => put_recorder::disassociate(world, call),
        "DescribeDeliveryChannels" => channel::describe(world, call),
        "PutDeliveryChannel" => channel::put(world, call),
        "DeleteDeliveryChannel" => channel::delete(world, call),
        _ => inventory::dispatch(world, call)
            .or_else(|| remediation::dispatch(world, call))
            .unwrap_or_else(|| Err(not_implemented(call))),
    }
}

/// Lets time pass: periodic rules fall due.
pub(crate) fn pass_time(world: &mut World, to: Timestamp) {
    recorder::pass_time(world);
    run::pass_time(world, to);
}

/// A moment as the awsJson protocols write it: seconds since 1970, with milliseconds.
pub(in crate::services) fn epoch(at: Timestamp) -> Value {
    let milliseconds = at.as_millisecond();
    if milliseconds % 1000 == 0 {
        return Value::from(milliseconds / 1000);
    }
    Value::from(milliseconds as f64 / 1000.0)
}

/// A moment as Config writes it in notifications and items.
fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A moment from the number of seconds since 1970.
fn from_epoch(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64()?;
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

fn no_such_rule(name: &str) -> ApiError {
    let text = format!(
        "The ConfigRule '{name}' provided in the request is invalid. Please check the \
         configRule name"
    );
    ApiError::new("NoSuchConfigRuleException", text)
}
