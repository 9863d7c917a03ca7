//! The guard-rail policies in `cloudformation/`: what of the ways to blind a trail they stop, whom
//! they let through, and what else they are in the way of. docs/guardrails.md is made from it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code: a policy that cannot be read has to stop the test"
)]

mod callers;
mod evaluate;
mod judged;
mod page;
mod policies;
mod resources;

use std::collections::BTreeSet;

use callers::{
    AUTOMATION, BREAK_GLASS, CONTROL_TOWER, Caller, EVALUATOR, INTRUDER, OUTSIDER, REMEDIATOR,
    STACK_SET,
};
use judged::{Stopped, judged};
use policies::{ControlPolicy, rcp, scps};
use resources::Whose;
use trailkeeper_core::threats::{ThreatCall, threats};
use trailkeeper_policy::action_table::{Action, ActionTable};

/// AWS Organizations' limit for either kind; white space between elements does not count where a
/// policy is saved in the console.
const LIMIT: usize = 5_120;

#[test]
fn each_is_a_policy_that_organizations_takes() {
    for policy in scps().into_iter().chain([rcp()]) {
        let parsed = policy.parsed();
        let compact: serde_json::Value = serde_json::from_str(&policy.text).unwrap();
        let size = compact.to_string().chars().count();
        assert!(size <= LIMIT, "{}: {size} characters", policy.file);
        let sids: BTreeSet<_> = parsed
            .statements()
            .iter()
            .map(|one| one.sid.clone())
            .collect();
        assert_eq!(sids.len(), parsed.statements().len(), "{}", policy.file);
        assert!(policy.is_well_formed(), "{}", policy.file);
    }
}

/// A misspelt action denies nothing, nor does an action under a resource that it does not know.
#[test]
fn every_action_exists_and_can_be_narrowed_as_it_is() {
    for policy in scps().into_iter().chain([rcp()]) {
        for (sid, action, resources) in policy.rows() {
            let file = policy.file;
            let found: Vec<Action> = ActionTable::get().expand(&action).collect();
            assert!(!found.is_empty(), "{file} {sid}: {action}");
            if action.contains('*') {
                continue;
            }
            for known in found {
                assert_eq!(known.name(), action, "{file} {sid}");
                let scoped = resources.iter().any(|one| evaluate::knows(known, one));
                assert!(scoped, "{file} {sid}: {action} does not know {resources:?}");
            }
        }
    }
}

#[test]
fn an_intruder_is_stopped_where_the_table_says_so() {
    let seen: Vec<(&str, String)> = judged()
        .into_iter()
        .flat_map(|threat| threat.let_through)
        .map(|(id, call, _)| (id, format!("{}:{}", call.service, call.operation)))
        .collect();
    let wanted: Vec<(&str, String)> = judged::LET_THROUGH
        .iter()
        .map(|(id, call, _)| (*id, (*call).to_owned()))
        .collect();
    assert_eq!(seen, wanted);
    let whole = judged()
        .iter()
        .filter(|one| one.stopped == Stopped::All)
        .count();
    assert!(whole >= 40, "{whole} of 52 are stopped");
}

fn every_call() -> Vec<&'static ThreatCall> {
    threats().flat_map(|threat| threat.calls).collect()
}

/// File and Sid of what denies the call on what is `whose`.
fn denying(
    policies: &[ControlPolicy],
    caller: &Caller,
    call: &ThreatCall,
    whose: Whose,
) -> Vec<(&'static str, String)> {
    let mut denied = Vec::new();
    for (action, resource) in resources::of(call, whose) {
        for policy in policies {
            let sid = policy.denies(caller, &action, &resource);
            denied.extend(sid.map(|sid| (policy.file, sid)));
        }
    }
    denied
}

#[test]
fn break_glass_is_let_through() {
    let all: Vec<ControlPolicy> = scps().into_iter().chain([rcp()]).collect();
    for call in every_call() {
        let denied = denying(&all, &BREAK_GLASS, call, Whose::Ours);
        assert!(denied.is_empty(), "{call:?}: {denied:?}");
    }
}

