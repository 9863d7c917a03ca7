//! Runs of remediations: started by hand or by a finding, repeated while they fail, then stopped.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::input::Input;
use super::configuration::Attempts;
use super::exception::{self, Exception};
use super::{Key, Resource, needed, no_such_configuration, resources, rule_of, status};
use crate::call::{ApiError, Call};
use crate::services::ssm::{self, Launch};
use crate::world::World;

/// The last run for a resource.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The execution's id, or why it could not be started.
    pub(super) execution: Result<String, String>,
    pub(super) invoked: Timestamp,
    pub(super) updated: Timestamp,
    /// Which attempt it is after one evaluation, from 1; nothing for a run by hand.
    attempt: Option<usize>,
}

/// A run by hand takes any resource, whatever the rule says of it, and no exception stands against
/// it; only a run for the same resource does.
pub(super) fn start(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let key = rule_of(&input, call)?;
    let wanted = needed(resources(&input, status::MEMBERS, 768)?, &input)?;
    if !world.services.config.remediations.is_configured(&key) {
        return Err(no_such_configuration(&key));
    }
    let mut failed = Vec::new();
    for resource in wanted {
        if is_under_way(world, &(key.clone(), resource.clone())) {
            let (kind, id) = resource;
            failed.push(json!({"resourceType": kind, "resourceId": id}));
        } else {
            launch(world, &key, &resource, None);
        }
    }
    if failed.is_empty() {
        return Ok(json!({"FailedItems": []}));
    }
    let why = "A remediation of the resource is in progress: wait until it has ended";
    Ok(json!({"FailureMessage": why, "FailedItems": failed}))
}

fn is_under_way(world: &World, place: &(Key, Resource)) -> bool {
    let run = world.services.config.remediations.runs.get(place);
    run.is_some_and(|run| ["QUEUED", "IN_PROGRESS"].contains(&status::state(world, run)))
}

pub(super) fn any_under_way(world: &World, key: &Key) -> bool {
    let places = world.services.config.remediations.runs.keys();
    let mut own = places.filter(|(of, _)| of == key);
    own.any(|place| is_under_way(world, place))
}

/// NON_COMPLIANT evaluations start the automatic remediation, unless an exception or a run that is
/// under way stands against it.
pub(in super::super) fn found_non_compliant(world: &mut World, key: &Key, found: &[Resource]) {
    exception::expire(world);
    for resource in found {
        let place = (key.clone(), resource.clone());
        let remediations = &world.services.config.remediations;
        let blocked = remediations.exceptions.contains_key(&place);
        if !blocked && attempts(world, key).is_some() && !is_under_way(world, &place) {
            attempt(world, key, resource, 1);
        }
    }
}

fn attempts(world: &World, key: &Key) -> Option<Attempts> {
    let configurations = &world.services.config.remediations.configurations;
    configurations.get(key)?.automatic
}

/// Starts the automatic attempt `number`, and the ones after it if it cannot even be started.
fn attempt(world: &mut World, key: &Key, resource: &Resource, number: usize) {
    let mut number = number;
    while !launch(world, key, resource, Some(number)) {
        if !try_again(world, key, resource, number) {
            return;
        }
        number += 1;
    }
}

/// Starts a run; says whether it was started.
fn launch(world: &mut World, key: &Key, resource: &Resource, attempt: Option<usize>) -> bool {
    let configurations = &world.services.config.remediations.configurations;
    let Some(configuration) = configurations.get(key) else {
        return false;
    };
    let launch = Launch {
        region: key.0.clone(),
        document: configuration.document.clone(),
        version: configuration.version.clone(),
        parameters: configuration.parameters_for(resource),
        executed_by: format!(
            "arn:{}:sts::{}:assumed-role/AWSServiceRoleForConfigRemediation/AwsConfigRemediation",
            world.partition, world.account_id
        ),
    };
    let execution = ssm::launch(world, launch).map_err(|error| error.to_string());
    let started = execution.is_ok();
    let run = Run {
        execution,
        invoked: world.now,
        updated: world.now,
        attempt,
    };
    let place = (key.clone(), resource.clone());
    let remediations = &mut world.services.config.remediations;
    if let Ok(id) = &run.execution {
        remediations.executions.insert(id.clone(), place.clone());
    }
    remediations.runs.insert(place, run);
    started
}

/// Takes note of a failed automatic attempt; says whether another one follows.
fn try_again(world: &mut World, key: &Key, resource: &Resource, number: usize) -> bool {
    let Some(attempts) = attempts(world, key) else {
        return false; // it has been made manual meanwhile
    };
    let now = world.now;
    let place = (key.clone(), resource.clone());
    let remediations = &mut world.services.config.remediations;
    let failures = remediations.failures.entry(place.clone()).or_default();
    failures.push(now);
    failures.retain(|at| now.duration_since(*at) <= attempts.window());
    if failures.len() < attempts.most {
        return number < attempts.most && !remediations.exceptions.contains_key(&place);
    }
    let message = format!(
        "Automatic remediation failed {} times within {} seconds. It is not tried again until \
         this exception is deleted.",
        failures.len(),
        attempts.seconds
    );
    let exception = Exception {
        message: Some(message),
        expires: None,
    };
    remediations.exceptions.entry(place).or_insert(exception);
    false
}

/// Takes note that an execution has ended, and repeats it if it failed and was an automatic one.
/// One that somebody has cancelled is not repeated.
pub(crate) fn automation_ended(world: &mut World, id: &str) {
    let now = world.now;
    let status = ssm::status(world, id).map(|(status, _)| status);
    let (success, cancelled) = (status == Some("Success"), status == Some("Cancelled"));
    let remediations = &mut world.services.config.remediations;
    let Some(place) = remediations.executions.get(id).cloned() else {
        return;
    };
    // a later run of the same resource may have taken the place of this one
    let runs = &mut remediations.runs;
    let ours = |run: &&mut Run| run.execution.as_deref() == Ok(id);
    let Some(run) = runs.get_mut(&place).filter(ours) else {
        return;
    };
    run.updated = now;
    let number = run.attempt;
    if success {
        remediations.failures.remove(&place);
        return;
    }
    let (key, resource) = place;
    if let Some(number) = number
        && !cancelled
        && try_again(world, &key, &resource, number)
    {
        attempt(world, &key, &resource, number + 1);
    }
}
