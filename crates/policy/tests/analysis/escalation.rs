//! Rights that together are all rights.

use trailkeeper_policy::analysis::{
    DocumentKind, FindingCode, PolicyFinding, analyse, analyse_document,
};

use crate::judged::{allow, allow_if, attached, deny, document, judge, subject, the};

fn escalations(findings: &[PolicyFinding]) -> usize {
    let code = FindingCode::PrivilegeEscalation;
    findings.iter().filter(|one| one.code == code).count()
}

#[test]
fn one_right_over_rights_is_enough() {
    for action in [
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "iam:AttachRolePolicy",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:CreateAccessKey",
        "lambda:UpdateFunctionCode",
    ] {
        let findings = judge(&allow(&format!(r#""{action}""#), r#""*""#));
        let finding = the(&findings, FindingCode::PrivilegeEscalation);
        assert_eq!(finding.severity.as_str(), "high", "{action}");
        assert_eq!(finding.actions, [action]);
        assert!(finding.why.contains(action), "{}", finding.why);
    }
}

#[test]
fn routes_need_all_their_actions_and_the_first_on_everything() {
    let pass = r#""iam:PassRole""#;
    let run = r#""ec2:RunInstances""#;
    let image = r#""arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1""#;
    let to = |service: &str| {
        let condition = format!(r#"{{"StringEquals": {{"iam:PassedToService": "{service}"}}}}"#);
        allow_if(pass, r#""*""#, &condition)
    };
    let cases = [
        (vec![allow(pass, r#""*""#)], 0),
        (vec![allow(run, r#""*""#)], 0),
        (vec![allow(pass, r#""*""#), allow(run, image)], 1),
        (
            vec![
                allow(pass, r#""arn:aws:iam::111122223333:role/*""#),
                allow(run, image),
            ],
            1,
        ),
        (
            vec![
                allow(pass, r#""arn:aws:iam::111122223333:role/web-*""#),
                allow(run, image),
            ],
            0,
        ),
        (vec![to("ec2.amazonaws.com"), allow(run, image)], 1),
        (vec![to("lambda.amazonaws.com"), allow(run, image)], 0),
        (
            vec![allow(pass, r#""*""#), allow(run, r#""arn:aws:s3:::b""#)],
            0,
        ),
        (
            vec![
                allow(pass, r#""*""#),
                allow(run, image),
                deny(pass, r#""*""#),
            ],
            0,
        ),
        (
            vec![
                allow(pass, r#""*""#),
                allow(run, image),
                deny(run, r#""*""#),
            ],
            0,
        ),
        (vec![allow(r#""iam:*""#, r#""*""#)], 1),
        (vec![allow(r#""iam:P*Role*""#, r#""*""#)], 1),
        (vec![allow(r#""*""#, r#""*""#)], 0),
        (vec![allow(r#""*""#, r#""*""#), allow(pass, r#""*""#)], 1),
    ];
    for (statements, wanted) in cases {
        let statements = statements.join(",");
        assert_eq!(escalations(&judge(&statements)), wanted, "{statements}");
    }
}

#[test]
fn an_account_that_is_not_known_is_the_one_written() {
    let cases = [
        ("arn:aws:iam::123456789012:role/*", 1),
        ("arn:aws:iam::123456789012:role/web-*", 0),
        ("arn:aws:iam::12345678901:role/*", 0),
    ];
    for (resource, wanted) in cases {
        let actions = r#"["iam:PutRolePolicy", "iam:AttachRolePolicy"]"#;
        let text = document(&allow(actions, &format!(r#""{resource}""#)));
        let findings = analyse_document("policy", &text, "aws");
        assert_eq!(escalations(&findings), wanted, "{resource}");
    }
    // Where it is known, others are not it.
    let other = allow(
        r#""iam:PutRolePolicy""#,
        r#""arn:aws:iam::123456789012:role/*""#,
    );
    assert_eq!(escalations(&judge(&other)), 0);
}

#[test]
fn a_service_has_a_name_in_china_too_and_case_can_be_ignored() {
    let run = allow(r#""ec2:RunInstances""#, r#""*""#);
    let cases = [
        ("StringEquals", "ec2.amazonaws.com.cn", 1),
        ("StringEquals", "EC2.amazonaws.com", 0),
        ("StringEqualsIgnoreCase", "EC2.amazonaws.com", 1),
        ("StringNotEquals", "ec2.amazonaws.com", 0),
        ("StringNotEquals", "ecs.amazonaws.com", 1),
    ];
    for (operator, service, wanted) in cases {
        let condition = format!(r#"{{"{operator}": {{"iam:PassedToService": "{service}"}}}}"#);
        let pass = allow_if(r#""iam:PassRole""#, r#""*""#, &condition);
        let findings = judge(&format!("{pass},{run}"));
        assert_eq!(escalations(&findings), wanted, "{operator} {service}");
    }
}

#[test]
fn all_of_one_of_several_types_is_enough() {
    for action in ["ssm:StartSession", "ssm:SendCommand"] {
        for (resource, wanted) in [
            ("arn:aws:ec2:*:*:instance/*", 1),
            ("arn:aws:ec2:*:111122223333:instance/*", 1),
            ("arn:aws:ec2:*:*:instance/i-1*", 0),
        ] {
            let statement = allow(&format!(r#""{action}""#), &format!(r#""{resource}""#));
            assert_eq!(
                escalations(&judge(&statement)),
                wanted,
                "{action} on {resource}"
            );
        }
    }
}

#[test]
fn routes_go_across_policies() {
    let one = document(&allow(r#""iam:PassRole""#, r#""*""#));
    let two = document(&allow(
        r#"["lambda:CreateFunction", "lambda:InvokeFunction"]"#,
        r#""*""#,
    ));
    let policies = [
        attached("one", DocumentKind::Inline, &one),
        attached("two", DocumentKind::AwsManaged, &two),
    ];
    let findings = analyse(&subject(&policies, None));
    let finding = the(&findings, FindingCode::PrivilegeEscalation);
    assert_eq!(finding.policy, "one");
    assert_eq!(
        finding.actions,
        [
            "iam:PassRole",
            "lambda:CreateFunction",
            "lambda:InvokeFunction"
        ]
    );
}
