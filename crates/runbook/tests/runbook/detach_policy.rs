//! `runbooks/detach-policy.yaml`, against IAM's rules.

use serde_json::{Value, json};
use trailkeeper_runbook::{
    ApprovalRequest, Approver, AutomationExecution, Clock as _, Decision, Execution, Status, check,
    load, run_approved_by,
};

use crate::own_runbook::{assert_explained, assert_explicit};
use crate::support::{EXECUTION_ID, ScriptedAws, find, path, run_with, start};
use crate::world::{Fault, Hits, World, writes};

const RUNBOOK: &str = include_str!("../../../../runbooks/detach-policy.yaml");
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const ADMIN_TOO: &str = "arn:aws:iam::aws:policy/AdministratorAccessToo";
const APPROVER: &str = "arn:aws:iam::111122223333:user/second";

type Given<'a> = &'a [(&'a str, &'a [&'a str])];

const MANAGED: Given<'static> = &[("RoleName", &["web"]), ("PolicyArn", &[ADMIN])];
const INLINE: Given<'static> = &[("RoleName", &["web"]), ("PolicyName", &["all"])];
const UNASKED: Given<'static> = &[("RequireApproval", &["false"])];

fn document() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "s3:*", "Resource": "*" }
    ] })
}

fn world() -> World {
    World {
        managed: vec![ADMIN_TOO.to_owned(), ADMIN.to_owned()],
        inline: [("all".to_owned(), document())].into(),
        execution: own_run("all"),
        ..World::default()
    }
}

/// What Systems Manager tells of a run about this policy.
fn own_run(policy: &str) -> Value {
    json!({ "AutomationExecution": { "Parameters": { "PolicyName": [policy] } } })
}

fn unasked(aws: &ScriptedAws, given: Given<'_>, more: Given<'_>) -> AutomationExecution {
    run_with(RUNBOOK, &[given, UNASKED, more].concat(), aws)
}

fn outcome(report: &AutomationExecution) -> &str {
    &report.variables["Outcome"][0]
}

struct Second(bool);

#[async_trait::async_trait]
impl Approver for Second {
    async fn decide(&self, request: &ApprovalRequest) -> Option<Decision> {
        assert!(
            request
                .message
                .contains("of role web in account 111122223333")
        );
        Some(Decision {
            principal: APPROVER.to_owned(),
            approved: self.0,
            comment: "seen".to_owned(),
        })
    }
}

fn asked(aws: &ScriptedAws, given: Given<'_>, approves: bool) -> AutomationExecution {
    let who: Given<'_> = &[("Approvers", &[APPROVER])];
    let start = start(&[given, who].concat());
    let mut execution = Execution::start(load(RUNBOOK).unwrap(), start, aws.clock.now()).unwrap();
    let clock = aws.clock.as_ref();
    let never = std::future::pending();
    let second = Second(approves);
    let run = run_approved_by(&second, &mut execution, aws, clock, never);
    futures::executor::block_on(run);
    execution.report()
}

#[test]
fn it_is_clean_and_leaves_nothing_to_defaults() {
    assert_eq!(check(RUNBOOK), []);
    assert_explicit(RUNBOOK);
    assert_explained(RUNBOOK);
}

#[test]
fn nothing_is_written_before_somebody_approves() {
    for given in [MANAGED, INLINE] {
        // Nobody is named; nobody can approve here; the approver says no.
        let (aws, _) = world().open();
        let report = run_with(RUNBOOK, given, &aws);
        let message = report.failure_message.clone().unwrap();
        assert!(message.contains("Approvers names nobody"), "{message}");
        assert_eq!(writes(&aws), [""; 0]);

        let who: Given<'_> = &[("Approvers", &[APPROVER])];
        let report = run_with(RUNBOOK, &[given, who].concat(), &aws);
        let message = report.failure_message.clone().unwrap();
        assert!(message.contains("nobody can approve here"), "{message}");
        assert_eq!(writes(&aws), [""; 0]);

        let report = asked(&aws, given, false);
        assert_eq!(report.automation_execution_status, Status::Failed);
        let message = report.failure_message.unwrap();
        assert!(
            message.ends_with(&format!("rejected by {APPROVER}: seen")),
            "{message}"
        );
        assert_eq!(writes(&aws), [""; 0]);
    }
}

