//! What a healthy account is: what deployed rules demand, and what the command line says besides.

use serde_json::{Map, Value};
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::config_rule::{
    RuleName, RuleParameters, dispatch, parse_guard_requirements, parse_requirements,
    render_guard_requirements, render_requirements,
};
use trailkeeper_core::guard;

use super::{BaselineArguments, RecordError};
use crate::account::Account;
use crate::error::CommandError;
use crate::parameters::object;

/// What is demanded.
pub(super) struct Demands {
    /// Of the trail.
    pub(super) trail: Requirements,
    /// Of what guards it; none where no such rule is named.
    pub(super) guard: Option<guard::Requirements>,
}

impl Demands {
    /// What is demanded of the guard, or that no more than the recorded parts be as they were.
    pub(super) fn guard_or_parts(&self) -> guard::Requirements {
        self.guard.clone().unwrap_or(guard::Requirements {
            recorder: false,
            ..guard::Requirements::default()
        })
    }
}

/// Reads the rules that are named. What the command line says wins.
///
/// # Errors
/// A rule cannot be read, or is none of ours; a parameter cannot be used.
pub(super) async fn demands(
    arguments: &BaselineArguments,
    account: &Account,
) -> Result<Demands, CommandError> {
    let mut trail = Map::new();
    let mut guard: Option<Map<String, Value>> = None;
    for name in &arguments.config_rules {
        let (rule, parameters) = rule(name, account).await?;
        match rule {
            RuleName::CloudtrailEnabled => trail.extend(of_trail(&parameters)?),
            RuleName::Guard => guard = Some(of_guard(&parameters)?),
            RuleName::InstanceProfile => return Err(RecordError::OtherRule(name.clone()).into()),
        }
    }
    let named = [
        ("trailName", &arguments.trail),
        ("s3BucketName", &arguments.bucket),
    ];
    for (key, value) in named {
        if let Some(value) = value {
            trail.insert(key.to_owned(), Value::from(value.as_str()));
        }
    }
    trail.extend(object(&arguments.parameters)?);
    if let Some(roles) = &arguments.roles {
        let others = || Map::from_iter([("recorder".to_owned(), "false".into())]);
        let parameters = guard.get_or_insert_with(others);
        parameters.insert("roles".to_owned(), Value::from(roles.as_str()));
    }
    // an old baseline is not the measure of a new one
    trail.remove("baselineSha256");
    Ok(Demands {
        trail: parse_requirements(&RuleParameters::new(trail))?,
        guard: guard.map(only_demands).transpose()?,
    })
}

async fn rule(name: &str, account: &Account) -> Result<(RuleName, RuleParameters), RecordError> {
    let read = account.guard.inventory.config_rule(name).await;
    let read = read.map_err(|source| RecordError::Call {
        what: format!("reading the rule {name}"),
        source: Box::new(source),
    })?;
    let facts = read.ok_or_else(|| RecordError::NoRule(name.to_owned()))?;
    let rule = dispatch(&facts.parameters, name);
    let rule = rule.map_err(|_none| RecordError::OtherRule(name.to_owned()))?;
    Ok((rule, facts.parameters))
}

/// The parameters of a rule, without those that say what is the default.
fn of_trail(parameters: &RuleParameters) -> Result<Map<String, Value>, CommandError> {
    let texts = render_requirements(&parse_requirements(parameters)?);
    let texts = texts.into_iter();
    Ok(texts.map(|(key, text)| (key, text.into())).collect())
}

/// The same of a rule `guard`.
fn of_guard(parameters: &RuleParameters) -> Result<Map<String, Value>, CommandError> {
    let texts = render_guard_requirements(&parse_guard_requirements(parameters)?);
    let texts = texts.into_iter();
    Ok(texts.map(|(key, text)| (key, text.into())).collect())
}

/// What is demanded of the parts themselves: neither that they be repaired nor the old baseline.
fn only_demands(parameters: Map<String, Value>) -> Result<guard::Requirements, CommandError> {
    Ok(guard::Requirements {
        repair: false,
        baseline_sha256: None,
        baseline_bucket: None,
        ..parse_guard_requirements(&RuleParameters::new(parameters))?
    })
}
