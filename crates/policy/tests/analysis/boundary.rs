//! What a permissions boundary lets through.

use trailkeeper_policy::analysis::{DocumentKind, analyse};

use crate::judged::{
    allow, allow_if, attached, deny, document, judge, judge_bounded, shown, subject,
};

#[test]
fn a_boundary_cuts_grants_down() {
    let tagged = r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#;
    let cases = [
        (allow(r#""*""#, r#""*""#), "wildcard-resource high"),
        (allow(r#""s3:*""#, r#""*""#), "wildcard-resource high"),
        (
            allow(r#""s3:*""#, r#""arn:aws:s3:::*""#),
            "wildcard-resource high",
        ),
        (allow(r#""ec2:*""#, r#""*""#), "latent-grant info"),
        (allow(r#""s3:GetObject""#, r#""*""#), "latent-grant info"),
        (allow(r#""s3:*""#, r#""arn:aws:s3:::b""#), ""),
        (
            allow_if(r#""s3:*""#, r#""*""#, tagged),
            "wildcard-resource low",
        ),
        (deny(r#""s3:*""#, r#""*""#), "latent-grant info"),
        // Two ways through: the broader one counts.
        (
            [
                allow(r#""s3:*""#, r#""arn:aws:s3:::b""#),
                allow(r#""s3:Delete*""#, r#""*""#),
            ]
            .join(","),
            "wildcard-resource high",
        ),
        (
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#.to_owned(),
            "wildcard-resource high",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}"#.to_owned(),
            "latent-grant info",
        ),
    ];
    for (boundary, wanted) in cases {
        let findings = judge_bounded(&allow(r#""s3:DeleteBucket""#, r#""*""#), &boundary);
        assert_eq!(shown(&findings).concat(), wanted, "{boundary}");
    }
}

#[test]
fn a_boundary_on_other_resources_lets_nothing_through() {
    let objects = |bucket: &str| allow(r#""s3:*""#, &format!(r#""arn:aws:s3:::{bucket}/*""#));
    let apart = judge_bounded(&objects("a"), &objects("b"));
    assert_eq!(apart, []);
    for boundary in ["a", "a*", "*"] {
        let findings = judge_bounded(&objects("a"), &objects(boundary));
        assert_eq!(shown(&findings), ["wildcard-action medium"], "{boundary}");
    }
}

#[test]
fn a_boundary_never_grants() {
    assert_eq!(judge_bounded("", &allow(r#""*""#, r#""*""#)), []);
    let narrow = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#);
    assert_eq!(judge_bounded(&narrow, &allow(r#""*""#, r#""*""#)), []);
}

#[test]
fn all_rights_under_a_boundary_are_what_the_boundary_allows() {
    let all = allow(r#""*""#, r#""*""#);
    let findings = judge_bounded(&all, &allow(r#""s3:GetObject""#, r#""*""#));
    assert_eq!(
        shown(&findings),
        ["wildcard-resource low", "latent-grant info"]
    );
    assert_eq!(findings[0].actions, ["s3:GetObject"]);
    assert!(findings[1].action_count > 10_000);
    let findings = judge_bounded(&all, &allow(r#""sqs:*""#, r#""*""#));
    assert_eq!(
        shown(&findings),
        ["wildcard-action high", "latent-grant info"]
    );
    let findings = judge_bounded(&all, &all);
    assert_eq!(shown(&findings), ["full-admin critical"]);
}

#[test]
fn a_boundary_that_cannot_be_read_holds_nothing_back() {
    let wide = document(&allow(r#""s3:DeleteBucket""#, r#""*""#));
    let policies = [attached("policy", DocumentKind::Inline, &wide)];
    let boundary = attached("boundary", DocumentKind::CustomerManaged, "{");
    let findings = analyse(&subject(&policies, Some(boundary)));
    assert_eq!(
        shown(&findings),
        ["wildcard-resource high", "invalid-policy high"]
    );
    assert_eq!(findings[1].policy, "boundary");
}

#[test]
fn a_boundary_ends_escalation() {
    let grant = allow(r#""iam:PutRolePolicy""#, r#""*""#);
    assert_eq!(
        shown(&judge(&grant)),
        ["wildcard-resource high", "privilege-escalation high"]
    );
    let findings = judge_bounded(&grant, &allow(r#""s3:*""#, r#""*""#));
    assert_eq!(shown(&findings), ["latent-grant info"]);
}
