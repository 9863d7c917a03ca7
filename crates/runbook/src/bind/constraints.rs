//! What a parameter's declaration asks of a value.

use serde_json::Value;

use super::resource;
use crate::convert::text_of;
use crate::document::Parameter;
use crate::pattern::Pattern;

/// What is wrong with a value, if anything is. A pattern that only Java can read checks nothing.
///
/// `supplied` are the texts the value was read from, if it was: they are what patterns look at.
pub(crate) fn violation(
    parameter: &Parameter,
    value: &Value,
    supplied: Option<&[String]>,
) -> Option<String> {
    let texts = texts(value, supplied);
    resource_form(parameter, &texts)
        .or_else(|| allowed_values(parameter, value, &texts))
        .or_else(|| allowed_pattern(parameter, &texts))
        .or_else(|| characters(parameter, &texts))
        .or_else(|| items(parameter, value))
}

/// The texts that are checked one by one: as supplied, unless one text held a whole list.
fn texts(value: &Value, supplied: Option<&[String]>) -> Vec<String> {
    let count = value.as_array().map_or(1, Vec::len);
    if let Some(supplied) = supplied.filter(|supplied| supplied.len() == count) {
        // A list of one may have come as that list's JSON.
        let list = value.is_array() && supplied.iter().any(|text| text.starts_with('['));
        if !list {
            return supplied.to_vec();
        }
    }
    match value {
        Value::Array(items) => items.iter().map(text_of).collect(),
        _ => vec![text_of(value)],
    }
}

fn resource_form(parameter: &Parameter, texts: &[String]) -> Option<String> {
    let empty_default = parameter.default.as_ref().and_then(|node| node.text()) == Some("");
    let wrong = texts
        .iter()
        .filter(|text| !(text.is_empty() && empty_default))
        .find(|text| !resource::fits(parameter.data_type, text))?;
    Some(format!(
        "is {wrong:?}, which is not {}",
        parameter.data_type.as_str()
    ))
}

fn allowed_values(parameter: &Parameter, value: &Value, texts: &[String]) -> Option<String> {
    let allowed = &parameter.allowed_values;
    if allowed.is_empty() || allowed.contains(value) {
        return None;
    }
    let known: Vec<String> = allowed.iter().map(text_of).collect();
    let form = text_of(value);
    let wrong = texts
        .iter()
        .find(|text| !known.contains(text) && !known.contains(&form))?;
    Some(format!("is {wrong:?}; allowed are {}", known.join(", ")))
}

fn allowed_pattern(parameter: &Parameter, texts: &[String]) -> Option<String> {
    let written = parameter.allowed_pattern.as_ref()?;
    let pattern = Pattern::new(written)?;
    let wrong = texts.iter().find(|text| !pattern.is_match(text))?;
    Some(format!("is {wrong:?}, which does not match {written}"))
}

fn characters(parameter: &Parameter, texts: &[String]) -> Option<String> {
    texts.iter().find_map(|text| {
        let count = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        range(
            count,
            parameter.min_chars,
            parameter.max_chars,
            "characters",
        )
    })
}

fn items(parameter: &Parameter, value: &Value) -> Option<String> {
    let count = match value {
        Value::Array(items) => items.len(),
        Value::Object(map) => map.len(),
        _ => return None,
    };
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    range(count, parameter.min_items, parameter.max_items, "items")
}

fn range(count: u64, least: Option<u64>, most: Option<u64>, what: &str) -> Option<String> {
    if let Some(least) = least.filter(|least| count < *least) {
        return Some(format!("has {count} {what}; at least {least} are needed"));
    }
    let most = most.filter(|most| count > *most)?;
    Some(format!("has {count} {what}; at most {most} go"))
}
