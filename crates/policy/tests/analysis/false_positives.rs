//! What people complained of in other tools: findings on what cannot be written otherwise.

use crate::judged::{allow, allow_if, deny, judge, shown};

#[test]
fn reads_that_only_a_star_allows_are_no_finding() {
    for action in [
        "ec2:DescribeInstances",
        "s3:ListAllMyBuckets",
        "sts:GetCallerIdentity",
        "ecr:GetAuthorizationToken",
        "ssm:DescribeParameters",
        "iam:ListRoles",
        "cloudwatch:DescribeAlarmsForMetric",
        "elasticloadbalancing:DescribeLoadBalancers",
    ] {
        let findings = judge(&allow(&format!(r#""{action}""#), r#""*""#));
        let loud = findings
            .iter()
            .any(|one| one.severity.as_str() != "advisory");
        assert!(!loud, "{action}: {findings:?}");
    }
}

#[test]
fn ordinary_narrow_statements_are_no_finding() {
    let cases = [
        (r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#),
        (
            r#"["s3:GetObject", "s3:ListBucket"]"#,
            r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#,
        ),
        (r#""s3:Get*""#, r#""arn:aws:s3:::b/*""#),
        (
            r#""logs:PutLogEvents""#,
            r#""arn:aws:logs:eu-west-1:111122223333:log-group:a:*""#,
        ),
        (
            r#""dynamodb:PutItem""#,
            r#""arn:aws:dynamodb:eu-west-1:111122223333:table/a""#,
        ),
        (
            r#""iam:PassRole""#,
            r#""arn:aws:iam::111122223333:role/worker""#,
        ),
        (
            r#""sts:AssumeRole""#,
            r#""arn:aws:iam::111122223333:role/worker""#,
        ),
    ];
    for (action, resource) in cases {
        assert_eq!(
            judge(&allow(action, resource)),
            [],
            "{action} on {resource}"
        );
    }
}

#[test]
fn a_key_used_through_a_service_is_low() {
    let condition = r#"{"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}"#;
    let findings = judge(&allow_if(r#""kms:Decrypt""#, r#""*""#, condition));
    assert_eq!(shown(&findings), ["wildcard-resource low"]);
}

#[test]
fn a_deny_on_a_star_is_what_it_should_be() {
    assert_eq!(judge(&deny(r#""*""#, r#""*""#)), []);
}

#[test]
fn what_is_called_describe_or_list_is_a_read() {
    // AWS counts some of these among those that manage permissions.
    let findings = judge(&allow(r#""quicksight:Describe*""#, r#""*""#));
    assert!(
        findings.iter().all(|one| one.severity.as_str() == "low"),
        "{findings:?}"
    );
}
