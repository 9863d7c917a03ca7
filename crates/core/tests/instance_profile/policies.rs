//! What a role's policies grant, and how it is told.

use trailkeeper_core::Severity::{High, Info};
use trailkeeper_core::instance_profile::{
    Detail, ManagedPolicies, PolicyView, Requirements, RoleVerdict, RoleView, judge_role,
};
use trailkeeper_core::operation::{GET_POLICY, GET_ROLE};
use trailkeeper_core::{CallError, Fact};
use trailkeeper_policy::analysis::DocumentKind::{self, AwsManaged, CustomerManaged, Inline};

use crate::support::{arn, caller, role, role_view};

/// A policy with one statement of this effect.
fn document(statement: &str) -> String {
    format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{{{statement}}}]}}")
}

fn policy(name: &str, kind: DocumentKind, statement: &str) -> PolicyView {
    PolicyView {
        name: name.to_owned(),
        kind,
        text: Fact::Known(document(statement).into()),
    }
}

const ALL: &str = r#""Effect":"Allow","Action":"*","Resource":"*""#;
const BUCKET: &str =
    r#""Sid":"Objects","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::data/*""#;

fn with(policies: Vec<PolicyView>) -> RoleView {
    RoleView {
        policies,
        ..role_view()
    }
}

fn judged(wanted: &Requirements, view: &RoleView, detail: Detail) -> RoleVerdict {
    judge_role(wanted, &caller().region, &role(), view, detail)
}

fn told(view: &RoleView) -> Vec<String> {
    let verdict = judged(&Requirements::default(), view, Detail::Full);
    verdict.findings.iter().map(ToString::to_string).collect()
}

/// What is told of each kind of finding: the grant, or why where a grant would say nothing.
#[test]
fn each_finding_says_what_is_granted() {
    let pass = r#""Effect":"Allow","Action":"iam:PassRole","Resource":"*""#;
    let all_but = r#""Effect":"Allow","NotAction":"iam:*","Resource":"*""#;
    let version = r#""Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"*""#;
    let own = "by iam:CreatePolicyVersion it can give itself any other right";
    let odd = "the policy cannot be read: `Effect` is `Maybe`; it must be Allow or Deny";
    let cases = [
        (
            ALL,
            vec!["full-admin: role app-role, policy p #1: * on *".to_owned()],
        ),
        (
            BUCKET,
            vec![
                "wildcard-action: role app-role, policy p Objects: s3:* on arn:aws:s3:::data/*"
                    .to_owned(),
            ],
        ),
        (
            pass,
            vec!["wildcard-resource: role app-role, policy p #1: iam:PassRole on *".to_owned()],
        ),
        (
            all_but,
            vec!["not-action: role app-role, policy p #1: iam:* on *".to_owned()],
        ),
        (
            version,
            vec![
                "wildcard-resource: role app-role, policy p #1: iam:CreatePolicyVersion on *"
                    .to_owned(),
                format!("privilege-escalation: role app-role, policy p #1: {own}"),
            ],
        ),
        (
            r#""Effect":"Maybe""#,
            vec![format!("invalid-policy: role app-role, policy p: {odd}")],
        ),
    ];
    for (statement, expected) in cases {
        let view = with(vec![policy("p", Inline, statement)]);
        assert_eq!(told(&view), expected, "{statement}");
    }
}

fn on(bucket: &str) -> String {
    BUCKET.replace("data", bucket)
}

