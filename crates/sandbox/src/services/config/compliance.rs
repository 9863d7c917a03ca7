//! What the stored results say, by rule and by resource.

use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::input::{Input, invalid};
use super::page::{after, answer, first_page, page};
use super::rule::{Rule, rules_in, selected};
use super::{Outcome, epoch, no_such_rule};
use crate::call::{ApiError, Call};
use crate::world::World;

const TYPES: [&str; 4] = [
    "COMPLIANT",
    "NON_COMPLIANT",
    "NOT_APPLICABLE",
    "INSUFFICIENT_DATA",
];

type Resource = (String, String);

/// The filter `ComplianceTypes` on results, which knows no INSUFFICIENT_DATA.
fn result_filter<'a>(input: &Input<'a>) -> Result<Vec<&'a str>, ApiError> {
    let types = input.choices("ComplianceTypes", 3, &TYPES)?;
    if types.contains(&"INSUFFICIENT_DATA") {
        return Err(invalid(
            "INSUFFICIENT_DATA is not a valid ComplianceType to filter evaluation results by",
        ));
    }
    Ok(types)
}

fn passes(filter: &[&str], compliance: &str) -> bool {
    filter.is_empty() || filter.contains(&compliance)
}

fn result(rule: &Rule, resource: &Resource, outcome: &Outcome) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put(
        "EvaluationResultIdentifier",
        json!({
            "EvaluationResultQualifier": {
                "ConfigRuleName": rule.name,
                "ResourceType": resource.0,
                "ResourceId": resource.1,
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": epoch(outcome.ordering),
        }),
    );
    put("ComplianceType", json!(outcome.compliance));
    put("ResultRecordedTime", epoch(outcome.recorded));
    put("ConfigRuleInvokedTime", epoch(outcome.invoked));
    if let Some(text) = &outcome.annotation {
        put("Annotation", json!(text));
    }
    Value::Object(members)
}

pub(super) fn details_by_rule(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("ConfigRuleName", 1, 64)?;
    let filter = result_filter(&input)?;
    let size = input.limit("Limit", 100)?.filter(|size| *size > 0);
    let token = input.text("NextToken", 0, usize::MAX)?;
    let key = (call.region.clone(), name.to_owned());
    let rule = world.services.config.rules.get(&key);
    let rule = rule.ok_or_else(|| no_such_rule(name))?;
    let start = after(&call.operation, token)?.unwrap_or(Bound::Unbounded);
    let results = rule
        .results
        .range((start, Bound::Unbounded))
        .filter(|(_, outcome)| passes(&filter, &outcome.compliance))
        .map(|(resource, outcome)| (resource, result(rule, resource, outcome)));
    let page = first_page(&call.operation, results, size.unwrap_or(10));
    Ok(answer("EvaluationResults", page))
}

pub(super) fn details_by_resource(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let kind = input.text("ResourceType", 1, 256)?;
    let id = input.text("ResourceId", 1, 768)?;
    let filter = result_filter(&input)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let (Some(kind), Some(id)) = (kind, id) else {
        return Err(invalid("ResourceType and ResourceId must be specified"));
    };
    let resource = (kind.to_owned(), id.to_owned());
    let results = rules_in(world, &call.region)
        .filter_map(|rule| Some((rule, rule.results.get(&resource)?)))
        .filter(|(_, outcome)| passes(&filter, &outcome.compliance))
        .map(|(rule, outcome)| result(rule, &resource, outcome))
        .collect();
    let page = page(&call.operation, results, token, 100)?;
    Ok(answer("EvaluationResults", page))
}

/// One verdict over several: what does not apply says nothing.
fn summary<'a>(verdicts: impl Iterator<Item = &'a str>, cap: usize) -> (&'static str, Value) {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for verdict in verdicts {
        good += usize::from(verdict == "COMPLIANT");
        bad += usize::from(verdict == "NON_COMPLIANT");
    }
    if bad > 0 {
        let count = json!({"CappedCount": bad.min(cap), "CapExceeded": bad > cap});
        let compliance = json!({
            "ComplianceType": "NON_COMPLIANT",
            "ComplianceContributorCount": count,
        });
        return ("NON_COMPLIANT", compliance);
    }
    let verdict = if good > 0 {
        "COMPLIANT"
    } else {
        "INSUFFICIENT_DATA"
    };
    (verdict, json!({"ComplianceType": verdict}))
}

pub(super) fn by_rule(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let names = input.texts("ConfigRuleNames", 0, 25, 128)?;
    let filter = input.choices("ComplianceTypes", 3, &TYPES)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let mut found = Vec::new();
    for rule in selected(world, &call.region, &names)? {
        let verdicts = rule.results.values();
        let (verdict, compliance) = summary(verdicts.map(|o| o.compliance.as_str()), 25);
        if passes(&filter, verdict) {
            found.push(json!({"ConfigRuleName": rule.name, "Compliance": compliance}));
        }
    }
    let page = page(&call.operation, found, token, 25)?;
    Ok(answer("ComplianceByConfigRules", page))
}

pub(super) fn by_resource(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let kind = input.text("ResourceType", 1, 256)?;
    let id = input.text("ResourceId", 1, 768)?;
    let filter = input.choices("ComplianceTypes", 3, &TYPES)?;
    let size = input.limit("Limit", 100)?.filter(|size| *size > 0);
    let token = input.text("NextToken", 0, usize::MAX)?;
    if id.is_some() && kind.is_none() {
        return Err(invalid("ResourceType must be specified with a ResourceId"));
    }
    let given = after(&call.operation, token)?;
    let first = (kind.unwrap_or_default(), id.unwrap_or_default());
    let first = Bound::Included((first.0.to_owned(), first.1.to_owned()));
    let asked = |(of_type, of_id): &Resource| {
        kind.is_none_or(|kind| kind == of_type) && id.is_none_or(|id| id == of_id)
    };
    let rules: Vec<&Rule> = rules_in(world, &call.region).collect();
    let resources = evaluated(&rules, given.unwrap_or(first));
    // they come in order: behind what is asked for there is nothing more
    let found = resources.take_while(|resource| asked(resource));
    let found = found.filter_map(|resource| {
        let outcomes = rules.iter().filter_map(|rule| rule.results.get(resource));
        let verdicts = outcomes.map(|outcome| outcome.compliance.as_str());
        let (verdict, compliance) = summary(verdicts, 25);
        let (kind, id) = resource;
        let told = json!({"ResourceType": kind, "ResourceId": id, "Compliance": compliance});
        passes(&filter, verdict).then_some((resource, told))
    });
    let page = first_page(&call.operation, found, size.unwrap_or(10));
    Ok(answer("ComplianceByResources", page))
}

/// The resources on which any of the rules has a result, in order, each once.
fn evaluated<'a>(
    rules: &[&'a Rule],
    start: Bound<Resource>,
) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let range = |rule: &&'a Rule| {
        let results = rule.results.range((start.clone(), Bound::Unbounded));
        results.map(|(resource, _)| resource).peekable()
    };
    let mut heads: Vec<_> = rules.iter().map(range).collect();
    std::iter::from_fn(move || {
        let next = heads
            .iter_mut()
            .filter_map(|head| head.peek().copied())
            .min()?;
        for head in &mut heads {
            head.next_if(|resource| *resource == next);
        }
        Some(next)
    })
}
