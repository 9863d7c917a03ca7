//! The event patterns for the rules of EventBridge, made from the table.

use serde_json::{Value, json};

use super::envelope::{API_CALL, FINDING};
use super::table::{EventRow, EventScope, Only, events};

/// The most characters of an event pattern: EventBridge's default quota.
pub const MOST_PATTERN_CHARACTERS: usize = 2048;

/// Stands in a pattern for the name of the log bucket, which the template puts in its place.
pub const LOG_BUCKET: &str = "LogBucketName";

/// The pattern of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPattern {
    /// The `source` that it matches.
    pub bus_source: &'static str,
    /// Where its events appear.
    pub scope: EventScope,
    /// The pattern, as a rule takes it; a name that is known only where it is deployed is
    /// [`LOG_BUCKET`].
    pub json: Value,
}

/// The patterns that match all events of the table and no others.
pub fn patterns() -> Vec<EventPattern> {
    let rows: Vec<EventRow> = events().copied().collect();
    patterns_of(&rows)
}

/// The patterns that match the events of `rows` and no others: one a service, or several where one
/// would be longer than EventBridge takes.
pub fn patterns_of(rows: &[EventRow]) -> Vec<EventPattern> {
    let mut groups: Vec<Vec<EventRow>> = Vec::new();
    for row in rows {
        let last = groups.iter_mut().rev().find(|group| takes(group, row));
        match last {
            Some(group) => group.push(*row),
            None => groups.push(vec![*row]),
        }
    }
    groups.iter().filter_map(|group| pattern(group)).collect()
}

/// Whether the event fits into the rule of `group`.
fn takes(group: &[EventRow], row: &EventRow) -> bool {
    let kind = |row: &EventRow| (row.bus_source, row.event_source, row.scope, row.only);
    let is_alike = group.first().is_some_and(|first| kind(first) == kind(row));
    let mut grown = group.to_vec();
    grown.push(*row);
    is_alike
        && pattern(&grown).is_some_and(|pattern| {
            pattern.json.to_string().chars().count() <= MOST_PATTERN_CHARACTERS
        })
}

fn pattern(group: &[EventRow]) -> Option<EventPattern> {
    let first = group.first()?;
    let names: Vec<Value> = group.iter().map(name).collect();
    let (detail_type, detail) = if first.event_source.is_empty() {
        (FINDING, json!({"type": names}))
    } else {
        (API_CALL, call_detail(first, &names))
    };
    Some(EventPattern {
        bus_source: first.bus_source,
        scope: first.scope,
        json: json!({
            "source": [first.bus_source],
            "detail-type": [detail_type],
            "detail": detail,
        }),
    })
}

/// What the event's name has to be. Of some calls of Lambda it is not known whether CloudTrail puts
/// the version of the API behind it: either is meant.
fn name(row: &EventRow) -> Value {
    let is_versioned = |name: &str| name.contains(|letter: char| letter.is_ascii_digit());
    if row.bus_source == "aws.lambda" && !is_versioned(row.event_name) {
        return json!({"prefix": row.event_name});
    }
    json!(row.event_name)
}

fn call_detail(first: &EventRow, names: &[Value]) -> Value {
    let mut detail = json!({
        "eventSource": [first.event_source],
        "eventName": names,
    });
    if let (Only::LogBucket, Some(fields)) = (first.only, detail.as_object_mut()) {
        let bucket = json!({"bucketName": [LOG_BUCKET]});
        fields.insert("requestParameters".to_owned(), bucket);
    }
    detail
}

/// Whether a rule with this pattern gets the event, as far as values and prefixes tell: whoever
/// filters by anything else can leave out what should be heard.
pub fn hears(pattern: &Value, row: &EventRow) -> bool {
    let needed = self::pattern(std::slice::from_ref(row));
    needed.is_some_and(|needed| covers(pattern, &needed.json))
}

/// Whether a rule with this pattern gets all that one with the pattern `needed` gets, as far as
/// values and prefixes tell.
pub fn covers(pattern: &Value, needed: &Value) -> bool {
    let (Some(fields), Some(values)) = (pattern.as_object(), needed.as_object()) else {
        return false;
    };
    let mut fields = fields.iter();
    fields.all(|(name, filter)| match values.get(name) {
        // One of several filters of the same object that takes all is enough.
        _ if name == "$or" => {
            let mut filters = filter.as_array().into_iter().flatten();
            filters.any(|filter| covers(filter, needed))
        }
        Some(values) if values.is_object() => covers(filter, values),
        Some(values) => takes_all(filter, values),
        None => false,
    })
}

/// Whether the filter of a field takes every value that is needed of it.
fn takes_all(filter: &Value, needed: &Value) -> bool {
    let listed = |of: &Value| of.as_array().cloned().unwrap_or_default();
    let filters = listed(filter);
    let takes = |value: &Value| filters.iter().any(|one| takes_value(one, value));
    listed(needed).iter().all(takes)
}

/// Whether one entry of a filter takes the value, or all values that begin so. Which bucket has
/// the log is not known here: any that is named can be it.
fn takes_value(filter: &Value, value: &Value) -> bool {
    let start = |of: &Value| of.get("prefix").and_then(Value::as_str).map(str::to_owned);
    let begin = start(value).or_else(|| value.as_str().map(str::to_owned));
    let is_start = || {
        start(filter)
            .zip(begin)
            .is_some_and(|(prefix, begin)| begin.starts_with(&prefix))
    };
    filter == value || (value == LOG_BUCKET && filter.is_string()) || is_start()
}
