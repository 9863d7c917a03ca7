//! Which runs of the runbook use the repair budget up, and what then comes of a plan.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailkeeper_core::facts::{ExecutionFacts, ExecutionRecord, Executions};
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::identity::{AccountId, Arn};
use trailkeeper_core::remediation::{Budget, Entry, Outcome, RepairResult, Repairs};

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

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// A run of the deployed runbook whose steps gave this out.
fn record(outputs: &[(&str, &[&str])]) -> ExecutionRecord {
    let pairs = outputs.iter();
    let pairs = pairs.map(|(name, values)| ((*name).to_owned(), texts(values)));
    ExecutionRecord {
        document: "Restore".to_owned(),
        version: Some("3".to_owned()),
        parameters: BTreeMap::from([
            (
                "RemediatorFunctionName".to_owned(),
                texts(&["remediator:live"]),
            ),
            ("AutomationAssumeRole".to_owned(), texts(&["automation"])),
            ("CloudTrailName".to_owned(), texts(&["org-audit"])),
        ]),
        executed_by: Some(format!("arn:aws:{CONFIG}")),
        outputs: vec![BTreeMap::new(), pairs.collect()],
    }
}

fn repaired() -> ExecutionRecord {
    record(&[("outcome", &["repaired"]), ("trailArn", &[TRAIL])])
}

fn trail() -> Arn {
    TRAIL.parse().unwrap()
}

/// A plan that has the trail write digests again.
fn plan() -> RepairResult {
    RepairResult {
        outcome: Some(Outcome::Planned),
        trail_arn: Some(trail()),
        changes: vec![Entry::new("log-validation-off", "false -> true")],
        steps: vec![Entry::new("update-trail", "have it write digests")],
        notes: vec![Entry::new("bucket-open-to-others", "an auditor")],
        ..RepairResult::default()
    }
}

#[test]
fn only_a_plan_that_writes_to_a_trail_which_delivers_can_wait() {
    let none = RepairResult::default();
    let cases = [
        (plan(), true),
        (
            RepairResult {
                gap_start: Some(now()),
                ..plan()
            },
            false,
        ),
        (
            RepairResult {
                trail_arn: None,
                ..plan()
            },
            false,
        ),
        (
            RepairResult {
                changes: Vec::new(),
                ..plan()
            },
            false,
        ),
        (
            RepairResult {
                outcome: Some(Outcome::AlreadyHealthy),
                ..plan()
            },
            false,
        ),
        (
            RepairResult {
                notes: vec![Entry::new(
                    "delivery-not-confirmed",
                    "delivery-error: AccessDenied",
                )],
                ..plan()
            },
            false,
        ),
        (none, false),
    ];
    for (plan, expected) in cases {
        assert_eq!(Budget::can_wait(&plan).is_some(), expected, "{plan:?}");
    }
}