/// What the functions' roles may do by docs/permissions.md, no guard rail forbids.
#[test]
fn the_functions_are_let_through() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    let page = std::fs::read_to_string(path).unwrap();
    let all: Vec<ControlPolicy> = scps().into_iter().chain([rcp()]).collect();
    let mut count = 0;
    for (heading, caller) in [
        ("## The remediator", REMEDIATOR),
        ("## The evaluator", EVALUATOR),
    ] {
        let (_, rest) = page.split_once(heading).unwrap();
        let section = rest.split("\n## ").next().unwrap_or_default();
        for (action, resource) in section.lines().filter_map(resources::permission) {
            for policy in &all {
                let denied = policy.denies(&caller, &action, &resource);
                assert_eq!(
                    denied, None,
                    "{} {heading} {action} {resource}",
                    policy.file
                );
            }
            count += 1;
        }
    }
    assert!(count > 50, "the page has changed: {count} rows");
}

/// The Sid of what denies the call.
fn denied(caller: &Caller, action: &str, resource: &str) -> Option<String> {
    scps()
        .iter()
        .find_map(|policy| policy.denies(caller, action, resource))
}

/// What no row of the ways to blind a trail calls, and what leads to one of them all the same.
#[test]
fn the_ways_around_are_closed_too() {
    const FUNCTION: &str =
        "arn:aws:lambda:eu-west-1:111122223333:function:trailkeeper-remediator:live";
    const STREAM: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/trailkeeper-evaluator:log-stream:a";
    const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:trailkeeper-dead-letters";
    const ROLES: &str = "arn:aws:iam::111122223333:role/";
    const POLICIES: &str = "arn:aws:iam::111122223333:policy/";
    let role = |name: &str| format!("{ROLES}{name}");
    let policy = |name: &str| format!("{POLICIES}{name}");
    let cases: [(&str, String, Option<&Caller>, &str); 19] = [
        (
            "lambda:InvokeFunction",
            FUNCTION.to_owned(),
            Some(&AUTOMATION),
            "Invoking",
        ),
        (
            "lambda:InvokeAsync",
            FUNCTION.to_owned(),
            Some(&AUTOMATION),
            "Invoking",
        ),
        (
            "logs:PutLogEvents",
            STREAM.to_owned(),
            Some(&EVALUATOR),
            "FunctionLogs",
        ),
        (
            "logs:CreateLogStream",
            STREAM.to_owned(),
            Some(&REMEDIATOR),
            "FunctionLogs",
        ),
        (
            "sqs:PurgeQueue",
            QUEUE.to_owned(),
            Some(&STACK_SET),
            "Queue",
        ),
        (
            "sqs:DeleteQueue",
            QUEUE.to_owned(),
            Some(&STACK_SET),
            "Queue",
        ),
        (
            "sqs:SetQueueAttributes",
            QUEUE.to_owned(),
            Some(&STACK_SET),
            "Queue",
        ),
        (
            "iam:PassRole",
            role("trailkeeper-automation-eu-west-1"),
            Some(&EVALUATOR),
            "PassingAutomation",
        ),
        (
            "iam:PassRole",
            role("trailkeeper-evaluator-eu-west-1"),
            Some(&STACK_SET),
            "PassingRoles",
        ),
        (
            "iam:PassRole",
            role("trailkeeper-remediator-eu-west-1"),
            Some(&STACK_SET),
            "PassingRoles",
        ),
        (
            "iam:CreatePolicyVersion",
            policy("audit-break-glass"),
            Some(&STACK_SET),
            "Policies",
        ),
        (
            "iam:SetDefaultPolicyVersion",
            policy("trailkeeper-x"),
            Some(&STACK_SET),
            "Policies",
        ),
        (
            "iam:CreateRole",
            role("stacksets-exec-mine"),
            Some(&CONTROL_TOWER),
            "Roles",
        ),
        (
            "iam:UpdateAssumeRolePolicy",
            role("AWSControlTowerExecution"),
            Some(&CONTROL_TOWER),
            "Roles",
        ),
        // made by nobody else's name
        (
            "config:PutConfigurationRecorder",
            "*".to_owned(),
            Some(&CONTROL_TOWER),
            "Recorder",
        ),
        (
            "lambda:InvokeFunction",
            FUNCTION.replace("trailkeeper-", "team-"),
            None,
            "",
        ),
        (
            "logs:PutLogEvents",
            STREAM.replace("trailkeeper-", "team-"),
            None,
            "",
        ),
        (
            "sqs:PurgeQueue",
            QUEUE.replace("trailkeeper-", "team-"),
            None,
            "",
        ),
        ("iam:CreatePolicyVersion", policy("team"), None, ""),
    ];
    for (action, resource, exempted, sid) in cases {
        let of = |caller| denied(caller, action, &resource).unwrap_or_default();
        assert_eq!(of(&INTRUDER), sid, "{action} on {resource}");
        assert_eq!(of(&BREAK_GLASS), "", "{action} on {resource}");
        if let Some(exempted) = exempted {
            assert_eq!(of(exempted), "", "{action} on {resource} by {exempted:?}");
        }
    }
    assert_eq!(
        denied(&REMEDIATOR, "lambda:InvokeFunction", FUNCTION).as_deref(),
        Some("Invoking")
    );
}

