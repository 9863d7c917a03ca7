//! PutConfigRule: what it accepts and what it changes.

use serde_json::{Map, Value, json};

use super::input::{Input, invalid};
use super::rule::{FREQUENCIES, Frequency, MODES, Source, blank, cannot_invoke, rules_in};
use super::run;
use crate::call::{ApiError, Call};
use crate::services::{lambda, not_implemented};
use crate::world::World;

const MESSAGE_TYPES: [&str; 4] = [
    "ConfigurationItemChangeNotification",
    "ConfigurationSnapshotDeliveryCompleted",
    "ScheduledNotification",
    "OversizedConfigurationItemChangeNotification",
];
/// A rule as the input asks for it, before anything of the account is looked at.
struct Wanted<'a> {
    name: Option<&'a str>,
    arn: Option<&'a str>,
    id: Option<&'a str>,
    description: Option<&'a str>,
    scope: Option<Value>,
    function_arn: &'a str,
    details: Vec<(String, Option<Frequency>)>,
    input_parameters: Option<&'a str>,
    frequency: Option<Frequency>,
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let rule = input
        .structure("ConfigRule")?
        .ok_or_else(|| input.missing("ConfigRule"))?;
    input.structures("Tags", 50)?;
    let Some(wanted) = read(&rule)? else {
        return Err(not_implemented(call));
    };
    if !world.services.config.recorders.contains_key(&call.region) {
        let text = "Configuration recorder is not available to put the config rule.";
        return Err(ApiError::new(
            "NoAvailableConfigurationRecorderException",
            text,
        ));
    }
    let function = lambda::resolve(world, wanted.function_arn, None, &call.region);
    // which rule may is not asked: a new one has no ARN yet
    let open = |_: &String| lambda::admits(world, wanted.function_arn, "config.amazonaws.com");
    let Some(function) = function.filter(open) else {
        let text = cannot_invoke(wanted.function_arn);
        return Err(ApiError::new("InsufficientPermissionsException", text));
    };
    let key = (call.region.clone(), name_of(world, &call.region, &wanted)?);
    store(world, &key, wanted, function)?;
    // a new or changed rule looks at everything at once
    run::evaluate_all(world, &key);
    Ok(json!({}))
}

fn read<'a>(rule: &Input<'a>) -> Result<Option<Wanted<'a>>, ApiError> {
    let source = rule
        .structure("Source")?
        .ok_or_else(|| rule.missing("Source"))?;
    let owner = source
        .choice("Owner", &["CUSTOM_LAMBDA", "AWS", "CUSTOM_POLICY"])?
        .ok_or_else(|| source.missing("Owner"))?;
    let frequency = rule.choice("MaximumExecutionFrequency", &FREQUENCIES)?;
    rule.text("CreatedBy", 1, 256)?;
    for mode in rule.structures("EvaluationModes", usize::MAX)? {
        mode.choice("Mode", &MODES)?;
    }
    let wanted = Wanted {
        name: rule.text("ConfigRuleName", 1, 128)?,
        arn: rule.text("ConfigRuleArn", 1, 256)?,
        id: rule.text("ConfigRuleId", 1, 64)?,
        description: rule.text("Description", 0, 256)?,
        scope: scope(rule)?,
        function_arn: source.text("SourceIdentifier", 1, 256)?.unwrap_or_default(),
        details: details(&source)?,
        input_parameters: rule.text("InputParameters", 1, 1024)?,
        frequency: frequency.and_then(Frequency::parse),
    };
    if owner != "CUSTOM_LAMBDA" {
        return Ok(None); // managed rules and Guard policies are not modelled
    }
    check(&wanted)?;
    Ok(Some(wanted))
}

fn check(wanted: &Wanted<'_>) -> Result<(), ApiError> {
    if wanted.function_arn.is_empty() || wanted.details.is_empty() {
        return Err(invalid(
            "SourceIdentifier and SourceDetails must be specified for a rule whose owner is \
             CUSTOM_LAMBDA",
        ));
    }
    if wanted.name.is_some_and(|name| name.trim().is_empty()) {
        return Err(invalid("ConfigRuleName must not be blank"));
    }
    let Some(text) = wanted.input_parameters else {
        return Ok(());
    };
    let all_text = |members: &Map<String, Value>| members.values().all(Value::is_string);
    let parsed = serde_json::from_str::<Map<String, Value>>(text);
    if !parsed.is_ok_and(|members| all_text(&members)) {
        return Err(invalid(format!(
            "Invalid json {text} passed in the InputParameters field: an object with string \
             values is expected"
        )));
    }
    Ok(())
}

