//! The remediation configurations: what is kept of one, how it is told and how it goes.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::input::Input;
use super::{Key, Resource, no_such_configuration, put, rule_of, run};
use crate::call::{ApiError, Call};
use crate::world::World;

/// A rule's remediation.
#[derive(Debug, Clone)]
pub(super) struct Configuration {
    /// As it was given.
    pub(super) given: Value,
    pub(super) arn: String,
    /// The document's name or ARN.
    pub(super) document: String,
    pub(super) version: Option<String>,
    pub(super) parameters: BTreeMap<String, Parameter>,
    pub(super) automatic: Option<Attempts>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parameter {
    Static(Vec<String>),
    ResourceId,
}

/// How often failed automatic runs are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempts {
    pub(super) most: usize,
    pub(super) seconds: i64,
}

impl Attempts {
    pub(super) fn window(self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds)
    }
}

impl Configuration {
    /// The parameters of a run for `resource`.
    pub(super) fn parameters_for(&self, resource: &Resource) -> BTreeMap<String, Vec<String>> {
        let values = |parameter: &Parameter| match parameter {
            Parameter::Static(values) => values.clone(),
            Parameter::ResourceId => vec![resource.1.clone()],
        };
        let named = |(name, parameter): (&String, &Parameter)| (name.clone(), values(parameter));
        self.parameters.iter().map(named).collect()
    }

    fn describe(&self) -> Value {
        let mut told = self.given.clone();
        if let Some(members) = told.as_object_mut() {
            members.insert("Arn".to_owned(), json!(self.arn));
            let automatic = members.entry("Automatic");
            automatic.or_insert_with(|| json!(false));
        }
        told
    }
}

/// Rules without a remediation, and rules that do not exist, are left out.
pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    if input.value("ConfigRuleNames").is_none() {
        return Err(input.missing("ConfigRuleNames"));
    }
    let names = input.texts("ConfigRuleNames", 0, 25, 128)?;
    let configurations = &world.services.config.remediations.configurations;
    let found = names.iter().filter_map(|name| {
        let key = (call.region.clone(), (*name).to_owned());
        configurations.get(&key).map(Configuration::describe)
    });
    Ok(json!({"RemediationConfigurations": found.collect::<Vec<Value>>()}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let key = rule_of(&input, call)?;
    input.text("ResourceType", 0, usize::MAX)?;
    if !world.services.config.remediations.is_configured(&key) {
        return Err(no_such_configuration(&key));
    }
    if run::any_under_way(world, &key) {
        let text = "Remediation action is in progress. You can either cancel execution in AWS \
                    Systems Manager or wait and try again later.";
        return Err(ApiError::new("RemediationInProgressException", text));
    }
    forget(world, &key);
    Ok(json!({}))
}

fn forget(world: &mut World, key: &Key) {
    let remediations = &mut world.services.config.remediations;
    remediations.configurations.remove(key);
    remediations.runs.retain(|(of, _), _| of != key);
    remediations.executions.retain(|_, (of, _)| of != key);
    remediations.failures.retain(|(of, _), _| of != key);
    remediations.exceptions.retain(|(of, _), _| of != key);
}

pub(super) fn store(world: &mut World, key: Key, mut configuration: Configuration) {
    let arn = format!(
        "arn:{}:config:{}:{}:remediation-configuration/{}",
        world.partition, key.0, world.account_id, key.1
    );
    let remediations = &mut world.services.config.remediations;
    let known = remediations.configurations.get(&key);
    configuration.arn = match known {
        Some(known) => known.arn.clone(),
        None => {
            remediations.made += 1;
            format!(
                "{arn}/{:08x}-0000-4000-a000-000000000000",
                remediations.made
            )
        }
    };
    remediations.configurations.insert(key, configuration);
}

/// Puts a configuration past the rules about rule and document; its form must be right.
pub(crate) fn seed(world: &mut World, region: &str, given: &Value) -> Result<(), ApiError> {
    let (name, configuration) = put::read(&Input::of(given)?)?;
    store(world, (region.to_owned(), name), configuration);
    Ok(())
}
