//! Mistakes of other tools that this one does not make, by the names they are listed under.

use trailkeeper_policy::analysis::{DocumentKind, FindingCode};

use crate::judged::{allow, deny, document, judge, judge_text, shown, the};

/// Only an action of exactly `*` counted, and the resource was not looked at.
#[test]
fn p10_all_rights_in_every_spelling_and_only_where_they_reach() {
    for action in [r#""*:*""#, r#"["*"]"#, r#""**""#] {
        assert_eq!(
            shown(&judge(&allow(action, r#""*""#))),
            ["full-admin critical"],
            "{action}"
        );
    }
    let not_action = r#"{"Effect": "Allow", "NotAction": "sns:*", "Resource": "*"}"#;
    assert_eq!(shown(&judge(not_action)), ["not-action critical"]);
    let on_one_queue = judge(&allow(r#""*""#, r#""arn:aws:sqs:*:*:q""#));
    assert_eq!(shown(&on_one_queue), ["wildcard-action medium"]);
}

/// Only the newest text of a policy counts: a version that is not given is not judged.
#[test]
fn p10_a_changed_version_changes_the_verdict() {
    let before = document(&allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:*:*:q""#));
    let after = document(&allow(r#""sqs:SendMessage""#, r#""*""#));
    assert_eq!(judge_text(&before, DocumentKind::CustomerManaged), []);
    let findings = judge_text(&after, DocumentKind::CustomerManaged);
    assert_eq!(shown(&findings), ["wildcard-resource high"]);
}

/// Deny was collected and not applied, `*:*` not matched, conditions ignored.
#[test]
fn p17_deny_all_spellings_and_conditions_count() {
    let all = allow(r#""*""#, r#""*""#);
    let denied = [all.clone(), deny(r#""*:*""#, r#""*""#)].join(",");
    assert_eq!(shown(&judge(&denied)), ["latent-grant info"]);
    assert_eq!(
        shown(&judge(&allow(r#""*:*""#, r#""*""#))),
        ["full-admin critical"]
    );
    let conditional = r#"{"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}}"#;
    assert_eq!(shown(&judge(conditional)), ["wildcard-action low"]);
    let by_unknown = r#"{"Effect": "Allow", "NotAction": "nosuch:*", "Resource": "*"}"#;
    the(&judge(by_unknown), FindingCode::NotAction);
}

/// A pattern for services without hyphens missed all others.
#[test]
fn p18_services_with_hyphens_are_services() {
    for service in [
        "application-autoscaling",
        "access-analyzer",
        "vpc-lattice",
        "emr-serverless",
    ] {
        let pattern = format!("{service}:*");
        let findings = judge(&allow(&format!(r#""{pattern}""#), r#""*""#));
        let finding = the(&findings, FindingCode::WildcardAction);
        assert_eq!(finding.action_pattern, pattern);
        assert_eq!(finding.severity.as_str(), "high", "{service}");
    }
}

/// A document without `Action`, or with one statement and no list, ended the run; a Deny counted
/// as a grant; only lists were looked at.
#[test]
fn p19_every_shape_of_statement_is_read() {
    let text =
        |statement: &str| format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#);
    let cases = [
        (
            r#"{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}"#,
            "not-action critical",
        ),
        (
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}"#,
            "wildcard-resource high",
        ),
        (
            r#"{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["*"]}"#,
            "wildcard-resource high",
        ),
        (r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#, ""),
        (
            r#"{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}"#,
            "wildcard-resource low",
        ),
    ];
    for (statement, wanted) in cases {
        for text in [text(statement), text(&format!("[{statement}]"))] {
            let findings = judge_text(&text, DocumentKind::CustomerManaged);
            assert_eq!(shown(&findings).concat(), wanted, "{text}");
        }
    }
}
