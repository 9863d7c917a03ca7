//! Filters: findings that one of them archives are told to no one.

use serde_json::{Map, Value, json};

use super::{find, listing, names, refused};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::world::World;

const MOST_FILTERS: usize = 100;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("Name", 3, 64)?;
    let action = input.choice("Action", &["NOOP", "ARCHIVE"])?;
    let description = input.text("Description", 0, 512)?;
    let rank = input.number("Rank", 1, 100)?;
    let Some(criteria) = input.structure("FindingCriteria")? else {
        return Err(input.missing("FindingCriteria"));
    };
    let detector = find(world, call, &input)?;
    if detector.filters.contains_key(name) {
        return Err(refused(
            "because a filter with the given name already exists.",
        ));
    }
    if detector.filters.len() >= MOST_FILTERS {
        return Err(refused("because the maximum number of filters is reached."));
    }
    let filter = json!({
        "Name": name,
        "Description": description.unwrap_or_default(),
        "Action": action.unwrap_or("NOOP"),
        "Rank": rank.unwrap_or(1),
        "FindingCriteria": criteria.given(),
    });
    detector.filters.insert(name.to_owned(), filter);
    Ok(json!({"Name": name}))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let names = names(&find(world, call, &input)?.filters);
    listing(call, &input, "FilterNames", names)
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("FilterName", 1, usize::MAX)?;
    let filter = find(world, call, &input)?.filters.get(name);
    filter.cloned().ok_or_else(unknown)
}

/// What is left out stays as it is.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("FilterName", 1, usize::MAX)?;
    input.choice("Action", &["NOOP", "ARCHIVE"])?;
    input.text("Description", 0, 512)?;
    input.number("Rank", 1, 100)?;
    input.structure("FindingCriteria")?;
    let filter = find(world, call, &input)?.filters.get_mut(name);
    let filter = filter.and_then(Value::as_object_mut).ok_or_else(unknown)?;
    for member in ["Description", "Action", "Rank", "FindingCriteria"] {
        let given = input.value(member).cloned();
        filter.extend(given.map(|value| (member.to_owned(), value)));
    }
    Ok(json!({"Name": name}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("FilterName", 1, usize::MAX)?;
    let filter = find(world, call, &input)?.filters.remove(name);
    filter.map(|_| json!({})).ok_or_else(unknown)
}

fn unknown() -> ApiError {
    refused("because the input filterName is not found.")
}

/// Whether the filter archives the finding.
pub(super) fn archives(filter: &Value, finding: &Value) -> bool {
    if filter.get("Action").and_then(Value::as_str) != Some("ARCHIVE") {
        return false;
    }
    let criteria = filter.pointer("/FindingCriteria/Criterion");
    let criteria = criteria.and_then(Value::as_object);
    let mut criteria = criteria.into_iter().flatten();
    criteria.all(|(field, condition)| {
        let value = finding.pointer(&format!("/{}", field.replace('.', "/")));
        let condition = condition.as_object();
        condition.is_none_or(|condition| holds(condition, value))
    })
}

/// All operators of a condition must hold. The short names are the older ones.
fn holds(condition: &Map<String, Value>, value: Option<&Value>) -> bool {
    let number = value.and_then(Value::as_f64);
    let compare = |bound: &Value, test: fn(&f64, &f64) -> bool| {
        let bound = bound.as_f64();
        number
            .zip(bound)
            .is_some_and(|(number, bound)| test(&number, &bound))
    };
    condition
        .iter()
        .all(|(operator, wanted)| match operator.as_str() {
            "Eq" | "Equals" => contains(wanted, value),
            "Neq" | "NotEquals" => !contains(wanted, value),
            "Gt" | "GreaterThan" => compare(wanted, f64::gt),
            "Gte" | "GreaterThanOrEqual" => compare(wanted, f64::ge),
            "Lt" | "LessThan" => compare(wanted, f64::lt),
            "Lte" | "LessThanOrEqual" => compare(wanted, f64::le),
            "Matches" => matches(wanted, value),
            "NotMatches" => !matches(wanted, value),
            _ => false,
        })
}

/// Conditions write all values as text.
fn contains(wanted: &Value, value: Option<&Value>) -> bool {
    let Some(value) = value else {
        return false;
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let mut wanted = wanted.as_array().into_iter().flatten();
    wanted.any(|wanted| wanted.as_str() == Some(&text))
}

/// Stars stand for any text.
fn matches(wanted: &Value, value: Option<&Value>) -> bool {
    let Some(text) = value.and_then(Value::as_str) else {
        return false;
    };
    let wanted = wanted.as_array().into_iter().flatten();
    let mut wanted = wanted.filter_map(Value::as_str);
    wanted.any(|pattern| like(pattern, text))
}

fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(first) else {
        return false;
    };
    let mut starts = text.char_indices().map(|(start, _)| start);
    let tail = |start: usize| text.get(start..).is_some_and(|tail| like(rest, tail));
    starts.any(tail) || like(rest, "")
}
