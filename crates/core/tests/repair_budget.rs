//! Which runs of the runbook use the repair budget up, and what then comes of a plan.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailkeeper_core::facts::{ExecutionFacts, ExecutionRecord, Executions};
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::identity::{AccountId, Arn};
use trailkeeper_core::remediation::{
    Budget, Entry, MOST_RUNS_READ, Outcome, RepairResult, Repairs,
};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const CONFIG: &str = "sts::111122223333:assumed-role/AWSServiceRoleForConfigRemediation/Aws";
const EVALUATOR: &str = "sts::111122223333:assumed-role/evaluator/f";
const MALLORY: &str = "sts::111122223333:assumed-role/ci/mallory";

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn with_budget<T>(judge: impl FnOnce(Budget<'_>) -> T) -> T {
    let account: AccountId = "111122223333".parse().unwrap();
    let roles = ["evaluator".to_owned()];
    let own = OwnRoles {
        account: &account,
        roles: &roles,
    };
    judge(Budget {
        own,
        execution: "this",
        now: now(),
    })
}

fn run(id: &str, by: &str, minute: u32) -> ExecutionFacts {
    ExecutionFacts {
        id: id.to_owned(),
        status: "Success".to_owned(),
        started: format!("2026-03-02T09:{minute:02}:00Z").parse().ok(),
        executed_by: Some(format!("arn:aws:{by}")),
    }
}

fn read(runs: Vec<ExecutionFacts>) -> Vec<String> {
    let is_cut = false;
    let executions = Executions { runs, is_cut };
    with_budget(|budget| {
        let read = budget.runs_to_read(&executions).into_iter();
        read.map(|run| run.id.clone()).collect()
    })
}

fn record(outputs: &[(&str, &[&str])]) -> ExecutionRecord {
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let pairs = outputs.iter();
    let pairs = pairs.map(|(name, values)| ((*name).to_owned(), texts(values)));
    ExecutionRecord {
        document: "Restore".to_owned(),
        executed_by: None,
        outputs: vec![BTreeMap::new(), pairs.collect()],
    }
}

/// A person's run is never turned down, nor one of the fast path, which has counted already.
#[test]
fn only_what_aws_config_starts_is_limited() {
    let role = "iam::111122223333:role/aws-service-role/remediation.config.amazonaws.com/\
                AWSServiceRoleForConfigRemediation";
    let cases = [
        (Some(CONFIG), true),
        (Some(role), true),
        (Some(EVALUATOR), false),
        (Some(MALLORY), false),
        (
            Some("sts::999900001111:assumed-role/AWSServiceRoleForConfigRemediation/Aws"),
            false,
        ),
        (
            Some("iam::111122223333:user/AWSServiceRoleForConfigRemediation"),
            false,
        ),
        (None, false),
    ];
    for (by, expected) in cases {
        let run = ExecutionRecord {
            executed_by: by.map(|by| format!("arn:aws:{by}")),
            ..ExecutionRecord::default()
        };
        assert_eq!(
            with_budget(|budget| budget.limits(&run)),
            expected,
            "{by:?}"
        );
    }
}

#[test]
fn four_of_our_own_runs_are_looked_at_the_oldest_first() {
    let [a, b, c, d] =
        [("a", 50), ("b", 40), ("c", 30), ("d", 0)].map(|(id, minute)| run(id, EVALUATOR, minute));
    assert!(read(vec![a.clone(), b.clone(), c.clone()]).is_empty());
    // the run an hour ago is none of this hour's
    let four = vec![a.clone(), b.clone(), c.clone(), d];
    assert!(read(four).is_empty());
    let d = run("d", CONFIG, 1);
    let four = vec![a.clone(), b.clone(), c.clone(), d];
    assert_eq!(read(four), ["d", "c", "b", "a"]);
    for other in [run("theirs", MALLORY, 45), run("this", CONFIG, 59)] {
        let with_other = vec![other, a.clone(), b.clone(), c.clone()];
        assert!(read(with_other).is_empty(), "it does not count");
    }
}

/// One whose repair was undone at once failed when it looked again.
#[test]
fn how_a_run_ended_does_not_matter_and_very_many_are_not_read() {
    for status in ["Success", "Failed", "TimedOut", "Cancelled", "InProgress"] {
        let ended = |minute| ExecutionFacts {
            status: status.to_owned(),
            ..run("a", EVALUATOR, minute)
        };
        assert_eq!(read((1..=4).map(ended).collect()).len(), 4, "{status}");
    }
    let many: Vec<_> = (1..50)
        .rev()
        .map(|minute| run("a", CONFIG, minute))
        .collect();
    assert_eq!(read(many).len(), MOST_RUNS_READ);
}

/// Counts this run so often; the sentence, where that uses the budget up.
fn counted(record: &ExecutionRecord, trail: Option<&Arn>, times: u32) -> Option<RepairResult> {
    let mut repairs = Repairs::default();
    for number in 1..=times {
        repairs.count(&run("a", CONFIG, number * 10), record, trail);
    }
    let plan = RepairResult {
        outcome: Some(Outcome::Planned),
        trail_arn: trail.cloned(),
        changes: vec![Entry::new("trail-not-logging", "logging: false -> true")],
        steps: vec![Entry::new("start-logging", "start logging")],
        ..RepairResult::default()
    };
    let is_used_up = repairs.use_up_the_budget();
    is_used_up.then(|| repairs.turn_down(plan, "Restore"))
}

#[test]
fn a_repair_of_this_trail_counts_by_what_a_step_told() {
    let trail: Arn = TRAIL.parse().unwrap();
    let other: &[&str] = &["arn:aws:cloudtrail:us-east-1:111122223333:trail/other"];
    let (repaired, this): (&[&str], &[&str]) = (&["repaired"], &[TRAIL]);
    let counts = [
        (record(&[("outcome", repaired), ("trailArn", this)]), true),
        (record(&[("outcome", repaired), ("trailArn", other)]), false),
        (record(&[("outcome", repaired)]), false),
        (
            record(&[("outcome", &["already-healthy"]), ("trailArn", this)]),
            false,
        ),
        (
            record(&[("outcome", &["repairs-exhausted"]), ("trailArn", this)]),
            false,
        ),
        (
            record(&[("outcome", &["repaired", "repaired"]), ("trailArn", this)]),
            false,
        ),
        (record(&[("trailArn", this)]), false),
        (record(&[]), false),
    ];
    for (record, expected) in counts {
        assert!(counted(&record, Some(&trail), 3).is_none(), "one is left");
        let used_up = counted(&record, Some(&trail), 4).is_some();
        assert_eq!(used_up, expected, "{record:?}");
    }
    // a trail whose ARN is not known yet, since it is gone
    let elsewhere = record(&[("outcome", repaired), ("trailArn", other)]);
    assert!(counted(&elsewhere, None, 4).is_some());
}

#[test]
fn a_plan_that_is_turned_down_says_until_when_and_does_nothing() {
    let trail: Arn = TRAIL.parse().unwrap();
    let did = record(&[("outcome", &["repaired"]), ("trailArn", &[TRAIL])]);
    let result = counted(&did, Some(&trail), 4).unwrap();
    assert_eq!(result.outcome, Some(Outcome::RepairsExhausted));
    assert_eq!(result.changes.len(), 1);
    assert!(result.steps.is_empty(), "none was done");
    let [note] = result.notes.as_slice() else {
        panic!("one note is expected: {:?}", result.notes);
    };
    let expected = format!(
        "repairs-exhausted: {TRAIL} was repaired 4 times within the last hour by Restore and is at \
         fault again, so that nothing was written; find who undoes the repairs, then start the \
         runbook by hand, or wait until 2026-03-02T10:10:00Z"
    );
    assert_eq!(note.to_string(), expected);
}