fn scope(rule: &Input<'_>) -> Result<Option<Value>, ApiError> {
    let Some(scope) = rule.structure("Scope")? else {
        return Ok(None);
    };
    let types = scope.texts("ComplianceResourceTypes", 0, 100, 256)?;
    let id = scope.text("ComplianceResourceId", 1, 768)?;
    let key = scope.text("TagKey", 1, 128)?;
    let value = scope.text("TagValue", 1, 256)?;
    if id.is_some() && types.len() != 1 {
        return Err(invalid(
            "Scope: a ComplianceResourceId needs exactly one ComplianceResourceTypes",
        ));
    }
    if value.is_some() && key.is_none() {
        return Err(invalid("Scope: a TagValue needs a TagKey"));
    }
    Ok(rule.value("Scope").cloned())
}

fn details(source: &Input<'_>) -> Result<Vec<(String, Option<Frequency>)>, ApiError> {
    let mut details = Vec::new();
    for detail in source.structures("SourceDetails", 25)? {
        detail.choice("EventSource", &["aws.config"])?;
        let message_type = detail
            .choice("MessageType", &MESSAGE_TYPES)?
            .ok_or_else(|| invalid("SourceDetails: MessageType must be specified"))?;
        let frequency = detail.choice("MaximumExecutionFrequency", &FREQUENCIES)?;
        if frequency.is_some() && message_type != "ScheduledNotification" {
            return Err(invalid(format!(
                "MaximumExecutionFrequency is not allowed with MessageType {message_type}"
            )));
        }
        details.push((
            message_type.to_owned(),
            frequency.and_then(Frequency::parse),
        ));
    }
    Ok(details)
}

/// The name of the rule that is meant: the given one, or that of the rule with the id or ARN.
fn name_of(world: &World, region: &str, wanted: &Wanted<'_>) -> Result<String, ApiError> {
    let by_handle = || {
        rules_in(world, region).find(|rule| {
            wanted.arn.is_some_and(|arn| arn == rule.arn)
                || wanted.id.is_some_and(|id| id == rule.id)
        })
    };
    match (wanted.name, by_handle()) {
        (Some(name), None) if wanted.arn.is_none() && wanted.id.is_none() => Ok(name.to_owned()),
        (Some(name), Some(rule)) if rule.name == name => Ok(name.to_owned()),
        (None, Some(rule)) => Ok(rule.name.clone()),
        (None, None) if wanted.arn.is_none() && wanted.id.is_none() => Err(invalid(
            "At least one of ConfigRuleName, ConfigRuleId and ConfigRuleArn must be specified",
        )),
        _ => Err(invalid(
            "ConfigRuleName, ConfigRuleId and ConfigRuleArn do not name the same rule",
        )),
    }
}

fn store(
    world: &mut World,
    key: &(String, String),
    wanted: Wanted<'_>,
    function: String,
) -> Result<(), ApiError> {
    let known = world.services.config.rules.remove(key);
    let in_region = rules_in(world, &key.0).count();
    if known.is_none() && in_region >= 400 {
        let text = "Unable to put more than 400 rules in the account and Region";
        return Err(ApiError::new(
            "MaxNumberOfConfigRulesExceededException",
            text,
        ));
    }
    let mut rule = known.unwrap_or_else(|| blank(world, &key.0, &key.1));
    rule.description = wanted.description.map(str::to_owned);
    rule.scope = wanted.scope;
    rule.source = Source {
        function_arn: wanted.function_arn.to_owned(),
        function,
        details: wanted.details,
    };
    rule.input_parameters = wanted.input_parameters.map(str::to_owned);
    rule.frequency = wanted.frequency;
    rule.next_due = rule
        .period()
        .and_then(|period| world.now().checked_add(period).ok());
    world.services.config.rules.insert(key.clone(), rule);
    Ok(())
}
