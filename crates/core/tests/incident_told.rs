//! What is told of a repair: the message's text, and the event within its size.
#![expect(clippy::unwrap_used, reason = "test code")]

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_core::Caller;
use trailkeeper_core::fast_path::outcome_notice;
use trailkeeper_core::incident::Outcome;
use trailkeeper_core::remediation::{Entry, Outcome as Ended, RepairFailure, RepairResult};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const HEAD: &str = "in account 111122223333, Region us-east-1, at 2026-03-02T10:00:00Z.\n";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn caller() -> Caller {
    Caller {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

type Ending = Result<RepairResult, RepairFailure>;

fn repaired(result: RepairResult) -> Ending {
    Ok(RepairResult {
        outcome: Some(Ended::Repaired),
        trail_arn: TRAIL.parse().ok(),
        ..result
    })
}

fn with_outcome<T>(ending: &Ending, get: impl FnOnce(&Outcome<'_>) -> T) -> T {
    let caller = caller();
    get(&Outcome::of(ending, &caller, time("2026-03-02T10:00:00Z")).unwrap())
}

fn message(ending: &Ending) -> Value {
    with_outcome(ending, |outcome| {
        serde_json::from_str(&outcome_notice(outcome).message).unwrap()
    })
}

fn detail(ending: &Ending) -> Value {
    with_outcome(ending, |outcome| {
        serde_json::from_str(&outcome.detail()).unwrap()
    })
}

fn entries(codes: &[&str]) -> Vec<Entry> {
    codes.iter().map(|code| Entry::new(*code, "x")).collect()
}

/// A failure before anything was known says so; one that left a gap says that it is not over.
#[test]
fn the_text_of_each_ending() {
    let bare = Err(RepairFailure {
        code: "partly-repaired".to_owned(),
        message: "the key is gone".to_owned(),
        result: Box::default(),
    });
    let expected =
        format!("partly-repaired of trail (not known) {HEAD}the key is gone\nBy unknown.\n");
    assert_eq!(message(&bare)["text"], expected);
    assert_eq!(message(&bare)["actor"], "unknown");
    assert_eq!(message(&bare)["resource"]["id"], "");

    let open = Err(RepairFailure {
        code: "access-denied".to_owned(),
        message: "no".to_owned(),
        result: Box::new(RepairResult {
            trail_arn: TRAIL.parse().ok(),
            actor: Some("mallory".to_owned()),
            gap_start: Some(time("2026-03-02T09:57:12Z")),
            remaining: entries(&["trail-not-logging", "delivery-error"]),
            ..RepairResult::default()
        }),
    });
    let expected = format!(
        "access-denied of trail {TRAIL} {HEAD}no\nBy mallory.\nEvents are missing from \
         2026-03-02T09:57:12Z to now; it is not over.\nKnown attacks: B01.\nRemaining:\n- \
         trail-not-logging: x\n- delivery-error: x\n"
    );
    assert_eq!(message(&open)["text"], expected);

    let quiet = repaired(RepairResult {
        changes: entries(&["delivery-error"]),
        notes: entries(&["done-by"]),
        ..RepairResult::default()
    });
    let expected = format!(
        "repaired of trail {TRAIL} {HEAD}By unknown.\nFound:\n- delivery-error: x\nNotes:\n- \
         done-by: x\n"
    );
    assert_eq!(message(&quiet)["text"], expected);
}

/// How bad each of them is says the catalogue; of what it does not know nothing is said.
#[test]
fn findings_have_the_severity_of_the_catalogue() {
    let ending = repaired(RepairResult {
        changes: entries(&["trail-not-logging", "trail-tags-changed"]),
        remaining: entries(&["key-disabled", "of-tomorrow"]),
        ..RepairResult::default()
    });
    let message = message(&ending);
    let findings = message["findings"].as_array().unwrap().iter();
    let seen: Vec<[&str; 2]> = findings
        .map(|one| ["code", "severity"].map(|name| one[name].as_str().unwrap()))
        .collect();
    let expected = [
        ["trail-not-logging", "critical"],
        ["trail-tags-changed", "medium"],
        ["key-disabled", "critical"],
        ["of-tomorrow", ""],
    ];
    assert_eq!(seen, expected);
    let many = repaired(RepairResult {
        changes: entries(&["trail-not-logging"; 30]),
        ..RepairResult::default()
    });
    let many = self::message(&many);
    assert_eq!(many["findings"].as_array().unwrap().len(), 20);
    assert_eq!(
        many["text"].as_str().unwrap().matches("- trail").count(),
        20
    );
}

/// The attacks are those of what was found and of what remains.
#[test]
fn attacks_of_what_was_found_and_of_what_remains() {
    let ending = repaired(RepairResult {
        changes: entries(&["trail-not-logging"]),
        remaining: entries(&["key-disabled"]),
        ..RepairResult::default()
    });
    let threats = with_outcome(&ending, |one| one.threats());
    assert!(threats.contains(&"B01") && threats.len() > 1, "{threats:?}");
    assert_eq!(detail(&ending)["threats"], json!(threats));
    assert_eq!(detail(&ending)["changes"], json!(["trail-not-logging: x"]));
    let quiet = repaired(RepairResult::default());
    assert_eq!(with_outcome(&quiet, |one| one.threats()), [""; 0]);
}

/// Up to 240 KiB everything stays; beyond that lists go, the least needed first, until it fits.
#[test]
fn lists_give_way_only_where_they_must() {
    const MOST: usize = 240 * 1024;
    let left_out = json!(["left-out: for its size"]);
    let of = |steps: usize, notes: usize| {
        repaired(RepairResult {
            changes: entries(&["trail-not-logging"]),
            steps: vec![Entry::new("s", "x".repeat(steps))],
            notes: vec![Entry::new("n", "x".repeat(notes))],
            ..RepairResult::default()
        })
    };
    let length = |ending: &Ending| with_outcome(ending, |outcome| outcome.detail().len());
    let rest = length(&of(1, 1)) - 2;
    let whole = of(MOST - rest - 1, 1);
    assert_eq!(length(&whole), MOST);
    assert_ne!(detail(&whole)["steps"], left_out);
    let cut = of(MOST - rest, 1);
    assert_eq!(detail(&cut)["steps"], left_out);
    assert_ne!(detail(&cut)["notes"], left_out);
    let both = detail(&of(MOST, MOST));
    assert_eq!((&both["steps"], &both["notes"]), (&left_out, &left_out));
    assert_eq!(both["changes"], json!(["trail-not-logging: x"]));
    assert_eq!(both["remaining"], json!([]));
}
