//! What Deny statements take away.

use trailkeeper_policy::analysis::{DocumentKind, FindingCode, analyse};

use crate::judged::{allow, attached, deny, document, judge, shown, subject, the};

fn with(allowed: &str, denied: &str) -> Vec<trailkeeper_policy::analysis::PolicyFinding> {
    let mut findings = judge(&format!("{allowed},{denied}"));
    findings.retain(|one| one.code != FindingCode::PrivilegeEscalation);
    findings
}

#[test]
fn a_deny_that_covers_cancels_whatever_it_is_written_like() {
    let denies = [
        deny(r#""s3:DeleteBucket""#, r#""*""#),
        deny(r#""*""#, r#""*""#),
        deny(r#""s3:Delete*""#, r#"["arn:aws:s3:::b", "*"]"#),
        deny(r#""S3:?eleteBucket""#, r#""*""#),
        deny(r#""s3:*""#, r#""arn:aws:s3:::*""#),
        deny(r#""s3:*""#, r#""arn:*""#),
        r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}"#.to_owned(),
        r#"{"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:sqs:*:*:q"}"#.to_owned(),
    ];
    for resource in ["*", "arn:aws:s3:::*", "arn:aws:s3*"] {
        for denied in &denies {
            let resource = format!(r#""{resource}""#);
            let findings = with(&allow(r#""s3:DeleteBucket""#, &resource), denied);
            assert_eq!(
                shown(&findings),
                ["latent-grant info"],
                "{resource} but {denied}"
            );
            assert!(
                findings[0].why.contains("cancelled by Deny #2 of policy"),
                "{denied}"
            );
        }
    }
}

#[test]
fn a_deny_that_is_narrower_or_conditional_only_limits() {
    let conditional = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#;
    let denies = [
        deny(r#""s3:*""#, r#""arn:aws:s3:::secret""#),
        deny(r#""s3:*""#, r#""arn:aws:s3:::secret-*""#),
        conditional.to_owned(),
        r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"}"#.to_owned(),
    ];
    for resource in ["*", "arn:aws:s3:::*"] {
        for denied in &denies {
            let allowed = allow(r#""s3:DeleteBucket""#, &format!(r#""{resource}""#));
            let findings = with(&allowed, denied);
            assert_eq!(findings[0].severity.as_str(), "high", "{denied}");
            assert!(
                findings[0].why.contains("limited by Deny #2 of policy"),
                "{findings:?}"
            );
        }
    }
}

#[test]
fn a_deny_of_something_else_is_not_mentioned() {
    let denies = [
        deny(r#""s3:PutObject""#, r#""*""#),
        deny(r#""s3:NoSuchThing""#, r#""*""#),
        r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "*"}"#.to_owned(),
        r#"{"Effect": "Deny", "NotAction": "*", "Resource": "*"}"#.to_owned(),
        r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#.to_owned(),
    ];
    let allowed = allow(r#""s3:DeleteBucket""#, r#""*""#);
    let alone = judge(&allowed);
    for denied in denies {
        let findings = with(&allowed, &denied);
        // NotResource `*` denies nothing; whether that is said does not matter.
        assert_eq!(findings[0].severity, alone[0].severity, "{denied}");
        assert!(findings[0].why.starts_with(&alone[0].why), "{denied}");
    }
}

#[test]
fn what_a_deny_leaves_is_what_is_meant() {
    let denied = deny(r#"["s3:Put*", "s3:Delete*", "s3:Create*"]"#, r#""*""#);
    let alone = judge(&allow(r#""s3:*""#, r#""*""#));
    let left = with(&allow(r#""s3:*""#, r#""*""#), &denied);
    let finding = the(&left, FindingCode::WildcardAction);
    assert!(finding.action_count < alone[0].action_count);
    assert!(
        !finding.actions.iter().any(|action| action.contains(":Put")),
        "{finding:?}"
    );
    assert!(
        finding.why.contains("cancelled by Deny #2 of policy"),
        "{}",
        finding.why
    );
}

#[test]
fn a_deny_in_another_policy_or_in_the_boundary_counts() {
    let wide = document(&allow(r#""s3:*""#, r#""*""#));
    let denied = deny(r#""s3:*""#, r#""*""#);
    let other = document(&denied);
    let boundary = document(&format!("{},{denied}", allow(r#""*""#, r#""*""#)));
    let one = attached("wide", DocumentKind::Inline, &wide);
    let two = attached("other", DocumentKind::AwsManaged, &other);
    let bound = attached("bound", DocumentKind::CustomerManaged, &boundary);
    for (policies, boundary, name) in [
        (vec![two, one], None, "Deny #1 of other"),
        (vec![one, two], None, "Deny #1 of other"),
        (vec![one], Some(bound), "Deny #2 of bound"),
    ] {
        let findings = analyse(&subject(&policies, boundary));
        assert_eq!(shown(&findings), ["latent-grant info"]);
        assert!(findings[0].why.contains(name), "{}", findings[0].why);
    }
}

#[test]
fn a_variable_is_not_the_same_text_in_another_version() {
    let resource = r#""arn:aws:s3:::${aws:PrincipalTag/team}*""#;
    let allowed = document(&allow(r#""s3:*""#, resource));
    let denied = deny(r#""s3:*""#, resource);
    let cases = [
        (document(&denied), 0),
        (
            format!(r#"{{"Version": "2008-10-17", "Statement": [{denied}]}}"#),
            1,
        ),
    ];
    for (denied, wanted) in cases {
        let policies = [
            attached("wide", DocumentKind::Inline, &allowed),
            attached("other", DocumentKind::Inline, &denied),
        ];
        let findings = analyse(&subject(&policies, None));
        assert_eq!(findings.len(), wanted, "{denied}: {findings:#?}");
    }
}

#[test]
fn a_deny_of_nothing_is_not_mentioned_and_one_of_something_is_counted() {
    let allowed = allow(r#""*""#, r#""*""#);
    let nothing = r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "*"}"#;
    let findings = with(&allowed, nothing);
    assert!(!findings[0].why.contains("Deny"), "{}", findings[0].why);
    let findings = with(&allowed, &deny(r#""s3:*""#, r#""*""#));
    let finding = the(&findings, FindingCode::FullAdmin);
    assert!(!finding.why.contains("every action"), "{}", finding.why);
}

#[test]
fn a_deny_is_no_grant() {
    let cases = [
        deny(r#""*""#, r#""*""#),
        deny(r#""s3:*""#, r#""*""#),
        r#"{"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::b"}"#.to_owned(),
    ];
    for statement in cases {
        assert_eq!(judge(&statement), [], "{statement}");
    }
}
