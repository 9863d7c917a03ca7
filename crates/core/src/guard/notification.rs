//! The events of AWS that rules of EventBridge pass on to the topic, and what such a rule matches.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::part::PartKind;
use crate::fast_path::{API_CALL, EventRow, Handler, events, plain_name};

/// How an execution of a runbook ends that people have to look at.
const FAILED: [&str; 3] = ["Failed", "TimedOut", "Cancelled"];

/// The pattern that matches the changed verdicts of these rules of AWS Config.
pub fn verdict_pattern(rules: &[&str]) -> Value {
    json!({
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "configRuleName": rules,
        },
    })
}

/// The pattern that matches the failed executions of these runbooks.
pub fn failure_pattern(runbooks: &[&str]) -> Value {
    json!({
        "source": ["aws.ssm"],
        "detail-type": ["EC2 Automation Execution Status-change Notification"],
        "detail": { "Definition": runbooks, "Status": FAILED },
    })
}

/// The pattern that matches the calls that can silence the function that answers events, which then
/// cannot tell of them: calls on the function, on the rules of EventBridge whose names begin so, and
/// on the function's role.
pub fn silencing_pattern(function: &str, rule_prefix: &str, role: &str) -> Value {
    let of_function = silencing_patterns(PartKind::Function, function);
    let of_rules = calls_on(PartKind::EventRule, &[json!({ "prefix": rule_prefix })]);
    let of_role = silencing_patterns(PartKind::Role, role);
    let parts: Vec<Value> = [of_function, of_rules, of_role].concat();
    let all = |pointer: &str| {
        let lists = parts.iter().filter_map(|part| part.pointer(pointer));
        let mut values: Vec<Value> = Vec::new();
        for value in lists.filter_map(Value::as_array).flatten() {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        values
    };
    let requests = parts.iter();
    let requests = requests.filter_map(|part| part.pointer("/detail/requestParameters"));
    json!({
        "source": all("/source"),
        "detail-type": [API_CALL],
        "detail": {
            "eventSource": all("/detail/eventSource"),
            "eventName": all("/detail/eventName"),
            "errorCode": all("/detail/errorCode"),
            "requestParameters": { "$or": requests.collect::<Vec<_>>() },
        },
    })
}

/// What a rule has to match so that it tells of every call of the table on this part that can
/// silence the function: a pattern for each way in which such calls name the part.
pub(super) fn silencing_patterns(kind: PartKind, name: &str) -> Vec<Value> {
    let exact = json!(name);
    match kind {
        // A function is also called by its ARN or a part of it, and with an alias or version.
        PartKind::Function => {
            let arn = json!({ "suffix": format!(":{name}") });
            let qualified = json!({ "prefix": format!("{name}:") });
            let whole = json!({ "wildcard": format!("*:{name}:*") });
            calls_on(kind, &[exact, arn, qualified, whole])
        }
        _ => calls_on(kind, &[exact]),
    }
}

/// The patterns of the table's calls on parts of this kind that are named so. A call that was
/// refused silenced nothing, and the function tells of it.
fn calls_on(kind: PartKind, named: &[Value]) -> Vec<Value> {
    let handlers: &[Handler] = match kind {
        PartKind::Function => &[Handler::Function],
        PartKind::EventRule => &[Handler::EventRule],
        PartKind::Role => &[Handler::Role, Handler::RoleTrust],
        _ => &[],
    };
    let mut by_field: BTreeMap<&str, Vec<&EventRow>> = BTreeMap::new();
    for row in events().filter(|row| handlers.contains(&row.handler)) {
        by_field.entry(row.named_by).or_default().push(row);
    }
    let patterns = by_field.into_iter().filter_map(|(field, rows)| {
        let first = rows.first()?;
        let request: Map<String, Value> = [(field.to_owned(), json!(named))].into_iter().collect();
        Some(json!({
            "source": [first.bus_source],
            "detail-type": [API_CALL],
            "detail": {
                "eventSource": [first.event_source],
                "eventName": names(&rows),
                "errorCode": [{ "exists": false }],
                "requestParameters": request,
            },
        }))
    });
    patterns.collect()
}

/// The names of the calls. Behind one of Lambda's stands a version of the API, which is left open;
/// a name that begins with another one needs no mention then.
fn names(rows: &[&EventRow]) -> Vec<Value> {
    let plain = |row: &&EventRow| plain_name(row.event_source, row.event_name);
    let is_of_lambda = |row: &EventRow| row.bus_source == "aws.lambda";
    let mut names = Vec::new();
    for row in rows {
        let name = plain(row);
        let is_meant = |other: &&EventRow| name != plain(other) && name.starts_with(plain(other));
        if !is_of_lambda(row) {
            names.push(json!(name));
        } else if !rows.iter().any(is_meant) {
            names.push(json!({ "prefix": name }));
        }
    }
    names
}
