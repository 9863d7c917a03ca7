//! The record in a baseline.

use serde_json::{Value, json};
use trailkeeper_core::guard::{GuardRecord, PartKind};

use crate::support::{EVALUATOR, EVENTS, found, known, view};

#[test]
fn a_record_survives_its_json() {
    let record = view().record();
    assert_eq!(
        GuardRecord::from_json(&record.to_json()),
        Ok(record.clone())
    );
    assert_eq!(
        GuardRecord::from_json(&Value::Null),
        Ok(GuardRecord::default())
    );
    let kinds: Vec<_> = record.0.keys().map(|part| part.kind).collect();
    for kind in PartKind::ALL {
        assert!(kinds.contains(kind), "{kind:?}");
    }
    let text = record.to_json().to_string();
    assert!(!text.contains("hunter2"), "no secret is written down");
}

/// The layout of a document is no change.
#[test]
fn layout_and_order_are_no_change() {
    let record = view().record();
    let mut same = view();
    let pattern = "{ \"source\" : [\n\"aws.cloudtrail\" ] }".to_owned();
    known(&mut same.event_rules, EVENTS).pattern = Some(pattern);
    let policy = known(&mut same.functions, EVALUATOR).policy.take().unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let policy = serde_json::to_string_pretty(&policy).unwrap();
    known(&mut same.functions, EVALUATOR).policy = Some(policy);
    assert!(found(&same, Some(&record)).is_empty());
}

#[test]
fn a_broken_record_says_where() {
    let cases = [
        (json!([]), "guard is not an object"),
        (json!({ "virus": {} }), "guard.virus is no kind of part"),
        (json!({ "function": 1 }), "function is not an object"),
        (json!({ "function": { "f": [] } }), "f is not an object"),
        (
            json!({ "function": { "f": { "role": 1 } } }),
            "guard.function.f.role is not a text",
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(GuardRecord::from_json(&json), Err(expected.to_owned()));
    }
}