/// Policies of one name are told apart by where they come from, and a name of its own stays.
#[test]
fn policies_of_one_name_are_told_apart() {
    let view = with(vec![
        policy("p", Inline, &on("a")),
        policy("p", CustomerManaged, &on("b")),
        policy("p", AwsManaged, &on("c")),
        policy("q", AwsManaged, &on("d")),
    ]);
    let expected = [
        ("p (inline)", "a"),
        ("p (customer managed)", "b"),
        ("p (AWS managed)", "c"),
        ("q", "d"),
    ];
    let expected = expected.map(|(policy, bucket)| {
        format!("wildcard-action: role app-role, policy {policy} Objects: s3:* on arn:aws:s3:::{bucket}/*")
    });
    let all = Requirements {
        minimum_severity: Info,
        ..Requirements::default()
    };
    let verdict = judged(&all, &view, Detail::Full);
    let texts: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
    assert_eq!(texts, expected);
    assert_eq!(verdict.left_out, 0);
    // Who leaves the policies of AWS out does not leave out others of their names.
    let wanted = Requirements {
        aws_managed: ManagedPolicies::Ignore,
        ..all
    };
    let verdict = judged(&wanted, &view, Detail::Full);
    let named: Vec<&str> = verdict
        .policy_findings
        .iter()
        .map(|one| one.policy.as_str())
        .collect();
    assert_eq!(named, ["p (inline)", "p (customer managed)"]);
    assert_eq!(verdict.left_out, 2);
}

/// The short answer says the same and keeps nothing more.
#[test]
fn in_short_the_findings_are_the_same() {
    let view = with(vec![
        policy("p", Inline, &on("a")),
        policy("q", AwsManaged, ALL),
    ]);
    let wanted = Requirements {
        minimum_severity: High,
        ..Requirements::default()
    };
    let [full, short] = [Detail::Full, Detail::Short].map(|detail| judged(&wanted, &view, detail));
    assert_eq!(full.findings, short.findings);
    assert_eq!((full.left_out, short.left_out), (1, 1));
    let codes: Vec<&str> = full
        .policy_findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert_eq!(codes, ["full-admin"]);
    assert!(
        full.policy_findings
            .iter()
            .all(|one| !one.suggestion.is_empty())
    );
    assert!(short.policy_findings.is_empty());
}

/// What cannot be read and what is granted stand side by side, the worst first.
#[test]
fn unread_and_granted_are_both_told() {
    let refused = |resource: &str| {
        let error = CallError::from_code(GET_POLICY, resource, "AccessDenied", "x");
        Fact::from_call(Err(error))
    };
    let unread = |name: &str| PolicyView {
        name: name.to_owned(),
        kind: CustomerManaged,
        text: refused("q"),
    };
    let view = with(vec![unread("q"), unread("r"), policy("p", Inline, ALL)]);
    let expected = [
        "full-admin: role app-role, policy p #1: * on *",
        "could-not-verify: iam:GetPolicy AccessDenied on q",
    ];
    assert_eq!(told(&view), expected, "each once");
    // Without the boundary, or the role that names it, nobody can say what is granted.
    let unbound = RoleView {
        boundary: Some(unread("b")),
        ..with(vec![policy("p", Inline, ALL)])
    };
    assert_eq!(told(&unbound), [expected[1]]);
    let error = CallError::from_code(GET_ROLE, "app-role", "AccessDenied", "x");
    let unknown = RoleView {
        role: Fact::from_call(Err(error)),
        ..with(vec![policy("p", Inline, ALL)])
    };
    let denied = "could-not-verify: iam:GetRole AccessDenied on app-role";
    assert_eq!(told(&unknown), [denied]);
}

/// A boundary takes away what it does not allow.
#[test]
fn a_boundary_narrows_what_is_granted() {
    let narrow = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*""#;
    let bound = |statement: &str| RoleView {
        boundary: Some(policy("b", CustomerManaged, statement)),
        ..with(vec![policy("p", Inline, ALL)])
    };
    let codes = |view: &RoleView| -> Vec<&str> {
        let verdict = judged(&Requirements::default(), view, Detail::Full);
        verdict
            .findings
            .iter()
            .map(|one| one.code.as_str())
            .collect()
    };
    assert_eq!(codes(&bound(ALL)), ["full-admin"]);
    assert!(!codes(&bound(narrow)).contains(&"full-admin"));
}

#[test]
fn where_a_managed_policy_comes_from() {
    let kind = |text| PolicyView::kind_of(&arn(text));
    assert_eq!(kind("arn:aws:iam::aws:policy/ReadOnlyAccess"), AwsManaged);
    assert_eq!(
        kind("arn:aws:iam::111122223333:policy/aws"),
        CustomerManaged
    );
}
