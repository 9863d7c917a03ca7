//! Probes that tools for IAM policies were measured with, and the right answer to each.

use trailkeeper_policy::analysis::{FindingCode, Severity};

use crate::judged::{allow, allow_if, deny, judge, shown, the, worst};

#[test]
fn everything_on_everything_is_critical() {
    for action in [r#""*""#, r#""*:*""#, r#"["s3:GetObject", "*"]"#, r#""**""#] {
        let findings = judge(&allow(action, r#""*""#));
        assert_eq!(shown(&findings), ["full-admin critical"], "{action}");
        let finding = the(&findings, FindingCode::FullAdmin);
        assert_eq!(finding.action_count, 22_321, "{action}");
        assert_eq!(finding.resource, "*");
    }
}

#[test]
fn what_can_only_be_allowed_on_a_star_is_excused() {
    assert_eq!(judge(&allow(r#""s3:ListAllMyBuckets""#, r#""*""#)), []);
    assert_eq!(judge(&allow(r#""xray:PutTraceSegments""#, r#""*""#)), []);
    let findings = judge(&allow(r#""ssm:CreateOpsItem""#, r#""*""#));
    assert_eq!(shown(&findings), ["unscopeable-write advisory"]);
}

#[test]
fn a_read_that_hands_out_credentials_is_grave() {
    for action in [
        "s3:GetDataAccess",
        "codeartifact:GetAuthorizationToken",
        "codeconnections:GetConnectionToken",
        "codestar-connections:GetConnectionToken",
        "bedrock-agentcore:GetResourceOauth2Token",
        "bedrock-agentcore:GetResourceApiKey",
        "finspace-api:GetProgrammaticAccessCredentials",
    ] {
        let findings = judge(&allow(&format!(r#""{action}""#), r#""*""#));
        assert_eq!(worst(&findings), Some(Severity::High), "{action}");
    }
}

#[test]
fn of_describe_and_terminate_only_terminate_is_named() {
    let actions = r#"["ec2:DescribeInstances", "ec2:TerminateInstances"]"#;
    let findings = judge(&allow(actions, r#""*""#));
    assert_eq!(shown(&findings), ["wildcard-resource high"]);
    let finding = the(&findings, FindingCode::WildcardResource);
    assert_eq!(finding.actions, ["ec2:TerminateInstances"]);
    assert_eq!(finding.action_count, 1);
    assert_eq!(finding.action_pattern, "ec2:TerminateInstances");
}

#[test]
fn put_metric_data_is_advisory_at_most() {
    let findings = judge(&allow(r#""cloudwatch:PutMetricData""#, r#""*""#));
    assert_eq!(shown(&findings), ["wildcard-resource advisory"]);
    let condition = r#"{"StringEquals": {"cloudwatch:namespace": "web"}}"#;
    let narrowed = allow_if(r#""cloudwatch:PutMetricData""#, r#""*""#, condition);
    assert_eq!(judge(&narrowed), []);
}

#[test]
fn a_star_beside_an_arn_makes_the_arn_redundant() {
    let findings = judge(&allow(r#""s3:PutObject""#, r#"["arn:aws:s3:::b/*", "*"]"#));
    let finding = the(&findings, FindingCode::WildcardResource);
    assert_eq!(
        (finding.severity, finding.resource.as_str()),
        (Severity::High, "*")
    );
    assert!(finding.why.contains("redundant"), "{}", finding.why);
}

#[test]
fn every_bucket_and_object_is_a_star_in_disguise() {
    let findings = judge(&allow(r#""s3:PutObject""#, r#""arn:aws:s3:::*""#));
    assert_eq!(shown(&findings), ["type-wide-resource high"]);
    let finding = the(&findings, FindingCode::TypeWideResource);
    assert_eq!(finding.resource, "arn:aws:s3:::*");
}

#[test]
fn every_table_is_type_wide() {
    let resource = r#""arn:aws:dynamodb:*:*:table/*""#;
    let findings = judge(&allow(r#""dynamodb:DeleteTable""#, resource));
    assert_eq!(shown(&findings), ["type-wide-resource high"]);
}

#[test]
fn a_question_mark_is_a_wildcard() {
    let findings = judge(&allow(r#""s3:?utObject""#, r#""*""#));
    assert_eq!(shown(&findings), ["wildcard-resource high"]);
    assert_eq!(findings[0].actions, ["s3:PutObject"]);
    assert_eq!(findings[0].action_pattern, "s3:?utObject");
}

#[test]
fn not_action_on_everything_is_critical() {
    let statement = r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#;
    let findings = judge(statement);
    assert_eq!(shown(&findings), ["not-action critical"]);
    let named = &findings[0].actions;
    assert!(
        !named.iter().any(|action| action.starts_with("iam:")),
        "{named:?}"
    );
}

#[test]
fn not_resource_is_everything_else() {
    let statement = r#"{"Effect": "Allow", "Action": "s3:DeleteBucket",
        "NotResource": "arn:aws:s3:::keep"}"#;
    let findings = judge(statement);
    assert_eq!(shown(&findings), ["not-resource high"]);
    assert_eq!(findings[0].resource, "arn:aws:s3:::keep");
}

#[test]
fn a_deny_of_the_same_cancels() {
    let statements = [allow(r#""s3:*""#, r#""*""#), deny(r#""s3:*""#, r#""*""#)].join(",");
    let findings = judge(&statements);
    assert_eq!(shown(&findings), ["latent-grant info"]);
    assert!(
        findings[0].why.contains("cancelled by Deny #2"),
        "{}",
        findings[0].why
    );
}

#[test]
fn a_deny_of_all_but_one_leaves_one() {
    let only = r#"{"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}"#;
    let findings = judge(&[&allow(r#""*""#, r#""*""#), only].join(","));
    assert_eq!(shown(&findings), ["wildcard-resource low"]);
    assert_eq!(findings[0].actions, ["s3:GetObject"]);
}

#[test]
fn a_condition_that_always_holds_narrows_nothing() {
    let condition = r#"{"StringLike": {"aws:PrincipalArn": "*"}}"#;
    let findings = judge(&allow_if(r#""s3:DeleteBucket""#, r#""*""#, condition));
    assert_eq!(shown(&findings), ["wildcard-resource high"]);
    assert!(
        findings[0].why.contains("aws:PrincipalArn"),
        "{}",
        findings[0].why
    );
}

#[test]
fn a_tag_of_the_bucket_narrows_although_only_the_type_lists_it() {
    let condition = r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#;
    let findings = judge(&allow_if(r#""s3:DeleteBucket""#, r#""*""#, condition));
    assert_eq!(shown(&findings), ["wildcard-resource low"]);
}

#[test]
fn pass_role_to_one_service_is_low() {
    let condition = r#"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#;
    let findings = judge(&allow_if(r#""iam:PassRole""#, r#""*""#, condition));
    assert_eq!(worst(&findings), Some(Severity::Low));
    assert_eq!(shown(&findings), ["wildcard-resource low"]);
}
