//! `aws:approve`.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_runbook::{Clock, Decision, DecisionError, Execution, Need, Status, check};

use crate::support::{ScriptedAws, execution, find, path, run_text, step, steps};

const ANN: &str = "arn:aws:iam::111122223333:user/team/ann";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/Approvers";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Approvers/bob";

fn document(inputs: Value, more: Value) -> String {
    let after = step(
        "After",
        "aws:sleep",
        json!({ "Duration": "PT1S" }),
        json!({}),
    );
    steps(json!([step("Ask", "aws:approve", inputs, more), after]))
}

fn two() -> Value {
    json!({ "Approvers": ["ann", ROLE], "MinRequiredApprovals": 2, "Message": "May it go on?" })
}

fn decision(principal: &str, approved: bool) -> Decision {
    Decision {
        principal: principal.to_owned(),
        approved,
        comment: String::new(),
    }
}

fn waiting(text: &str) -> (Execution, ScriptedAws) {
    let aws = ScriptedAws::silent();
    let mut execution = execution(text, &aws);
    let need = execution.next(aws.clock.now());
    assert!(matches!(need, Need::Approval { .. }), "{need:?}");
    (execution, aws)
}

#[test]
fn a_step_waits_until_enough_have_approved() {
    let (mut execution, aws) = waiting(&document(two(), json!({})));
    let now = aws.clock.now();
    let Need::Approval { request, limit } = execution.next(now) else {
        panic!("it waits")
    };
    assert_eq!((request.step.as_str(), request.needed), ("Ask", 2));
    assert_eq!(request.message, "May it go on?");
    assert_eq!(limit, SignedDuration::from_hours(7 * 24));
    let report = execution.report();
    assert_eq!(report.automation_execution_status, Status::Waiting);
    assert_eq!(path(&report), ["Ask Waiting"]);

    execution.decide(decision(ANN, true), now).unwrap();
    assert!(matches!(execution.next(now), Need::Approval { .. }));
    execution.decide(decision(SESSION, true), now).unwrap();
    assert_eq!(execution.status(), Status::InProgress);
    assert!(matches!(execution.next(now), Need::Wait(_)));
    let report = execution.report();
    let outputs = &find(&report, "Ask").outputs;
    assert_eq!(outputs["ApprovalStatus"], ["Approved"]);
    assert_eq!(outputs["ApproverDecisions"].len(), 2);
    assert!(outputs["ApproverDecisions"][1].contains(SESSION));
}

#[test]
fn one_rejection_fails_the_step() {
    let (mut execution, aws) = waiting(&document(two(), json!({})));
    let now = aws.clock.now();
    execution.decide(decision(ANN, true), now).unwrap();
    execution.decide(decision(SESSION, false), now).unwrap();
    assert_eq!(execution.next(now), Need::Done);
    let report = execution.report();
    assert_eq!(report.automation_execution_status, Status::Failed);
    let outputs = &find(&report, "Ask").outputs;
    assert_eq!(outputs["ApprovalStatus"], ["Rejected"]);
}

#[test]
fn only_the_named_decide_and_only_once() {
    let (mut execution, aws) = waiting(&document(two(), json!({})));
    let now = aws.clock.now();
    let strangers = [
        "arn:aws:iam::111122223333:user/anna",
        "arn:aws:iam::111122223333:role/ann",
        "arn:aws:sts::111122223333:assumed-role/Other/Approvers",
        "arn:aws:sts::999900001111:assumed-role/Approvers/bob",
    ];
    for stranger in strangers {
        let refused = execution.decide(decision(stranger, true), now);
        assert!(
            matches!(refused, Err(DecisionError::NotAnApprover { .. })),
            "{stranger}"
        );
    }
    execution.decide(decision(ANN, true), now).unwrap();
    let again = execution.decide(decision(ANN, true), now);
    assert!(matches!(again, Err(DecisionError::Repeated { .. })));
    assert_eq!(execution.status(), Status::Waiting);
}

#[test]
fn an_approval_that_does_not_come_times_out() {
    for (more, seconds) in [(json!({}), 604_800), (json!({ "timeoutSeconds": 60 }), 60)] {
        let (mut execution, aws) = waiting(&document(two(), more));
        aws.clock.advance(SignedDuration::from_secs(seconds - 1));
        assert!(matches!(
            execution.next(aws.clock.now()),
            Need::Approval { .. }
        ));
        aws.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(execution.next(aws.clock.now()), Need::Done);
        assert_eq!(execution.status(), Status::TimedOut);
        let late = execution.decide(decision(ANN, true), aws.clock.now());
        assert_eq!(late, Err(DecisionError::NotAsked));
    }
}

#[test]
fn a_waiting_run_can_be_cancelled() {
    let (mut execution, aws) = waiting(&document(two(), json!({})));
    execution.cancel(aws.clock.now());
    assert_eq!(execution.next(aws.clock.now()), Need::Done);
    let report = execution.report();
    assert_eq!(path(&report), ["Ask Cancelled"]);
}

#[test]
fn where_nobody_can_approve_the_step_fails_and_says_so() {
    let report = run_text(&document(two(), json!({})), &ScriptedAws::silent());
    assert_eq!(report.automation_execution_status, Status::Failed);
    let message = report.failure_message.unwrap();
    assert!(message.contains("nobody can approve here"), "{message}");
}

#[test]
fn inputs_that_ask_nobody_fail_the_step() {
    for inputs in [
        json!({ "Approvers": [] }),
        json!({ "Approvers": ["a"], "MinRequiredApprovals": 2 }),
        json!({ "Approvers": ["a"], "MinRequiredApprovals": 0 }),
    ] {
        let text = document(inputs.clone(), json!({}));
        let report = match check(&text).is_empty() {
            true => run_text(&text, &ScriptedAws::silent()),
            false => continue,
        };
        assert_eq!(
            report.automation_execution_status,
            Status::Failed,
            "{inputs}"
        );
    }
}

#[test]
fn what_a_document_may_not_ask_is_found() {
    let eleven: Vec<String> = (0..11).map(|number| format!("user{number}")).collect();
    let cases = [
        (json!({}), json!({}), "missing-key"),
        (json!({ "Approvers": [] }), json!({}), "approvers"),
        (json!({ "Approvers": eleven }), json!({}), "approvers"),
        (
            json!({ "Approvers": ["a"], "Who": 1 }),
            json!({}),
            "unknown-key",
        ),
        (
            json!({ "Approvers": ["a"], "Message": "x".repeat(4097) }),
            json!({}),
            "approval-message",
        ),
        (
            json!({ "Approvers": ["a"] }),
            json!({ "timeoutSeconds": 2_592_001 }),
            "approval-timeout",
        ),
    ];
    for (inputs, more, code) in cases {
        let found = check(&document(inputs.clone(), more));
        assert!(
            found.iter().any(|finding| finding.code == code),
            "{inputs}: {found:?}"
        );
    }
    assert_eq!(check(&document(two(), json!({}))), []);
}
