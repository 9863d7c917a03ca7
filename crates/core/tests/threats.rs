//! The table of the ways to blind a trail and the page made from it.

use std::collections::{BTreeMap, BTreeSet};

use trailkeeper_core::threats::{Class, SeenBy, page, threat, threats, threats_of_call};
use trailkeeper_policy::action_table::ActionTable;

#[test]
fn the_ids_are_b01_to_b52_in_order() {
    let ids: Vec<&str> = threats().map(|threat| threat.id).collect();
    let wanted: Vec<String> = (1..=52).map(|number| format!("B{number:02}")).collect();
    assert_eq!(ids, wanted);
    assert_eq!(threat("b11").map(|threat| threat.id), Some("B11"));
    assert_eq!(threat("B53"), None);
}

#[test]
fn the_classes_add_up() {
    let mut count = BTreeMap::new();
    for threat in threats() {
        *count.entry(threat.class).or_insert(0) += 1;
    }
    let counted: Vec<(Class, i32)> = count.into_iter().collect();
    assert_eq!(
        counted,
        [
            (Class::Undone, 31),
            (Class::Noticed, 12),
            (Class::Guarded, 8),
            (Class::OutOfReach, 1),
        ]
    );
}

#[test]
fn every_row_keeps_to_what_its_class_promises() {
    for threat in threats() {
        let id = threat.id;
        let undone = threat.class == Class::Undone;
        // What a stop leaves behind is put right; the gap is not.
        let in_part = id == "B18";
        assert_eq!(
            !threat.undone_by.is_empty(),
            undone || in_part,
            "{id}: undone_by"
        );
        let is_open = [Class::Guarded, Class::OutOfReach].contains(&threat.class);
        assert!(threat.condition.is_empty() || !is_open, "{id}: condition");
        let out_of_reach = threat.class == Class::OutOfReach;
        assert_eq!(threat.seen_by.is_empty(), out_of_reach, "{id}: seen_by");
        assert_eq!(threat.calls.is_empty(), out_of_reach, "{id}: calls");
        let guarded = threat
            .seen_by
            .iter()
            .any(|seen| matches!(seen, SeenBy::GuardRule(_)));
        assert!(
            guarded || threat.class != Class::Guarded,
            "{id}: the guard's rule"
        );
        // the schedule is the net under events, which flow only while a trail records
        let by_schedule = threat.codes().next().is_some();
        let by_event_only = id == "B23";
        assert_eq!(
            by_schedule,
            !out_of_reach && !by_event_only,
            "{id}: nothing but an event"
        );
        assert!(threat.attack.ends_with('.'), "{id}");
        for text in [
            threat.title,
            threat.condition,
            threat.stays_lost,
            threat.source,
        ] {
            assert!(!text.ends_with('.'), "{id}: {text}");
        }
        assert!(
            !threat.stays_lost.is_empty() && !threat.source.is_empty(),
            "{id}"
        );
    }
}

#[test]
fn every_call_is_an_action_of_the_table() {
    let table = ActionTable::get();
    for call in threats().flat_map(|threat| threat.calls) {
        for action in call.iam_actions() {
            let found = table.find(&action).map(|found| found.name());
            assert_eq!(found, Some(action.as_str()), "{call:?}");
        }
    }
}

#[test]
fn a_record_leads_to_the_rows_of_its_call() {
    let ids = |event_source, event_name| -> Vec<&str> {
        let rows = threats_of_call(event_source, event_name);
        rows.map(|threat| threat.id).collect()
    };
    let cases: [(&str, &str, &[&str]); 8] = [
        ("cloudtrail.amazonaws.com", "StopLogging", &["B01", "B18"]),
        ("s3.amazonaws.com", "PutBucketLifecycle", &["B26"]),
        (
            "s3.amazonaws.com",
            "PutBucketPolicy",
            &["B25", "B29", "B32", "B49"],
        ),
        ("monitoring.amazonaws.com", "DeleteAlarms", &["B37"]),
        (
            "lambda.amazonaws.com",
            "UpdateFunctionCode20150331v2",
            &["B46"],
        ),
        (
            "lambda.amazonaws.com",
            "UpdateFunctionCodeSigningConfig",
            &[],
        ),
        ("ec2.amazonaws.com", "StopLogging", &[]),
        ("cloudtrail.amazonaws.com", "StartLoggings", &[]),
    ];
    for (event_source, event_name, wanted) in cases {
        assert_eq!(ids(event_source, event_name), wanted, "{event_name}");
    }
}

#[test]
fn a_call_has_one_name_everywhere() {
    let mut seen = BTreeMap::new();
    for call in threats().flat_map(|threat| threat.calls) {
        let before = seen.insert((call.service, call.operation), call);
        assert!(before.is_none_or(|before| before == call), "{call:?}");
    }
    let distinct: BTreeSet<_> = seen.keys().collect();
    assert!(distinct.len() > 70, "{}", distinct.len());
}

/// docs/threats.md is made from the table. After a change of the table write it anew with
/// `TRAILKEEPER_WRITE_DOCS=1 cargo test -p trailkeeper-core --test threats`.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the developer at the terminal"
)]
fn the_page_in_the_repository_is_the_one_made_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/threats.md");
    if std::env::var_os("TRAILKEEPER_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/threats.md is not what the table says; write it anew"
    );
}