#[test]
fn an_approved_policy_comes_off_and_nothing_else() {
    let (aws, world) = world().open();
    let report = asked(&aws, MANAGED, true);
    assert_eq!(
        report.automation_execution_status,
        Status::Success,
        "{report:#?}"
    );
    assert_eq!(outcome(&report), "detached");
    assert_eq!(writes(&aws), ["iam:DetachRolePolicy"]);
    assert_eq!(world.lock().unwrap().managed, [ADMIN_TOO]);
    assert_eq!(report.outputs["ReadAttachedAfter.PolicyArns"], [ADMIN_TOO]);
    assert_eq!(
        report.outputs["AskForApproval.ApprovalStatus"],
        ["Approved"]
    );

    let report = asked(&aws, INLINE, true);
    assert_eq!(outcome(&report), "detached");
    assert!(world.lock().unwrap().inline.is_empty());
    let kept = &report.outputs["ReadInlinePolicy.PolicyDocument"][0];
    assert_eq!(serde_json::from_str::<Value>(kept).unwrap(), document());
}

/// Who approves a policy sees which one it is, whether a topic tells of it or not.
#[test]
fn the_approver_sees_the_document_that_is_put_back() {
    let text = document().to_string();
    let texts = [text.as_str()];
    let topic: Given<'_> = &[(
        "NotificationArn",
        &["arn:aws:sns:eu-central-1:111122223333:AutomationApprovals"],
    )];
    let restore: Given<'_> = &[("Mode", &["Restore"]), ("PolicyDocument", &texts)];
    for (more, step) in [
        (&[][..], "AskForApproval"),
        (topic, "NotifyAndAskForApproval"),
    ] {
        let (aws, world) = world().open();
        world.lock().unwrap().inline.clear();
        let report = asked(&aws, &[INLINE, restore, more].concat(), true);
        assert_eq!(outcome(&report), "restored", "{:?}", path(&report));
        let message = &find(&report, step).inputs["Message"];
        assert!(
            message.contains(&text.replace('"', "\\\"")) || message.contains(&text),
            "{message}"
        );
    }
}

#[test]
fn the_topic_is_told_before_it_is_waited() {
    let (aws, _) = world().open();
    let topic = "arn:aws:sns:eu-central-1:111122223333:AutomationApprovals";
    let given: Given<'_> = &[("NotificationArn", &[topic])];
    let report = asked(&aws, &[MANAGED, given].concat(), true);
    assert_eq!(report.automation_execution_status, Status::Success);
    assert_eq!(writes(&aws), ["sns:Publish", "iam:DetachRolePolicy"]);
    let told = aws
        .seen()
        .into_iter()
        .find(|seen| seen.api == "sns:Publish");
    let told = told.unwrap().input;
    assert_eq!(told["TopicArn"], topic);
    assert!(told["Message"].as_str().unwrap().contains(ADMIN));
}

#[test]
fn a_second_removal_is_refused_and_writes_nothing() {
    for given in [MANAGED, INLINE] {
        let (aws, _) = world().open();
        assert_eq!(outcome(&unasked(&aws, given, &[])), "detached");
        let before = writes(&aws).len();
        let report = unasked(&aws, given, &[]);
        assert_eq!(report.automation_execution_status, Status::Failed);
        assert_eq!(writes(&aws).len(), before);
    }
}

