//! PutRemediationConfigurations: what it accepts and what it starts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use trailkeeper_runbook as runbook;

use super::super::input::{Input, invalid};
use super::configuration::{Attempts, Configuration, Parameter, store};
use super::{Key, Resource, no_such_rule, run};
use crate::call::{ApiError, Call};
use crate::services::ssm;
use crate::world::World;

/// The only role parameter of an automatic remediation.
const ROLE: &str = "AutomationAssumeRole";

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    if input.value("RemediationConfigurations").is_none() {
        return Err(input.missing("RemediationConfigurations"));
    }
    let mut wanted = Vec::new();
    let mut names = BTreeSet::new();
    for configuration in input.structures("RemediationConfigurations", 25)? {
        let (name, configuration) = read(&configuration)?;
        if !names.insert(name.clone()) {
            return Err(invalid(format!("The rule {name} occurs more than once")));
        }
        let key = (call.region.clone(), name);
        fits_account(world, &key, &configuration)?;
        wanted.push((key, configuration));
    }
    for (key, configuration) in wanted {
        let automatic = configuration.automatic.is_some();
        store(world, key.clone(), configuration);
        if automatic {
            remediate_all(world, &key);
        }
    }
    Ok(json!({"FailedBatches": []}))
}

/// An automatic remediation begins with everything that is NON_COMPLIANT already.
fn remediate_all(world: &mut World, key: &Key) {
    let rule = world.services.config.rules.get(key);
    let results = rule.map(|rule| &rule.results).into_iter().flatten();
    let failing: Vec<Resource> = results
        .filter(|(_, outcome)| outcome.compliance == "NON_COMPLIANT")
        .map(|(resource, _)| resource.clone())
        .collect();
    run::found_non_compliant(world, key, &failing);
}

/// The name of the rule and its remediation, as far as the input alone says what is wrong.
pub(super) fn read(input: &Input<'_>) -> Result<(String, Configuration), ApiError> {
    let name = input.required_text("ConfigRuleName", 1, 128)?;
    let kind = input.choice("TargetType", &["SSM_DOCUMENT"])?;
    kind.ok_or_else(|| input.missing("TargetType"))?;
    let document = input.required_text("TargetId", 1, 256)?;
    let version = input.text("TargetVersion", 0, usize::MAX)?;
    let parameters = parameters(input)?;
    input.text("ResourceType", 0, usize::MAX)?;
    controls(input)?;
    let most = input.number("MaximumAutomaticAttempts", 1, 25)?;
    let seconds = input.number("RetryAttemptSeconds", 1, 2_678_000)?;
    if name.trim().is_empty() {
        return Err(invalid("ConfigRuleName must not be blank"));
    }
    let automatic = match (input.flag("Automatic")?, most, seconds) {
        (false, ..) => None,
        (true, Some(most), Some(seconds)) => Some(Attempts {
            most: usize::try_from(most).unwrap_or(1),
            seconds,
        }),
        (true, ..) => {
            return Err(invalid(
                "MaximumAutomaticAttempts and RetryAttemptSeconds must be specified for automatic \
                 remediation",
            ));
        }
    };
    if automatic.is_some() {
        role(&parameters)?;
    }
    let configuration = Configuration {
        given: input.given(),
        arn: String::new(),
        document: document.to_owned(),
        version: version.map(str::to_owned),
        parameters,
        automatic,
    };
    Ok((name.to_owned(), configuration))
}

fn controls(input: &Input<'_>) -> Result<(), ApiError> {
    let Some(controls) = input.structure("ExecutionControls")? else {
        return Ok(());
    };
    if let Some(controls) = controls.structure("SsmControls")? {
        controls.number("ConcurrentExecutionRatePercentage", 1, 100)?;
        controls.number("ErrorPercentage", 1, 100)?;
    }
    Ok(())
}

