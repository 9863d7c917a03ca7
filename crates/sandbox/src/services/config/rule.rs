//! The rules: what is kept of one, how it is described and how it goes.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::input::Input;
use super::page::{answer, page};
use super::{Outcome, epoch, no_such_rule};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) const FREQUENCIES: [&str; 5] = [
    "One_Hour",
    "Three_Hours",
    "Six_Hours",
    "Twelve_Hours",
    "TwentyFour_Hours",
];
pub(super) const MODES: [&str; 2] = ["DETECTIVE", "PROACTIVE"];

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
    /// When Lambda last refused the invocation; none: it took the last one.
    pub(crate) refused: Option<Timestamp>,
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
            "FirstEvaluationStarted": self.last_invoked.or(self.refused).is_some(),
        });
        let times = [
            ("LastSuccessfulInvocationTime", self.last_invoked),
            ("LastFailedInvocationTime", self.refused),
            ("LastSuccessfulEvaluationTime", self.last_evaluated),
        ];
        for (name, time) in times {
            if let (Some(time), Some(members)) = (time, status.as_object_mut()) {
                members.insert(name.to_owned(), epoch(time));
            }
        }
        if let (Some(_), Some(members)) = (self.refused, status.as_object_mut()) {
            let code = "InsufficientPermissionsException";
            members.insert("LastErrorCode".to_owned(), json!(code));
            let text = cannot_invoke(&self.source.function_arn);
            members.insert("LastErrorMessage".to_owned(), json!(text));
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

/// What AWS Config says of a function that is gone or does not let it in.
pub(super) fn cannot_invoke(function: &str) -> String {
    format!(
        "The AWS Lambda function {function} cannot be invoked. Check the specified function ARN, \
         and check the function's permissions."
    )
}

fn describe_detail((message_type, frequency): &(String, Option<Frequency>)) -> Value {
    let mut detail = json!({"EventSource": "aws.config", "MessageType": message_type});
    if let (Some(Frequency(text)), Some(members)) = (frequency, detail.as_object_mut()) {
        members.insert("MaximumExecutionFrequency".to_owned(), json!(text));
    }
    detail
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
        refused: None,
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
    if world.services.config.remediations.is_configured(&key) {
        let text = "A remediation action is associated with the rule and AWS Config cannot delete \
                    this rule. Delete the remediation action associated with the rule before \
                    deleting the rule and try your request again later.";
        return Err(ApiError::new("ResourceInUseException", text));
    }
    match world.services.config.rules.remove(&key) {
        Some(_) => Ok(json!({})),
        None => Err(no_such_rule(name)),
    }
}
