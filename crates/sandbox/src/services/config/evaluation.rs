//! PutEvaluations and the results it leaves.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::input::{Input, invalid};
use super::remediation;
use super::{from_epoch, no_such_rule};
use crate::call::{ApiError, Call};
use crate::world::World;

/// How long a result token is accepted: as long as Lambda keeps an asynchronous event.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(6);

/// What a rule says about a resource.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) compliance: String,
    pub(crate) annotation: Option<String>,
    pub(crate) ordering: Timestamp,
    pub(crate) recorded: Timestamp,
    pub(crate) invoked: Timestamp,
}

/// The run that a result token stands for.
#[derive(Debug, Clone)]
pub(crate) struct ResultToken {
    rule: (String, String),
    rule_id: String,
    invoked: Timestamp,
    /// How many more calls the token is good for; nothing: as many as come in its time.
    pub(crate) calls_left: Option<u32>,
}

impl ResultToken {
    pub(crate) fn new(rule: (String, String), rule_id: String, invoked: Timestamp) -> Self {
        Self {
            rule,
            rule_id,
            invoked,
            calls_left: None,
        }
    }

    fn accepted(&self, region: &str, now: Timestamp) -> bool {
        self.rule.0 == region
            && self.calls_left != Some(0)
            && now.duration_since(self.invoked) <= TOKEN_LIFE
    }
}

/// One evaluation as it came, and what it says.
struct Evaluation {
    given: Value,
    resource: (String, String),
    compliance: String,
    annotation: Option<String>,
    ordering: Timestamp,
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let token = input.required_text("ResultToken", 0, usize::MAX)?;
    let test_mode = input.flag("TestMode")?;
    let mut evaluations = Vec::new();
    for evaluation in input.structures("Evaluations", 100)? {
        evaluations.push(read(&evaluation)?);
    }
    if test_mode {
        return Ok(json!({"FailedEvaluations": []}));
    }
    let run = spend(world, token, &call.region)?;
    let failed = take_failing(world, &mut evaluations);
    store(world, &run, evaluations)?;
    Ok(json!({"FailedEvaluations": failed}))
}

fn read(input: &Input<'_>) -> Result<Evaluation, ApiError> {
    const TYPES: [&str; 4] = [
        "COMPLIANT",
        "NON_COMPLIANT",
        "NOT_APPLICABLE",
        "INSUFFICIENT_DATA",
    ];
    let resource_type = input.required_text("ComplianceResourceType", 1, 256)?;
    let resource_id = input.required_text("ComplianceResourceId", 1, 768)?;
    let compliance = input
        .choice("ComplianceType", &TYPES)?
        .ok_or_else(|| input.missing("ComplianceType"))?;
    let annotation = input.text("Annotation", 1, 256)?;
    let ordering = input
        .value("OrderingTimestamp")
        .ok_or_else(|| input.missing("OrderingTimestamp"))?;
    let ordering = from_epoch(ordering).ok_or_else(|| {
        ApiError::new(
            "SerializationException",
            "a timestamp must be a number of seconds",
        )
    })?;
    if compliance == "INSUFFICIENT_DATA" {
        return Err(invalid(
            "The value INSUFFICIENT_DATA of ComplianceType is not allowed in an evaluation",
        ));
    }
    if !is_resource_type(resource_type) {
        return Err(invalid(format!(
            "The resource type {resource_type} is invalid"
        )));
    }
    Ok(Evaluation {
        given: input.given(),
        resource: (resource_type.to_owned(), resource_id.to_owned()),
        compliance: compliance.to_owned(),
        annotation: annotation.map(str::to_owned),
        ordering,
    })
}

/// `AWS::EC2::Instance` and the like; `AWS::::Account` is one with an empty service.
pub(super) fn is_resource_type(text: &str) -> bool {
    let named = |part: &str| {
        let mut letters = part.chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.all(char::is_alphanumeric)
    };
    let parts: Vec<&str> = text.split("::").collect();
    match parts.as_slice() {
        ["AWS", "", "Account"] => true,
        [vendor, service, kind] => named(vendor) && named(service) && named(kind),
        [vendor, service, kind, more] => [vendor, service, kind, more].iter().all(|p| named(p)),
        _ => false,
    }
}

/// Checks the token against the account and uses up one of its calls.
fn spend(world: &mut World, token: &str, region: &str) -> Result<ResultToken, ApiError> {
    let now = world.now();
    let config = &mut world.services.config;
    let known = config.tokens.get_mut(token);
    let Some(run) = known.filter(|run| run.accepted(region, now)) else {
        let text = "The result token is invalid.";
        return Err(ApiError::new("InvalidResultTokenException", text));
    };
    let rule = config.rules.get(&run.rule);
    if rule.is_none_or(|rule| rule.id != run.rule_id) {
        return Err(no_such_rule(&run.rule.1));
    }
    run.calls_left = run.calls_left.map(|left| left.saturating_sub(1));
    Ok(run.clone())
}

/// Takes out of the batch what the script lets fail.
fn take_failing(world: &mut World, evaluations: &mut Vec<Evaluation>) -> Vec<Value> {
    let failing = &mut world.services.config.failing;
    if failing.calls == 0 {
        return Vec::new();
    }
    failing.calls -= 1;
    let Some(index) = failing.nth.checked_sub(1) else {
        return Vec::new();
    };
    if index >= evaluations.len() {
        return Vec::new();
    }
    vec![evaluations.remove(index).given]
}

fn store(
    world: &mut World,
    run: &ResultToken,
    evaluations: Vec<Evaluation>,
) -> Result<(), ApiError> {
    let now = world.now();
    let rule = world.services.config.rules.get_mut(&run.rule);
    let rule = rule.ok_or_else(|| no_such_rule(&run.rule.1))?;
    rule.last_evaluated = Some(now);
    let mut failing = Vec::new();
    for evaluation in evaluations {
        let known = rule.results.get(&evaluation.resource);
        if known.is_some_and(|known| known.ordering > evaluation.ordering) {
            continue; // a late retry never overwrites a newer result
        }
        if evaluation.compliance == "NON_COMPLIANT" {
            failing.push(evaluation.resource.clone());
        }
        let outcome = Outcome {
            compliance: evaluation.compliance,
            annotation: evaluation.annotation,
            ordering: evaluation.ordering,
            recorded: now,
            invoked: run.invoked,
        };
        rule.results.insert(evaluation.resource, outcome);
    }
    remediation::found_non_compliant(world, &run.rule, &failing);
    Ok(())
}

pub(super) fn delete_results(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("ConfigRuleName", 1, 64)?;
    let key = (call.region.clone(), name.to_owned());
    let rule = world.services.config.rules.get_mut(&key);
    rule.ok_or_else(|| no_such_rule(name))?.results.clear();
    Ok(Value::Object(Map::new()))
}
