//! What makes a grant broad: that it is said where the patterns are at fault, and only there.

use trailkeeper_policy::analysis::{DocumentKind, FindingCode, table_date};

use crate::judged::{allow, deny, document, judge, judge_text, shown, the};

/// Whether the finding is put down to a pattern of actions.
#[test]
fn a_named_action_is_no_fault_of_a_pattern() {
    let except = |action: &str| {
        let text = format!(
            r#"{{"Effect": "Allow", "Action": {action}, "NotResource": "arn:aws:s3:::b"}}"#
        );
        the(&judge(&text), FindingCode::NotResource).breadth.actions
    };
    assert!(!except(r#""s3:DeleteBucket""#));
    assert!(except(r#""s3:Delete*""#));
    let cancelled = |action: &str| {
        let deny = deny(r#""s3:DeleteBucket""#, r#""*""#);
        let findings = judge(&format!("{}, {deny}", allow(action, r#""*""#)));
        let held_back = findings.iter().find(|one| one.why.contains("cancelled by"));
        held_back.map(|one| one.breadth.actions)
    };
    assert_eq!(cancelled(r#""s3:DeleteBucket""#), Some(false));
    assert_eq!(cancelled(r#""s3:DeleteBucket*""#), Some(true));
}

#[test]
fn only_a_pattern_for_everything_is_full_admin() {
    for (action, admin) in [
        (r#""*""#, true),
        (r#"["*:*", "s3:GetObject"]"#, true),
        (r#"["*e*:*", "s3:*", "ec2:*", "iam:*"]"#, false),
    ] {
        let findings = judge(&allow(action, r#""*""#));
        let found = findings
            .iter()
            .any(|one| one.code == FindingCode::FullAdmin);
        assert_eq!(found, admin, "{action}");
    }
}

/// A policy of AWS cannot be edited: that it gives a whole service is told, not a part of it.
#[test]
fn a_whole_service_in_a_policy_of_aws_stays_what_it_is() {
    let of_aws = |action: &str| {
        let text = document(&allow(action, r#""*""#));
        shown(&judge_text(&text, DocumentKind::AwsManaged))
    };
    assert_eq!(of_aws(r#""cloudfront:*""#), ["wildcard-action high"]);
    assert_eq!(of_aws(r#""cloudfront:?*e*""#), ["wildcard-action advisory"]);
}

#[test]
fn a_pattern_that_fits_nothing_is_unknown_wherever_its_star_stands() {
    for action in [
        r#""s3:NoSuchThing*""#,
        r#""s3:*NoSuchThing""#,
        r#""s?:*NoSuch*""#,
    ] {
        let findings = judge(&allow(action, r#""arn:aws:s3:::b/*""#));
        assert!(
            shown(&findings)
                .iter()
                .any(|one| one.starts_with("unknown-action")),
            "{action}: {findings:?}"
        );
    }
}

/// The ends of a pattern may not overlap in what it is to fit.
#[test]
fn a_pattern_longer_than_the_service_fits_none_of_its_resources() {
    for (resource, fits) in [
        ("arn:aws:s*3:::*", true),
        ("arn:aws:s3*:::*", true),
        ("arn:aws:s3*3:::*", false),
        ("arn:aws:s3?:::*", false),
    ] {
        let findings = judge(&allow(r#""s3:DeleteBucket""#, &format!("{resource:?}")));
        let wide = findings
            .iter()
            .any(|one| one.code == FindingCode::TypeWideResource);
        assert_eq!(wide, fits, "{resource}: {findings:?}");
    }
}

#[test]
fn all_but_a_few_actions_are_told_as_what_they_are() {
    let why = |resource: &str| {
        let text = format!(
            r#"{{"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": {resource:?}}}"#
        );
        the(&judge(&text), FindingCode::NotAction).why.clone()
    };
    assert!(why("*").contains("all but what it names on every resource, future services"));
    assert!(!why("arn:aws:s3:::*").contains("future services"));
}

/// Beside what is grave, what is a piece of advice is not worth a word.
#[test]
fn advice_is_not_counted_beside_what_is_grave() {
    let actions = r#"["cloudwatch:PutMetricData", "ec2:TerminateInstances"]"#;
    let findings = judge(&allow(actions, r#""*""#));
    let finding = the(&findings, FindingCode::WildcardResource);
    assert_eq!(finding.actions, ["ec2:TerminateInstances"]);
    assert_eq!(finding.action_count, 1);
}

#[test]
fn the_table_says_of_what_day_it_is() {
    let parts: Vec<&str> = table_date().split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    assert_eq!(lengths, [4, 2, 2]);
    assert!(parts.concat().bytes().all(|b| b.is_ascii_digit()));
}