/// What keeps an event from us is never left alone, whether it can be repaired or only be told, nor
/// what was not seen.
#[test]
fn only_what_keeps_no_event_from_us_can_wait() {
    for (code, expected) in [
        ("log-validation-off", true),
        ("insights-missing", true),
        ("trail-tags-changed", true),
        ("wrong-topic", true),
        ("trail-not-logging", false),
        ("not-multi-region", false),
        ("global-events-missing", false),
        ("management-events-missing", false),
        ("management-events-narrowed", false),
        ("data-events-missing", false),
        ("wrong-bucket", false),
        ("wrong-prefix", false),
        ("wrong-key", false),
        ("key-pending-deletion", false),
        ("bucket-refuses-cloudtrail", false),
        ("bucket-lifecycle-changed", false),
        ("could-not-verify", false),
        ("foreign-deny", false),
        ("what-nobody-knows", false),
    ] {
        let (mut repaired, mut remaining) = (plan(), plan());
        repaired.changes.push(Entry::new(code, "this too"));
        remaining.remaining.push(Entry::new(code, "this too"));
        for plan in [repaired, remaining] {
            assert_eq!(Budget::can_wait(&plan).is_some(), expected, "{code}");
        }
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
fn four_of_our_own_runs_are_looked_at_the_newest_first() {
    let [a, b, c, d] =
        [("a", 50), ("b", 40), ("c", 30), ("d", 0)].map(|(id, minute)| run(id, EVALUATOR, minute));
    assert!(read(vec![c.clone(), a.clone(), b.clone()]).is_empty());
    // the run an hour ago is none of this hour's
    let four = vec![a.clone(), b.clone(), c.clone(), d];
    assert!(read(four).is_empty());
    let just_begun = ExecutionFacts {
        started: None,
        ..run("d", CONFIG, 1)
    };
    let four = vec![c.clone(), a.clone(), just_begun, b.clone()];
    assert_eq!(read(four), ["d", "a", "b", "c"]);
    let of_nobody = ExecutionFacts {
        executed_by: None,
        ..run("unknown", CONFIG, 45)
    };
    for other in [
        of_nobody,
        run("theirs", MALLORY, 45),
        run("this", CONFIG, 59),
    ] {
        let with_other = vec![other, a.clone(), b.clone(), c.clone()];
        assert!(read(with_other).is_empty(), "it does not count");
    }
}

/// Without a role that is named only AWS Config's runs count.
#[test]
fn nobody_else_uses_the_budget_up_where_no_role_is_named() {
    let account: AccountId = "111122223333".parse().unwrap();
    let own = OwnRoles {
        account: &account,
        roles: &[],
    };
    for (by, expected) in [(MALLORY, 0), (EVALUATOR, 0), (CONFIG, 4)] {
        let budget = Budget {
            own,
            execution: "this",
            now: now(),
        };
        let runs = (1..=4).map(|minute| run("a", by, minute)).collect();
        let is_cut = false;
        let read = budget.runs_to_read(&Executions { runs, is_cut }).len();
        assert_eq!(read, expected, "{by}");
    }
}

/// One whose repair was undone at once failed when it looked again.
#[test]
fn how_a_run_ended_does_not_matter() {
    for status in ["Success", "Failed", "TimedOut", "Cancelled", "InProgress"] {
        let ended = |minute| ExecutionFacts {
            status: status.to_owned(),
            ..run("a", EVALUATOR, minute)
        };
        assert_eq!(read((1..=4).map(ended).collect()).len(), 4, "{status}");
    }
}

/// Counts runs that did this, from 09:50 on backwards; what comes of the plan, where that uses the
/// budget up.
fn counted(did: &[ExecutionRecord]) -> Option<RepairResult> {
    let (asks, plan) = (record(&[]), plan());
    let mut repairs = Repairs::before(&asks, &plan);
    for (did, minute) in did.iter().zip((1..=50).rev().step_by(5)) {
        repairs.count(&run(&format!("at-{minute}"), CONFIG, minute), did);
        if repairs.use_up_the_budget() {
            return Some(repairs.turn_down());
        }
    }
    None
}

#[test]
fn a_repair_of_this_trail_counts_by_what_a_step_told() {
    let this: &[&str] = &[TRAIL];
    let other: &[&str] = &["arn:aws:cloudtrail:us-east-1:111122223333:trail/other"];
    let counts = [
        (repaired(), true),
        (
            record(&[("outcome", &["repaired"]), ("trailArn", other)]),
            false,
        ),
        (record(&[("outcome", &["repaired"])]), false),
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
        assert!(counted(&vec![record.clone(); 3]).is_none(), "one is left");
        let used_up = counted(&vec![record.clone(); 4]).is_some();
        assert_eq!(used_up, expected, "{record:?}");
    }
}

/// Whoever can have AWS Config start the runbook with a function, a role or a version of his own
/// buys nothing with what that tells.
#[test]
fn a_run_with_another_function_role_or_version_does_not_count() {
    for name in [
        "RemediatorFunctionName",
        "AutomationAssumeRole",
        "version",
        "CloudTrailName",
    ] {
        let mut other = repaired();
        other.parameters.insert(name.to_owned(), texts(&["theirs"]));
        if name == "version" {
            other.version = Some("4".to_owned());
        }
        let counts = counted(&vec![other; 4]).is_some();
        // the trail's name is another spelling of the same trail, which its ARN tells
        assert_eq!(counts, name == "CloudTrailName", "{name}");
    }
}

#[test]
fn a_plan_that_is_turned_down_says_until_when_and_does_nothing() {
    let six = vec![repaired(); 6];
    let result = counted(&six).unwrap();
    assert_eq!(result.outcome, Some(Outcome::RepairsExhausted));
    assert_eq!(result.remaining, plan().changes);
    assert!(
        result.changes.is_empty() && result.steps.is_empty(),
        "none was done"
    );
    assert!(!result.was_told_before());
    let notes: Vec<_> = result.notes.iter().map(Entry::to_string).collect();
    // the fourth newest, at 09:35, leaves the hour first of those that matter
    let expected = format!(
        "repairs-exhausted: {TRAIL} was repaired 4 times within the last hour by Restore and was \
         changed again; its events still arrive, so that nothing was written. Find who undoes the \
         repairs, then start the runbook in the Systems Manager console; AWS Config repairs again \
         at its rule's first run after 2026-03-02T10:35:00Z"
    );
    let noted = "bucket-open-to-others: an auditor".to_owned();
    assert_eq!(notes, [expected, noted], "the reason comes first");
}

/// One message an hour is enough, if it was sent and about the same.
#[test]
fn what_a_run_before_told_is_not_told_again() {
    let turned_down = |notes: &[&str], remaining: &[&str]| {
        let reason = ["repairs-exhausted: as now"];
        let notes: Vec<&str> = reason.iter().chain(notes).copied().collect();
        record(&[
            ("outcome", &["repairs-exhausted"]),
            ("trailArn", &[TRAIL]),
            ("notes", &notes),
            ("remaining", remaining),
        ])
    };
    let same = &["log-validation-off: as it was"];
    let silent = [
        turned_down(&["repeat-suppressed: execution x told it"], same),
        turned_down(&["message-not-sent: sns:Publish NotFound"], same),
        turned_down(&["incident-not-recorded: no time was left"], same),
        turned_down(&[], &["trail-tags-changed: as it was"]),
        turned_down(&[], &[]),
    ];
    let with = |before: &[ExecutionRecord]| {
        let runs = [before, &vec![repaired(); 4]].concat();
        counted(&runs).unwrap()
    };
    assert!(!with(&silent).was_told_before());
    let told = [&silent[..2], &[turned_down(&[], same)]].concat();
    let result = with(&told);
    assert!(result.was_told_before());
    let note = result.notes[1].to_string();
    assert_eq!(note, "repeat-suppressed: execution at-40 told it");
}
