//! The judgement of a role: what counts, and what is not known.

use std::sync::Arc;

use trailkeeper_core::Severity::{self, Advisory, Critical, High, Info, Low, Medium};
use trailkeeper_core::instance_profile::{
    Detail, ManagedPolicies, PolicyView, Requirements, RoleVerdict, RoleView, counts, judge_role,
};
use trailkeeper_core::operation::{
    GET_POLICY, GET_POLICY_VERSION, GET_ROLE, GET_ROLE_POLICY, LIST_ATTACHED_ROLE_POLICIES,
    LIST_ROLE_POLICIES,
};
use trailkeeper_core::{CallError, Code, Fact, Operation};
use trailkeeper_policy::analysis::{Breadth, DocumentKind, FindingCode, PolicyFinding};

use crate::support::{caller, role, role_view};

const NARROW: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Action":"s3:GetObject","Resource":"arn:aws:s3:::amzn-s3-demo-bucket/*"}]}"#;

fn judged(view: &RoleView) -> RoleVerdict {
    let caller = caller();
    judge_role(
        &Requirements::default(),
        &caller.region,
        &role(),
        view,
        Detail::Full,
    )
}

fn told(verdict: &RoleVerdict) -> Vec<String> {
    verdict.findings.iter().map(ToString::to_string).collect()
}

fn failed<T>(operation: Operation, resource: &str, code: &str) -> Fact<T> {
    Fact::from_call(Err(CallError::from_code(operation, resource, code, "x")))
}

fn policy(name: &str, text: Fact<Arc<str>>) -> PolicyView {
    PolicyView {
        name: name.to_owned(),
        kind: DocumentKind::Inline,
        text,
    }
}

fn narrow() -> PolicyView {
    policy("read-config", Fact::Known(NARROW.into()))
}

#[test]
fn a_narrow_role_is_good() {
    let view = RoleView {
        policies: vec![narrow()],
        ..role_view()
    };
    assert_eq!(told(&judged(&view)), [""; 0]);
    assert_eq!(told(&judged(&role_view())), [""; 0]);
}

/// I9: whatever could not be read is a finding, and names call and error.
#[test]
fn i9_an_unread_fact_is_not_good() {
    let unread = |operation, resource, code| policy("x", failed(operation, resource, code));
    let unlisted = |operation| {
        vec![CallError::from_code(
            operation,
            "app-role",
            "Throttling",
            "x",
        )]
    };
    let view = role_view();
    let cases = [
        (
            RoleView {
                role: failed(GET_ROLE, "app-role", "AccessDenied"),
                ..view.clone()
            },
            "iam:GetRole AccessDenied on app-role",
        ),
        (
            RoleView {
                unlisted: unlisted(LIST_ROLE_POLICIES),
                ..view.clone()
            },
            "iam:ListRolePolicies Throttling on app-role",
        ),
        (
            RoleView {
                unlisted: unlisted(LIST_ATTACHED_ROLE_POLICIES),
                ..view.clone()
            },
            "iam:ListAttachedRolePolicies Throttling on app-role",
        ),
        (
            RoleView {
                policies: vec![
                    narrow(),
                    unread(GET_ROLE_POLICY, "app-role/x", "AccessDenied"),
                ],
                ..view.clone()
            },
            "iam:GetRolePolicy AccessDenied on app-role/x",
        ),
        (
            RoleView {
                policies: vec![unread(GET_POLICY, "p", "NoSuchEntity")],
                ..view.clone()
            },
            "iam:GetPolicy NoSuchEntity on p",
        ),
        (
            RoleView {
                policies: vec![unread(GET_POLICY_VERSION, "p", "ServiceFailure")],
                ..view.clone()
            },
            "iam:GetPolicyVersion ServiceFailure on p",
        ),
        (
            RoleView {
                boundary: Some(unread(GET_POLICY, "b", "AccessDenied")),
                ..view.clone()
            },
            "iam:GetPolicy AccessDenied on b",
        ),
    ];
    for (view, expected) in cases {
        let expected = [format!("could-not-verify: {expected}")];
        assert_eq!(told(&judged(&view)), expected);
    }
}

/// A role that does not exist has no policies either: that is one finding, not three.
#[test]
fn a_role_that_does_not_exist_is_missing() {
    let absent = |operation| CallError::from_code(operation, "app-role", "NoSuchEntity", "x");
    let view = RoleView {
        role: Fact::from_call(Err(absent(GET_ROLE))),
        unlisted: vec![
            absent(LIST_ROLE_POLICIES),
            absent(LIST_ATTACHED_ROLE_POLICIES),
        ],
        ..role_view()
    };
    let told = told(&judged(&view));
    let expected = "role-missing: arn:aws:iam::111122223333:role/service/app-role is in the \
                    profile and does not exist";
    assert_eq!(told, [expected]);
}

fn finding(severity: Severity, actions: bool, resources: bool) -> PolicyFinding {
    PolicyFinding {
        code: FindingCode::WildcardAction,
        severity,
        breadth: Breadth { actions, resources },
        policy: "legacy".to_owned(),
        statement: "#1".to_owned(),
        line: 1,
        column: 1,
        action_pattern: "s3:*".to_owned(),
        actions: Vec::new(),
        action_count: 150,
        resource: "*".to_owned(),
        why: "because".to_owned(),
        table_date: "2026-10-27",
        suggestion: String::new(),
    }
}

/// A switch that is off takes away one cause. What another cause, or none of both, shows stays.
#[test]
fn wildcards_count_by_their_cause() {
    // (actions, resources) broad; counts with: both on, actions off, resources off, both off
    let cases = [
        ((true, false), [true, false, true, false]),
        ((false, true), [true, true, false, false]),
        ((true, true), [true, true, true, false]),
        ((false, false), [true, true, true, true]),
    ];
    for ((actions, resources), expected) in cases {
        let seen = [(true, true), (false, true), (true, false), (false, false)];
        let seen = seen.map(|(wildcard_actions, wildcard_resources)| {
            let wanted = Requirements {
                wildcard_actions,
                wildcard_resources,
                ..Requirements::default()
            };
            counts(&wanted, &finding(High, actions, resources), None)
        });
        assert_eq!(seen, expected, "{actions} {resources}");
    }
}

#[test]
fn the_minimum_severity_is_the_least_that_counts() {
    let order = [Info, Advisory, Low, Medium, High, Critical];
    for (least, minimum_severity) in order.into_iter().enumerate() {
        let wanted = Requirements {
            minimum_severity,
            ..Requirements::default()
        };
        for (place, severity) in order.into_iter().enumerate() {
            let seen = counts(&wanted, &finding(severity, true, true), None);
            assert_eq!(seen, place >= least, "{severity} at {minimum_severity}");
        }
    }
}

#[test]
fn policies_of_aws_can_be_ignored() {
    use DocumentKind::{AwsManaged, CustomerManaged, Inline};
    for (aws_managed, expected) in [
        (ManagedPolicies::Judge, true),
        (ManagedPolicies::Ignore, false),
    ] {
        let wanted = Requirements {
            aws_managed,
            ..Requirements::default()
        };
        let seen = |kind| counts(&wanted, &finding(High, true, true), kind);
        assert_eq!(seen(Some(AwsManaged)), expected);
        for kind in [Some(CustomerManaged), Some(Inline), None] {
            assert!(seen(kind), "{kind:?}");
        }
    }
}

/// What an unreadable document grants is not known, so no parameter can leave it out.
#[test]
fn an_invalid_policy_counts_always() {
    let wanted = Requirements {
        wildcard_actions: false,
        wildcard_resources: false,
        aws_managed: ManagedPolicies::Ignore,
        minimum_severity: Critical,
        ..Requirements::default()
    };
    let invalid = PolicyFinding {
        code: FindingCode::InvalidPolicy,
        ..finding(Info, false, false)
    };
    assert!(counts(&wanted, &invalid, Some(DocumentKind::AwsManaged)));
}

#[test]
fn every_kind_of_policy_finding_has_its_code() {
    for code in FindingCode::ALL {
        assert_eq!(Code::from(*code).as_str(), code.as_str());
    }
}
