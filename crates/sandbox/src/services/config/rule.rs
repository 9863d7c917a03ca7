//! The rules: what PutConfigRule accepts, and how a rule is described.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::input::{Input, invalid};
use super::page::{answer, page};
use super::{Outcome, epoch, no_such_rule, run};
use crate::call::{ApiError, Call};
use crate::services::{lambda, not_implemented};
use crate::world::World;

const FREQUENCIES: [&str; 5] = [
    "One_Hour",
    "Three_Hours",
    "Six_Hours",
    "Twelve_Hours",
    "TwentyFour_Hours",
];
const MESSAGE_TYPES: [&str; 4] = [
    "ConfigurationItemChangeNotification",
    "ConfigurationSnapshotDeliveryCompleted",
    "ScheduledNotification",
    "OversizedConfigurationItemChangeNotification",
];
const MODES: [&str; 2] = ["DETECTIVE", "PROACTIVE"];

/// One rule and its results.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) description: Option<String>,
    /// The scope as it was given.
    pub(crate) scope: Option<Value>,
    pub(crate) source: Source,
    pub(crate) input_parameters: Option<String>,
    pub(crate) frequency: Option<Frequency>,
    pub(crate) activated: Timestamp,
    pub(crate) last_started: Option<Timestamp>,
    pub(crate) last_invoked: Option<Timestamp>,
    pub(crate) last_evaluated: Option<Timestamp>,
    pub(crate) next_due: Option<Timestamp>,
    /// The results by resource type and resource id.
    pub(crate) results: BTreeMap<(String, String), Outcome>,
}

/// The function behind a rule and what makes Config invoke it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) function_arn: String,
    /// The function's bare name.
    pub(crate) function: String,
    /// Message types, each with the frequency of a periodic one.
    pub(crate) details: Vec<(String, Option<Frequency>)>,
}

/// How often a periodic rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frequency(pub(crate) &'static str);

impl Frequency {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let known = FREQUENCIES.iter().find(|known| **known == text)?;
        Some(Self(known))
    }

    pub(crate) fn duration(self) -> SignedDuration {
        SignedDuration::from_hours(match self.0 {
            "One_Hour" => 1,
            "Three_Hours" => 3,
            "Six_Hours" => 6,
            "Twelve_Hours" => 12,
            _ => 24,
        })
    }
}

impl Rule {
    /// How often the rule runs by itself; nothing for a rule without a periodic trigger.
    pub(crate) fn period(&self) -> Option<SignedDuration> {
        let scheduled = |(message_type, _): &&(String, _)| message_type == "ScheduledNotification";
        let (_, own) = self.source.details.iter().find(scheduled)?;
        let frequency = own.or(self.frequency);
        Some(frequency.map_or(SignedDuration::from_hours(24), Frequency::duration))
    }

    fn describe(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("ConfigRuleName", json!(self.name));
        put("ConfigRuleArn", json!(self.arn));
        put("ConfigRuleId", json!(self.id));
        if let Some(text) = &self.description {
            put("Description", json!(text));
        }
        if let Some(scope) = &self.scope {
            put("Scope", scope.clone());
        }
        put("Source", self.source.describe());
        if let Some(text) = &self.input_parameters {
            put("InputParameters", json!(text));
        }
        if let Some(Frequency(text)) = self.frequency {
            put("MaximumExecutionFrequency", json!(text));
        }
        put("ConfigRuleState", json!("ACTIVE"));
        put("EvaluationModes", json!([{"Mode": "DETECTIVE"}]));
        Value::Object(members)
    }

    fn describe_status(&self) -> Value {
        let mut status = json!({
            "ConfigRuleName": self.name,
            "ConfigRuleArn": self.arn,
            "ConfigRuleId": self.id,
            "FirstActivatedTime": epoch(self.activated),
            "FirstEvaluationStarted": self.last_invoked.is_some(),
        });
        let times = [
            ("LastSuccessfulInvocationTime", self.last_invoked),
            ("LastSuccessfulEvaluationTime", self.last_evaluated),
        ];
        for (name, time) in times {
            if let (Some(time), Some(members)) = (time, status.as_object_mut()) {
                members.insert(name.to_owned(), epoch(time));
            }
        }
        status
    }
}