/// Who enrols accounts and deploys the template is exempted where it makes something, and the trail,
/// its bucket and its key are none of its business.
#[test]
fn stack_sets_deploy_and_do_not_touch_the_trail() {
    let of_template = ["config", "events", "lambda", "iam", "sns", "cloudwatch"];
    for caller in [CONTROL_TOWER, STACK_SET] {
        for call in every_call() {
            let denied: BTreeSet<String> = denying(&scps(), &caller, call, Whose::Ours)
                .into_iter()
                .map(|(_, sid)| sid)
                .collect();
            let is_of_template =
                of_template.contains(&call.service) && call.operation != "DeleteServiceLinkedRole";
            assert!(!is_of_template || denied.is_empty(), "{call:?}: {denied:?}");
            let is_of_trail = ["cloudtrail", "s3", "kms"].contains(&call.service)
                && call.operation != "StartLogging";
            assert!(!is_of_trail || !denied.is_empty(), "{call:?}");
        }
    }
}

/// Ordinary work goes on: what is denied on ours is not denied on anybody else's, but for the few
/// actions that the page names.
#[test]
fn the_rest_of_the_account_is_not_touched() {
    let mut touched = BTreeSet::new();
    for call in every_call() {
        if !denying(&scps(), &INTRUDER, call, Whose::Others).is_empty() {
            touched.extend(call.iam_actions());
        }
        let by_rcp = denying(&[rcp()], &OUTSIDER, call, Whose::Others);
        assert!(by_rcp.is_empty(), "{call:?}: {by_rcp:?}");
    }
    let named: BTreeSet<String> = judged::FOR_EVERYBODY
        .iter()
        .flat_map(|(actions, _)| actions.iter().map(|action| (*action).to_owned()))
        .collect();
    assert_eq!(touched, named);
}

/// CloudTrail itself delivers, for our organization and for nobody else's.
#[test]
fn the_resource_policy_knows_whose_service_calls() {
    let rcp = rcp();
    let cases = [
        (callers::our_cloudtrail(), None),
        (callers::other_cloudtrail(), Some("OtherPeoplesServices")),
        (OUTSIDER, Some("Outsiders")),
        (INTRUDER, Some("LogFiles")),
    ];
    let log_file = format!(
        "{}/AWSLogs/111122223333/CloudTrail/a.json.gz",
        resources::BUCKET
    );
    for (caller, sid) in cases {
        let denied = rcp.denies(&caller, "s3:PutObject", &log_file);
        assert_eq!(denied.as_deref(), sid, "{caller:?}");
    }
}

/// docs/guardrails.md is made from what the policies do. After a change write it anew with
/// `TRAILKEEPER_WRITE_DOCS=1 cargo test -p trailkeeper-core --test guardrails`.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the developer at the terminal"
)]
fn the_page_in_the_repository_is_what_the_policies_do() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guardrails.md");
    if std::env::var_os("TRAILKEEPER_WRITE_DOCS").is_some() {
        std::fs::write(path, page::page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page::page(),
        "docs/guardrails.md is not what the policies do; write it anew"
    );
}