#[test]
fn a_policy_is_put_back_on_request() {
    let restore: Given<'_> = &[("Mode", &["Restore"])];
    let (aws, world) = world().open();
    unasked(&aws, MANAGED, &[]);
    let report = unasked(&aws, MANAGED, restore);
    assert_eq!(outcome(&report), "restored", "{:?}", path(&report));
    assert_eq!(world.lock().unwrap().managed, [ADMIN_TOO, ADMIN]);

    // The inline one from the run that took it off, or from its text.
    let removal = unasked(&aws, INLINE, &[]).to_wire();
    world.lock().unwrap().execution = removal;
    let kept: Given<'_> = &[
        ("Mode", &["Restore"]),
        ("DetachExecutionId", &[EXECUTION_ID]),
    ];
    let text = document().to_string();
    let texts = [text.as_str()];
    let given: Given<'_> = &[("Mode", &["Restore"]), ("PolicyDocument", &texts)];
    for more in [kept, given] {
        let report = unasked(&aws, INLINE, more);
        assert_eq!(outcome(&report), "restored", "{:?}", report.failure_message);
        assert_eq!(world.lock().unwrap().inline["all"], document());
        // It is there: nothing is written.
        let before = writes(&aws).len();
        assert_eq!(outcome(&unasked(&aws, INLINE, more)), "already-there");
        assert_eq!(writes(&aws).len(), before);
        world.lock().unwrap().inline.clear();
    }
    assert_eq!(outcome(&unasked(&aws, MANAGED, restore)), "already-there");

    // The run of another role is not taken.
    let other: Given<'_> = &[("RoleName", &["db"]), ("PolicyName", &["all"])];
    let report = unasked(&aws, other, kept);
    assert_eq!(path(&report).last().unwrap(), "ConfirmSameRole Failed");
}

#[test]
fn what_was_not_said_is_asked_for() {
    let cases: [(&[Given<'_>], &str); 3] = [
        (
            &[&[("RoleName", &["web"])]],
            "either PolicyArn or PolicyName",
        ),
        (
            &[MANAGED, &[("PolicyName", &["all"])]],
            "either PolicyArn or PolicyName",
        ),
        (
            &[&[
                ("RoleName", &["web"]),
                ("PolicyName", &["gone"]),
                ("Mode", &["Restore"]),
            ]],
            "PolicyDocument or DetachExecutionId",
        ),
    ];
    for (given, text) in cases {
        let mut world = world();
        world.execution = own_run("gone");
        let (aws, _) = world.open();
        let report = unasked(&aws, &given.concat(), &[]);
        let message = report.failure_message.unwrap();
        assert!(message.contains(text), "{message}");
        assert_eq!(writes(&aws), [""; 0]);
    }
}

/// Each call fails, once and always, before and after its effect: what the run says is so.
#[test]
fn no_fault_makes_it_say_what_is_not() {
    let text = document().to_string();
    let texts = [text.as_str()];
    let put: Given<'_> = &[("Mode", &["Restore"]), ("PolicyDocument", &texts)];
    let restore: Given<'_> = &[("Mode", &["Restore"])];
    for (given, more) in [
        (MANAGED, &[][..]),
        (INLINE, &[]),
        (MANAGED, restore),
        (INLINE, put),
    ] {
        let fresh = || match more.is_empty() {
            true => world(),
            false => World {
                managed: vec![ADMIN_TOO.to_owned()],
                execution: own_run("all"),
                ..World::default()
            },
        };
        let (aws, _) = fresh().open();
        unasked(&aws, given, more);
        for (number, seen) in aws.seen().into_iter().enumerate() {
            for fault in [Fault::Refused, Fault::Lost, Fault::Throttled] {
                for hits in [Hits::Number(number), Hits::Same(seen.clone())] {
                    let case = format!("{given:?} {more:?} {hits:?} {fault:?}");
                    let mut world = fresh();
                    world.fault = Some((hits, fault));
                    let (aws, world) = world.open();
                    let report = unasked(&aws, given, more);
                    let there = {
                        let world = world.lock().unwrap();
                        let managed = world.managed.iter().any(|arn| arn == ADMIN);
                        if given == MANAGED {
                            managed
                        } else {
                            world.inline.contains_key("all")
                        }
                    };
                    if report.automation_execution_status == Status::Success {
                        assert_eq!(there, !more.is_empty(), "{case}: {:?}", path(&report));
                    }
                    assert_eq!(world.lock().unwrap().managed[0], ADMIN_TOO, "{case}");
                }
            }
        }
    }
}
