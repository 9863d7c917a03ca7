//! Parameters as text: what the rule's and the runbook's parameters have in common.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cloudtrail::InsightType;
use crate::escape;
use crate::finding::{Code, Finding};
use crate::naming::Expected;

/// Longest part of a foreign text that is repeated in an error.
const SHOWN: usize = 64;

/// A parameter that cannot be used. It is shown as `bad-parameter: <key> …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {key} {why}{}", Code::BadParameter, hint(*nearest))]
pub struct ParameterError {
    /// The parameter's name as it was given.
    pub key: String,
    /// What is wrong with it, to be read after the name.
    pub why: String,
    /// Of an unknown parameter the known one with the most similar name.
    pub nearest: Option<&'static str>,
}

impl ParameterError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        Code::BadParameter.as_str()
    }

    /// The finding that reports it.
    pub fn finding(&self) -> Finding {
        let Self { key, why, nearest } = self;
        Finding::new(Code::BadParameter, format!("{key} {why}{}", hint(*nearest)))
    }

    /// The parameter `key` is wrong: `why` is read after its name.
    pub(crate) fn new(key: &str, why: impl Into<String>) -> Self {
        Self {
            key: escape::cut(key, SHOWN),
            why: why.into(),
            nearest: None,
        }
    }

    /// The parameter `key` holds `text`, which is not what it takes.
    pub(crate) fn wrong(key: &str, expected: Expected, text: &str) -> Self {
        Self::new(
            key,
            format!("takes {expected}, not `{}`", escape::cut(text, SHOWN)),
        )
    }

    /// No parameter is named `key`.
    pub(crate) fn unknown(key: &str, known: impl Iterator<Item = &'static str>) -> Self {
        Self {
            nearest: nearest(key, known),
            ..Self::new(key, "is not a parameter")
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// The text of a single value. Numbers and booleans that were written by hand without quotes are
/// taken as their text; null is taken as the empty text, which means absent.
pub(crate) fn scalar(key: &str, value: &Value) -> Result<String, ParameterError> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Array(_) | Value::Object(_) => Err(ParameterError::new(
            key,
            "takes a single text, not a list or a map",
        )),
    }
}

/// `true` or `false` in any case.
pub(crate) fn boolean(text: &str) -> Result<bool, Expected> {
    if text.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err("true or false")
    }
}

/// The items of a comma-separated list, trimmed; empty items do not count.
pub(crate) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Kinds of Insights, or `None`; a text of commas alone is a mistake, not a way to ask for none.
pub(crate) fn insight_types(text: &str) -> Result<BTreeSet<InsightType>, Expected> {
    if text.eq_ignore_ascii_case("None") {
        return Ok(BTreeSet::new());
    }
    let kinds: Option<BTreeSet<InsightType>> = items(text).map(InsightType::from_name).collect();
    kinds
        .filter(|kinds| !kinds.is_empty())
        .ok_or("ApiCallRateInsight, ApiErrorRateInsight, both with a comma between, or None")
}

/// The name in `known` that is most like `key`; letter case does not count.
fn nearest(key: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let wanted: Vec<char> = key.to_lowercase().chars().take(SHOWN).collect();
    known.min_by_key(|name| distance(&wanted, &name.to_lowercase()))
}

/// Levenshtein's edit distance.
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (line, wanted) in to.chars().enumerate() {
        let mut left = line + 1;
        let mut next = vec![left];
        for ((&above_left, &above), &seen) in row.iter().zip(row.iter().skip(1)).zip(from) {
            let replaced = above_left + usize::from(seen != wanted);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
