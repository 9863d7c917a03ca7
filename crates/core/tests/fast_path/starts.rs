//! Whether the runbook is started, and with which token.

use std::collections::BTreeSet;

use trailkeeper_core::facts::ExecutionFacts;
use trailkeeper_core::fast_path::{Budget, budget, client_token};

fn run(id: &str, status: &str, started: &str) -> ExecutionFacts {
    ExecutionFacts {
        id: id.to_owned(),
        status: status.to_owned(),
        started: Some(started.parse().unwrap()),
    }
}

#[test]
fn one_run_at_a_time_and_four_an_hour() {
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    let done = |minute: u8| run("done", "Success", &format!("2026-03-02T09:{minute:02}:00Z"));
    let old = run("old", "Failed", "2026-03-02T08:59:59Z");
    let three = vec![done(50), done(40), done(1), old.clone(), old.clone()];
    let four = [three.clone(), vec![done(30)]].concat();
    let running = |status| vec![done(50), run("now", status, "2026-03-02T09:00:00Z")];
    let cases = [
        (Vec::new(), Budget::Left),
        (three, Budget::Left),
        (four, Budget::Exhausted(4)),
        (running("InProgress"), Budget::Running("now".to_owned())),
        (running("Pending"), Budget::Running("now".to_owned())),
        (running("TimedOut"), Budget::Left),
    ];
    for (runs, expected) in cases {
        assert_eq!(budget(&runs, now), expected, "{runs:?}");
    }
}

#[test]
fn an_event_has_one_token_and_it_is_a_uuid() {
    let token = |document, event| client_token(document, event);
    assert_eq!(token("Restore", "a1b2"), token("Restore", "a1b2"));
    let all = [
        token("Restore", "a1b2"),
        token("Restore", "a1b3"),
        token("Restorea1", "b2"),
        token("Restore", ""),
        token("", "Restore"),
    ];
    for token in &all {
        let parts: Vec<usize> = token.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12], "{token}");
        let is_hex = |c: char| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c);
        assert!(token.chars().all(is_hex), "{token}");
        assert_eq!(token.chars().nth(14), Some('8'), "the version of {token}");
        let variant = token.chars().nth(19).unwrap();
        assert!("89ab".contains(variant), "the variant of {token}");
    }
    let unique: BTreeSet<&String> = all.iter().collect();
    assert_eq!(unique.len(), all.len());
}
