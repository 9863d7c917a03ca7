//! The rule's findings in the message's words.

use std::sync::Arc;

use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::facts::ProfileRole;
use trailkeeper_core::fast_path::Reported;
use trailkeeper_core::finding::Severity;
use trailkeeper_core::instance_profile::{InstanceVerdict, RoleVerdict};
use trailkeeper_core::{Code, Finding};
use trailkeeper_policy::analysis::{Breadth, FindingCode, PolicyFinding};

fn policy_finding() -> PolicyFinding {
    PolicyFinding {
        code: FindingCode::WildcardAction,
        severity: Severity::High,
        breadth: Breadth {
            actions: true,
            resources: false,
        },
        policy: "app-policy".to_owned(),
        statement: "Objects".to_owned(),
        line: 3,
        column: 5,
        action_pattern: "s3:*".to_owned(),
        actions: vec!["s3:DeleteBucket".to_owned()],
        action_count: 100,
        resource: "*".to_owned(),
        why: "s3:* means 100 actions".to_owned(),
        table_date: "2026-10-27",
        suggestion: "{\"Effect\":\"Allow\"}".to_owned(),
    }
}

fn verdict(findings: Vec<Finding>, role: Option<RoleVerdict>) -> InstanceVerdict {
    InstanceVerdict {
        id: "i-1".to_owned(),
        state: None,
        profile: None,
        role: None,
        compliance: Compliance::NonCompliant,
        findings,
        notes: Vec::new(),
        role_verdict: role.map(Arc::new),
    }
}

/// What is wrong with a policy is told in full, once; what is wrong otherwise with what to do.
#[test]
fn findings_of_an_instance() {
    let short = Finding {
        code: Code::WildcardAction,
        severity: Severity::High,
        evidence: "role app-role, policy app-policy Objects: s3:* on *".to_owned(),
    };
    let forbidden = Finding::new(Code::ProfileNotAllowed, "arn:x");
    let unread = Finding::new(Code::CouldNotVerify, "iam:GetPolicy AccessDenied on x");
    let role = RoleVerdict {
        role: ProfileRole {
            arn: "arn:aws:iam::111122223333:role/app-role".parse().unwrap(),
            name: "app-role".to_owned(),
        },
        findings: vec![unread.clone(), short.clone()],
        policy_findings: vec![policy_finding()],
        left_out: 0,
    };
    let all = vec![forbidden, unread, short];
    let seen = Reported::of_verdict(&verdict(all, Some(role)));
    let words: Vec<[&str; 5]> = seen
        .iter()
        .map(|one| {
            let Reported {
                code,
                severity,
                policy_name,
                statement,
                why,
                ..
            } = one;
            [code, severity, policy_name, statement, why].map(String::as_str)
        })
        .collect();
    assert_eq!(
        words,
        [
            ["profile-not-allowed", "high", "", "", "arn:x"],
            [
                "could-not-verify",
                "medium",
                "",
                "",
                "iam:GetPolicy AccessDenied on x"
            ],
            [
                "wildcard-action",
                "high",
                "app-policy",
                "Objects",
                "s3:* means 100 actions"
            ],
        ]
    );
    let suggestion = &seen[0].suggestion;
    assert!(
        suggestion.starts_with("the runbook attach-instance-profile"),
        "{suggestion}"
    );
    assert_eq!(seen[2].suggestion, "{\"Effect\":\"Allow\"}");
}

#[test]
fn without_a_role_all_findings_are_told() {
    let none = Finding::new(Code::NoInstanceProfile, "i-1 has no instance profile");
    let seen = Reported::of_verdict(&verdict(vec![none.clone()], None));
    assert_eq!(seen, [Reported::of_finding(&none)]);
    assert_eq!(seen[0].why, "i-1 has no instance profile");
    assert_eq!(Reported::of_verdict(&verdict(Vec::new(), None)), []);
}

/// What a policy allows on what is part of what is told, as far as the finding says it.
#[test]
fn a_grant_is_told_with_its_resource() {
    let told = |action: &str, resource: &str| {
        let finding = PolicyFinding {
            action_pattern: action.to_owned(),
            resource: resource.to_owned(),
            ..policy_finding()
        };
        let role = RoleVerdict {
            role: ProfileRole {
                arn: "arn:aws:iam::111122223333:role/app-role".parse().unwrap(),
                name: "app-role".to_owned(),
            },
            findings: Vec::new(),
            policy_findings: vec![finding],
            left_out: 0,
        };
        let mut all = Reported::of_verdict(&verdict(Vec::new(), Some(role)));
        assert_eq!(all.len(), 1);
        all.remove(0).grant
    };
    assert_eq!(told("s3:*", "*"), "s3:* on *");
    assert_eq!(told("s3:*", ""), "s3:*");
    assert_eq!(told("", "*"), "*");
    assert_eq!(told("", ""), "");
}

/// A finding about a policy without the policy's own findings is told as any other, and what the
/// catalogue says of its repair stands beside it.
#[test]
fn what_to_do_comes_from_the_catalogue() {
    let finding = Finding::new(Code::WildcardAction, "x");
    let seen = Reported::of_verdict(&verdict(vec![finding.clone()], None));
    assert_eq!(seen, [Reported::of_finding(&finding)]);
    let suggestion = |code| Reported::of_finding(&Finding::new(code, "x")).suggestion;
    assert!(
        suggestion(Code::NoInstanceProfile).starts_with("the runbook attach-instance-profile: ")
    );
    assert_eq!(suggestion(Code::TrailNotLogging), "");
    assert!(!suggestion(Code::LogFilesMissing).is_empty());
}
