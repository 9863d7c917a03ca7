//! Whether the runbook is started, and with which token.

use std::collections::BTreeSet;

use trailkeeper_core::facts::{ExecutionFacts, Executions};
use trailkeeper_core::fast_path::{Budget, OwnRoles, Runs, budget, client_token};

fn run(id: &str, status: &str, started: &str) -> ExecutionFacts {
    ExecutionFacts {
        id: id.to_owned(),
        status: status.to_owned(),
        started: Some(started.parse().unwrap()),
        executed_by: None,
    }
}

const CALLED: &str = "2026-03-02T09:52:00Z";

fn left(runs: &[ExecutionFacts], known: &[String]) -> Budget {
    listed(runs, false, known)
}

fn listed(runs: &[ExecutionFacts], is_cut: bool, known: &[String]) -> Budget {
    let runs = &Executions {
        runs: runs.to_vec(),
        is_cut,
    };
    let account = "111122223333".parse().unwrap();
    let roles = ["evaluator".to_owned()];
    let own = OwnRoles {
        account: &account,
        roles: &roles,
    };
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    budget(runs, Runs { own, known }, CALLED.parse().unwrap(), now)
}

/// Who may start the runbook, even in a mode that repairs nothing, uses up none of our runs and
/// keeps none of ours from beginning.
#[test]
fn runs_of_others_do_not_count() {
    let by = |by: &str, status: &str| ExecutionFacts {
        executed_by: Some(format!("arn:aws:sts::111122223333:{by}")),
        ..run("theirs", status, "2026-03-02T09:55:00Z")
    };
    let four = |who: &str| vec![by(who, "Success"); 4];
    let (mallory, ours) = ("assumed-role/ci/mallory", "assumed-role/evaluator/f");
    assert_eq!(left(&four(mallory), &[]), Budget::Left);
    assert_eq!(left(&[by(mallory, "InProgress")], &[]), Budget::Left);
    assert_eq!(left(&four(ours), &[]), Budget::Exhausted(4));
    let known = ["theirs".to_owned()];
    assert_eq!(left(&four(mallory), &known), Budget::Exhausted(4));
}

/// A run that began before the call may have read before it, and one that is cancelled repairs
/// nothing.
#[test]
fn only_a_run_after_the_call_answers_it() {
    let cases = [
        ("InProgress", "2026-03-02T09:51:59Z", false),
        // CloudTrail's time of the call has no fractions.
        ("InProgress", "2026-03-02T09:52:00.9Z", false),
        ("InProgress", "2026-03-02T09:52:01Z", true),
        ("Cancelling", "2026-03-02T09:53:00Z", false),
        ("Waiting", "2026-03-02T09:53:00Z", true),
    ];
    for (status, started, blocks) in cases {
        let expected = if blocks {
            Budget::Running("one".to_owned())
        } else {
            Budget::Left
        };
        let found = left(&[run("one", status, started)], &[]);
        assert_eq!(found, expected, "{status} {started}");
    }
    let unknown = ExecutionFacts {
        started: None,
        ..run("one", "Pending", CALLED)
    };
    assert_eq!(left(&[unknown], &[]), Budget::Running("one".to_owned()));
}

/// A list that was cut is no free hand: what is not on it may be ours.
#[test]
fn more_runs_than_can_be_listed_are_no_budget() {
    let theirs = ExecutionFacts {
        executed_by: Some("arn:aws:iam::111122223333:user/mallory".to_owned()),
        ..run("theirs", "Success", "2026-03-02T09:55:00Z")
    };
    let ours = run("ours", "InProgress", "2026-03-02T09:55:00Z");
    let done = run("ours", "Success", "2026-03-02T09:55:00Z");
    assert_eq!(listed(&[], true, &[]), Budget::Uncounted);
    let running = Budget::Running("ours".to_owned());
    assert_eq!(listed(&[theirs.clone(), ours], true, &[]), running);
    assert_eq!(listed(&[theirs], true, &[]), Budget::Uncounted);
    assert_eq!(listed(&vec![done; 4], true, &[]), Budget::Exhausted(4));
}

#[test]
fn one_run_at_a_time_and_four_an_hour() {
    let done = |minute: u8| run("done", "Success", &format!("2026-03-02T09:{minute:02}:00Z"));
    let old = run("old", "Failed", "2026-03-02T08:59:59Z");
    let three = vec![done(50), done(40), done(1), old.clone(), old.clone()];
    let four = [three.clone(), vec![done(30)]].concat();
    let running = |status| vec![done(50), run("now", status, "2026-03-02T09:53:00Z")];
    let cases = [
        (Vec::new(), Budget::Left),
        (three, Budget::Left),
        (four, Budget::Exhausted(4)),
        (running("InProgress"), Budget::Running("now".to_owned())),
        (running("Pending"), Budget::Running("now".to_owned())),
        (running("TimedOut"), Budget::Left),
    ];
    for (runs, expected) in cases {
        assert_eq!(left(&runs, &[]), expected, "{runs:?}");
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

/// A token that changed between versions would start a run twice. The expected ones were computed
/// apart from this program: FNV-1a of 128 bits over document, a zero and event.
#[test]
fn the_token_of_an_event_stays_what_it_is() {
    let cases = [
        ("", "", "d228cb69-101a-8caf-b891-2b704e4a147f"),
        ("Restore", "a1b2", "1d479c78-3a50-8897-8558-c503882b4b4d"),
        (
            "Trailkeeper-RestoreCloudTrail",
            "a1b2c3d4-5678-90ab-cdef-EXAMPLE22221",
            "39f2f37d-4b57-88a0-b317-ad578b847bf4",
        ),
        ("é", "\u{ff}", "1d5ecfca-cd83-894f-b07f-86358f9513ed"),
    ];
    for (document, event, expected) in cases {
        assert_eq!(client_token(document, event), expected, "{document}");
    }
}

/// A run counts for its id or for who started it.
#[test]
fn only_runs_that_count_are_ours() {
    let account = "111122223333".parse().unwrap();
    let roles = ["evaluator".to_owned()];
    let own = OwnRoles {
        account: &account,
        roles: &roles,
    };
    let by = |id: &str, role: &str| ExecutionFacts {
        executed_by: Some(format!("arn:aws:sts::111122223333:assumed-role/{role}/f")),
        ..run(id, "Success", CALLED)
    };
    let all = [by("a", "ci"), by("b", "evaluator"), by("c", "ci")];
    for is_cut in [false, true] {
        let runs = Executions {
            runs: all.to_vec(),
            is_cut,
        };
        let known = ["c".to_owned()];
        let ours = Runs { own, known: &known }.ours(&runs);
        let ids: Vec<&str> = ours.runs.iter().map(|run| run.id.as_str()).collect();
        assert_eq!((ids, ours.is_cut), (vec!["b", "c"], is_cut));
    }
}
