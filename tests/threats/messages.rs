//! What the topic was told.

use std::collections::BTreeSet;

use serde_json::Value;
use trailkeeper_core::fast_path::{EventRow, events, plain_name};
use trailkeeper_core::threats::Threat;
use trailkeeper_sandbox::attacks::{Step, Way};
use trailkeeper_tests::Account;

/// All messages, as programs read them. Of what CloudTrail itself tells a topic is no JSON.
pub(crate) fn messages(account: &Account) -> Vec<Value> {
    let all = account
        .sandbox
        .with_world(|world| world.published_messages().to_vec());
    let texts = all.iter().map(|one| serde_json::from_str(&one.message));
    texts.filter_map(Result::ok).collect()
}

/// The rows of the fast path that answer to the call of a step, where the call is one of the
/// attack's: it may go by two names. A call that only makes room has none, nor has one that heals.
fn rows_of(threat: &Threat, step: &Step) -> Vec<&'static EventRow> {
    let mut calls = threat.calls.iter();
    let call = calls.find(|call| (call.service, call.operation) == (step.service, step.operation));
    let Some(call) = call else {
        return Vec::new();
    };
    let is_it = |row: &&EventRow| {
        let name = plain_name(row.event_source, row.event_name);
        row.event_source == call.event_source && call.is_recorded_as(name)
    };
    events().filter(is_it).collect()
}

/// What the messages lack of the way: each of its calls must be told by the id of the attack, with
/// who made it, on what, and what that means. One that is made again may be told once.
pub(crate) fn untold(threat: &Threat, way: &Way, told: &[Value]) -> BTreeSet<String> {
    let answered = |step: &&Step| !rows_of(threat, step).is_empty();
    let calls: BTreeSet<&str> = way
        .steps
        .iter()
        .filter(answered)
        .map(|step| step.operation)
        .collect();
    let is_told = |operation: &str| {
        let mut steps = way.steps.iter().filter(|step| step.operation == operation);
        steps.any(|step| told.iter().any(|one| says(threat, step, one, threat.id)))
    };
    let lacks = calls.into_iter().filter(|operation| !is_told(operation));
    lacks.map(str::to_owned).collect()
}

/// Whether the message tells of the step by this id.
pub(crate) fn says(threat: &Threat, step: &Step, message: &Value, id: &str) -> bool {
    let rows = rows_of(threat, step);
    rows.into_iter().any(|row| tells(message, id, row, step))
}

/// Whether the message says it all of the step.
fn tells(message: &Value, id: &str, row: &EventRow, step: &Step) -> bool {
    let text = message["text"].as_str().unwrap_or_default();
    let of_call = message["event"] == plain_name(row.event_source, row.event_name);
    of_call
        && text.contains(id)
        && text.contains(row.means)
        && message["actor"]
            .as_str()
            .is_some_and(|by| by.contains("mallory"))
        && message["resource"]["type"] == row.resource_type
        && (row.named_by.is_empty() || is_about(message, &step.input))
}

/// Whether the message names what the call was about.
fn is_about(message: &Value, input: &Value) -> bool {
    let named = message["resource"]["id"].as_str().unwrap_or_default();
    let mut words = Vec::new();
    texts(input, &mut words);
    !named.is_empty() && named.split(", ").all(|name| words.contains(&name))
}

fn texts<'a>(value: &'a Value, words: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => words.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, words)),
        Value::Object(members) => members.values().for_each(|item| texts(item, words)),
        _ => {}
    }
}
