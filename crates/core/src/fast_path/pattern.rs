//! The event patterns for the rules of EventBridge, made from the table.

use serde_json::{Value, json};

use super::envelope::API_CALL;
use super::table::{EVENTS, EventRow, EventScope};

/// The most characters of an event pattern: EventBridge's default quota.
pub const MOST_PATTERN_CHARACTERS: usize = 2048;

/// The pattern of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPattern {
    /// The `source` that it matches.
    pub bus_source: &'static str,
    /// Where its events appear.
    pub scope: EventScope,
    /// The pattern, as a rule takes it.
    pub json: Value,
}

/// The patterns that match all events of the table and no others.
pub fn patterns() -> Vec<EventPattern> {
    patterns_of(EVENTS)
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
    let is_alike = group.first().is_some_and(|first| {
        first.bus_source == row.bus_source
            && first.event_source == row.event_source
            && first.scope == row.scope
    });
    let mut grown = group.to_vec();
    grown.push(*row);
    is_alike
        && pattern(&grown).is_some_and(|pattern| {
            pattern.json.to_string().chars().count() <= MOST_PATTERN_CHARACTERS
        })
}

fn pattern(group: &[EventRow]) -> Option<EventPattern> {
    let first = group.first()?;
    let names: Vec<&str> = group.iter().map(|row| row.event_name).collect();
    Some(EventPattern {
        bus_source: first.bus_source,
        scope: first.scope,
        json: json!({
            "source": [first.bus_source],
            "detail-type": [API_CALL],
            "detail": {
                "eventSource": [first.event_source],
                "eventName": names,
            },
        }),
    })
}
