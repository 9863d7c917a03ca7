//! The record in a baseline.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_core::guard::{GuardRecord, PartKind};

use crate::support::{EVALUATOR, EVENTS, RULE, found, hears, known, sources, view};

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
    let pattern = hears(&sources()).replace(',', " ,\n");
    known(&mut same.event_rules, EVENTS).pattern = Some(pattern);
    let policy = known(&mut same.functions, EVALUATOR).policy.take().unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let policy = serde_json::to_string_pretty(&policy).unwrap();
    known(&mut same.functions, EVALUATOR).policy = Some(policy);
    assert!(found(&same, Some(&record)).is_empty());
}

/// A document cannot hold its own hash: the parameters that name it are no part of the record.
#[test]
fn the_hash_of_the_baseline_is_no_change() {
    let record = view().record();
    let mut named = view();
    let hash = "0".repeat(64);
    let mut parameters: BTreeMap<String, String> =
        [("rule", "cloudtrail-enabled"), ("trailName", "org-audit")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
    parameters.insert("baselineSha256".to_owned(), hash.clone());
    known(&mut named.config_rules, RULE).parameters = parameters.clone().into();
    let given = &mut known(&mut named.remediations, RULE).parameters;
    given.insert("BaselineSha256".to_owned(), vec![hash]);
    assert_eq!(found(&named, Some(&record)), Vec::<String>::new());
    // Any other parameter is one.
    parameters.insert("trailName".to_owned(), "other".to_owned());
    known(&mut named.config_rules, RULE).parameters = parameters.into();
    assert_eq!(found(&named, Some(&record)).len(), 1);
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