fn parameters(input: &Input<'_>) -> Result<BTreeMap<String, Parameter>, ApiError> {
    let mut parameters = BTreeMap::new();
    let Some((map, names)) = input.map("Parameters", (0, 25), 256)? else {
        return Ok(parameters);
    };
    for name in names {
        if let Some(value) = map.structure(name)? {
            parameters.insert(name.to_owned(), parameter(name, &value)?);
        }
    }
    Ok(parameters)
}

fn parameter(name: &str, value: &Input<'_>) -> Result<Parameter, ApiError> {
    let fixed = value.structure("StaticValue")?;
    let resource = value.structure("ResourceValue")?;
    match (fixed, resource) {
        (Some(fixed), None) => {
            if fixed.value("Values").is_none() {
                return Err(fixed.missing("Values"));
            }
            let values = fixed.texts("Values", 0, 25, 256)?;
            let values = values.into_iter().map(str::to_owned).collect();
            Ok(Parameter::Static(values))
        }
        (None, Some(resource)) => {
            let kind = resource.choice("Value", &["RESOURCE_ID"])?;
            kind.ok_or_else(|| resource.missing("Value"))?;
            Ok(Parameter::ResourceId)
        }
        _ => Err(invalid(format!(
            "Parameter {name}: exactly one of StaticValue and ResourceValue must be specified"
        ))),
    }
}

/// An automatic run has no caller whose rights it could use: it needs the role, by this name.
fn role(parameters: &BTreeMap<String, Parameter>) -> Result<(), ApiError> {
    let given = match parameters.get(ROLE) {
        Some(Parameter::Static(values)) => values.as_slice(),
        _ => &[],
    };
    match given {
        [role] if is_role(role) => Ok(()),
        [other] => Err(invalid(format!("{ROLE} is not the ARN of a role: {other}"))),
        _ => Err(invalid(format!(
            "{ROLE} must be specified with one static value for automatic remediation"
        ))),
    }
}

fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, role] => {
            let digits = account.chars().all(|letter| letter.is_ascii_digit());
            account.len() == 12 && digits && role.len() > 5 && role.starts_with("role/")
        }
        _ => false,
    }
}

/// Rule and document must exist, and the parameters must be the document's.
fn fits_account(world: &World, key: &Key, wanted: &Configuration) -> Result<(), ApiError> {
    if !world.services.config.rules.contains_key(key) {
        return Err(no_such_rule(&key.1));
    }
    let version = wanted.version.as_deref();
    let found = ssm::described(world, &key.0, &wanted.document, version);
    let document = found.ok_or_else(|| {
        invalid(format!(
            "The SSM document {} (version {}) does not exist",
            wanted.document,
            version.unwrap_or("$DEFAULT")
        ))
    })?;
    let unknown = |name: &&String| document.parameter(name).is_none();
    if let Some(name) = wanted.parameters.keys().find(unknown) {
        return Err(invalid(format!(
            "The SSM document {} has no parameter {name}",
            wanted.document
        )));
    }
    let missing = |parameter: &&runbook::Parameter| {
        parameter.default.is_none() && !wanted.parameters.contains_key(&parameter.name)
    };
    if let Some(parameter) = document.parameters.iter().find(missing) {
        return Err(invalid(format!(
            "The parameter {} of the SSM document {} is required",
            parameter.name, wanted.document
        )));
    }
    runs_as_role(&document, wanted)
}

/// The role of an automatic run must be the one that the document runs as.
fn runs_as_role(document: &runbook::Document, wanted: &Configuration) -> Result<(), ApiError> {
    let named = document.assume_role.as_deref().unwrap_or_default();
    let inner = named.trim().strip_prefix("{{");
    let inner = inner.and_then(|rest| rest.strip_suffix("}}"));
    if wanted.automatic.is_none() || inner.map(str::trim) == Some(ROLE) {
        return Ok(());
    }
    Err(invalid(format!(
        "The assumeRole of the SSM document {} must be {{{{ {ROLE} }}}} for automatic remediation",
        wanted.document
    )))
}
