//! Remediation: what a rule's findings start, by hand or by themselves, and what stops it.
//!
//! How long AWS Config waits between two automatic attempts is not published. Here the next one
//! follows at once, at most `MaximumAutomaticAttempts` of them after one evaluation. If that many
//! have failed within `RetryAttemptSeconds` of the virtual clock, the resource gets a remediation
//! exception; if they took longer, the next NON_COMPLIANT evaluation begins anew.

mod configuration;
mod exception;
mod put;
mod run;
mod status;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::input::Input;
use crate::call::{ApiError, Call};
use crate::world::World;

use configuration::Configuration;
pub(crate) use configuration::seed;
use exception::Exception;
use run::Run;
pub(crate) use run::automation_ended;
pub(super) use run::found_non_compliant;

/// A rule: its Region and its name.
type Key = (String, String);
/// A resource: its type and its id.
type Resource = (String, String);

/// Everything about remediation, by rule, and by rule and resource.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remediations {
    configurations: BTreeMap<Key, Configuration>,
    exceptions: BTreeMap<(Key, Resource), Exception>,
    /// The last run for each resource.
    runs: BTreeMap<(Key, Resource), Run>,
    /// For which resource an execution was started.
    executions: BTreeMap<String, (Key, Resource)>,
    /// When automatic attempts failed, since the last success.
    failures: BTreeMap<(Key, Resource), Vec<Timestamp>>,
    made: u32,
}

impl Remediations {
    /// Whether the rule has a remediation.
    pub(super) fn is_configured(&self, key: &Key) -> bool {
        self.configurations.contains_key(key)
    }
}

/// Answers one operation, if it is one of these.
pub(super) fn dispatch(world: &mut World, call: &Call) -> Option<Result<Value, ApiError>> {
    exception::expire(world);
    Some(match call.operation.as_str() {
        "PutRemediationConfigurations" => put::put(world, call),
        "DescribeRemediationConfigurations" => configuration::describe(world, call),
        "DeleteRemediationConfiguration" => configuration::delete(world, call),
        "PutRemediationExceptions" => exception::put(world, call),
        "DescribeRemediationExceptions" => exception::describe(world, call),
        "DeleteRemediationExceptions" => exception::delete(world, call),
        "StartRemediationExecution" => run::start(world, call),
        "DescribeRemediationExecutionStatus" => status::describe(world, call),
        _ => return None,
    })
}

/// The rule that a call is about.
fn rule_of(input: &Input<'_>, call: &Call) -> Result<Key, ApiError> {
    let name = input.required_text("ConfigRuleName", 1, 128)?;
    Ok((call.region.clone(), name.to_owned()))
}

fn no_such_configuration(key: &Key) -> ApiError {
    let text = format!("No RemediationConfiguration for rule {} exists", key.1);
    ApiError::new("NoSuchRemediationConfigurationException", text)
}

fn no_such_rule(name: &str) -> ApiError {
    super::input::invalid(super::no_such_rule(name).message)
}

/// The resource keys of a call, whose members are named with a small or a capital first letter.
fn resources(
    input: &Input<'_>,
    (kind, id): (&str, &str),
    longest_id: usize,
) -> Result<Option<Vec<Resource>>, ApiError> {
    if input.value("ResourceKeys").is_none() {
        return Ok(None);
    }
    let mut resources = Vec::new();
    for key in input.structures("ResourceKeys", 100)? {
        let kind = key.required_text(kind, 1, 256)?;
        let id = key.required_text(id, 1, longest_id)?;
        resources.push((kind.to_owned(), id.to_owned()));
    }
    if resources.is_empty() {
        let text = "1 validation error detected: Value '[]' at 'resourceKeys' failed to satisfy \
                    constraint: Member must have length greater than or equal to 1";
        return Err(ApiError::new("ValidationException", text));
    }
    Ok(Some(resources))
}

fn needed(resources: Option<Vec<Resource>>, input: &Input<'_>) -> Result<Vec<Resource>, ApiError> {
    resources.ok_or_else(|| input.missing("ResourceKeys"))
}

/// Whether the rule's last word on the resource is NON_COMPLIANT.
fn is_non_compliant(world: &World, key: &Key, resource: &Resource) -> bool {
    let rule = world.services.config.rules.get(key);
    let outcome = rule.and_then(|rule| rule.results.get(resource));
    outcome.is_some_and(|outcome| outcome.compliance == "NON_COMPLIANT")
}