impl Source {
    fn describe(&self) -> Value {
        let details: Vec<Value> = self.details.iter().map(describe_detail).collect();
        json!({
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": self.function_arn,
            "SourceDetails": details,
        })
    }
}

fn describe_detail((message_type, frequency): &(String, Option<Frequency>)) -> Value {
    let mut detail = json!({"EventSource": "aws.config", "MessageType": message_type});
    if let (Some(Frequency(text)), Some(members)) = (frequency, detail.as_object_mut()) {
        members.insert("MaximumExecutionFrequency".to_owned(), json!(text));
    }
    detail
}

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
    let Some(function) = lambda::resolve(world, wanted.function_arn, None, &call.region) else {
        let text = format!(
            "The AWS Lambda function {} cannot be invoked. Check the specified function ARN, and \
             check the function's permissions.",
            wanted.function_arn
        );
        return Err(ApiError::new("InsufficientPermissionsException", text));
    };
    let key = (call.region.clone(), name_of(world, &call.region, &wanted)?);
    store(world, &key, wanted, function)?;
    // a new or changed rule runs at once; a change-triggered one waits for a change
    run::run_if_periodic(world, &key);
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

/// A rule with nothing but its identity.
pub(crate) fn blank(world: &mut World, region: &str, name: &str) -> Rule {
    world.services.config.rules_made += 1;
    let id = format!("config-rule-{:06x}", world.services.config.rules_made);
    let arn = format!(
        "arn:{}:config:{region}:{}:config-rule/{id}",
        world.partition, world.account_id
    );
    Rule {
        name: name.to_owned(),
        id,
        arn,
        description: None,
        scope: None,
        source: Source {
            function_arn: String::new(),
            function: String::new(),
            details: Vec::new(),
        },
        input_parameters: None,
        frequency: None,
        activated: world.now(),
        last_started: None,
        last_invoked: None,
        last_evaluated: None,
        next_due: None,
        results: BTreeMap::new(),
    }
}

/// The rules of a Region in the order of their names.
pub(super) fn rules_in<'a>(world: &'a World, region: &'a str) -> impl Iterator<Item = &'a Rule> {
    let rules = &world.services.config.rules;
    rules
        .iter()
        .filter(move |((home, _), _)| home == region)
        .map(|(_, rule)| rule)
}

/// The rules that `names` selects, all if it is empty.
pub(super) fn selected<'a>(
    world: &'a World,
    region: &'a str,
    names: &[&str],
) -> Result<Vec<&'a Rule>, ApiError> {
    if names.is_empty() {
        return Ok(rules_in(world, region).collect());
    }
    let rules = &world.services.config.rules;
    let find = |name: &&str| {
        let key = (region.to_owned(), (*name).to_owned());
        rules.get(&key).ok_or_else(|| no_such_rule(name))
    };
    names.iter().map(find).collect()
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let names = input.texts("ConfigRuleNames", 0, 25, 128)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let filters = input.structure("Filters")?;
    let mode = filters
        .map(|filters| filters.choice("EvaluationMode", &MODES))
        .transpose()?
        .flatten();
    let mut rules = selected(world, &call.region, &names)?;
    if mode == Some("PROACTIVE") {
        rules.clear(); // a custom Lambda rule of this model is detective only
    }
    let described = rules.into_iter().map(Rule::describe).collect();
    let page = page(&call.operation, described, token, 25)?;
    Ok(answer("ConfigRules", page))
}

pub(super) fn status(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let names = input.texts("ConfigRuleNames", 0, 25, 128)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let size = input.limit("Limit", 50)?.filter(|size| *size > 0);
    let rules = selected(world, &call.region, &names)?;
    let described = rules.into_iter().map(Rule::describe_status).collect();
    let page = page(&call.operation, described, token, size.unwrap_or(50))?;
    Ok(answer("ConfigRulesEvaluationStatus", page))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("ConfigRuleName", 1, 128)?;
    let key = (call.region.clone(), name.to_owned());
    match world.services.config.rules.remove(&key) {
        Some(_) => Ok(json!({})),
        None => Err(no_such_rule(name)),
    }
}
