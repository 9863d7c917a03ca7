//! What conditions take away, and what they do not.

use crate::judged::{allow_if, judge, shown};

#[test]
fn conditions_count_for_what_they_narrow() {
    let write = "s3:DeleteBucket";
    let cases = [
        // To resources.
        (
            write,
            r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#,
            "low",
        ),
        (
            write,
            r#"{"StringEquals": {"AWS:resourcetag/team": ["a", "b"]}}"#,
            "low",
        ),
        (
            write,
            r#"{"StringEquals": {"aws:ResourceAccount": "111122223333"}}"#,
            "low",
        ),
        (
            write,
            r#"{"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}"#,
            "low",
        ),
        (
            "ec2:TerminateInstances",
            r#"{"StringLike": {"ec2:ResourceTag/a": "x*"}}"#,
            "low",
        ),
        (
            "iam:PassRole",
            r#"{"StringLike": {"iam:PassedToService": "ec2.*"}}"#,
            "low",
        ),
        (
            "dynamodb:PutItem",
            r#"{"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:userid}"}}"#,
            "low",
        ),
        // To circumstances.
        (
            write,
            r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            "medium",
        ),
        (
            write,
            r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#,
            "medium",
        ),
        (
            write,
            r#"{"Bool": {"aws:MultiFactorAuthPresent": true}}"#,
            "medium",
        ),
        (
            write,
            r#"{"Null": {"aws:ResourceTag/team": "false"}}"#,
            "medium",
        ),
        // To nothing that matters.
        (
            write,
            r#"{"StringLike": {"aws:ResourceTag/team": "*"}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringLike": {"aws:ResourceTag/team": ["a", "**"]}}"#,
            "high",
        ),
        (
            write,
            r#"{"ArnLike": {"aws:SourceArn": "arn:*:*:*:*:*"}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringEqualsIfExists": {"aws:ResourceTag/team": "a"}}"#,
            "high",
        ),
        (
            write,
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringNotEquals": {"aws:ResourceTag/team": "a"}}"#,
            "high",
        ),
        (
            write,
            r#"{"Null": {"aws:ResourceTag/team": "true"}}"#,
            "high",
        ),
        (
            write,
            r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}}"#,
            "high",
        ),
        (
            write,
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            "high",
        ),
        (
            write,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/r"}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringEquals": {"aws:RequestTag/team": "a"}}"#,
            "high",
        ),
        (
            write,
            r#"{"NoSuchOperator": {"aws:ResourceTag/team": "a"}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringEqualsIfExists": {"ec2:Region": "eu-west-1"}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringNotEquals": {"ec2:Region": "eu-west-1"}}"#,
            "high",
        ),
        (write, "{}", "high"),
        (write, r#"{"Null": {"aws:PrincipalArn": "false"}}"#, "high"),
        (
            write,
            r#"{"Null": {"aws:RequestedRegion": "false"}}"#,
            "high",
        ),
        (
            write,
            r#"{"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#,
            "high",
        ),
        (
            write,
            r#"{"NumericGreaterThanEquals": {"aws:EpochTime": "1577836800"}}"#,
            "high",
        ),
        (
            write,
            r#"{"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#,
            "medium",
        ),
        (
            write,
            r#"{"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}}"#,
            "high",
        ),
        (
            write,
            r#"{"ForAllValues:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}"#,
            "high",
        ),
        (
            write,
            r#"{"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "300"}}"#,
            "high",
        ),
        (
            write,
            r#"{"StringEqualsIfExists": {"aws:RequestedRegion": "eu-west-1"}}"#,
            "medium",
        ),
        (
            "kms:Decrypt",
            r#"{"StringEqualsIfExists": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}"#,
            "high",
        ),
        (
            "iam:PassRole",
            r#"{"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
            "low",
        ),
        // The action never carries the key.
        (
            write,
            r#"{"StringEquals": {"ec2:Region": "eu-west-1"}}"#,
            "",
        ),
        (write, r#"{"Null": {"ec2:Region": "false"}}"#, ""),
        // A key of credentials, which any request can carry.
        (
            write,
            r#"{"ArnLike": {"ec2:SourceInstanceARN": "arn:aws:ec2:*:*:instance/i-1"}}"#,
            "medium",
        ),
        // All lines must hold.
        (
            write,
            r#"{"Bool": {"aws:SecureTransport": "true"},
                "StringEquals": {"aws:ResourceTag/team": "a", "aws:RequestedRegion": "x"}}"#,
            "low",
        ),
    ];
    for (action, condition, wanted) in cases {
        let findings = judge(&allow_if(&format!(r#""{action}""#), r#""*""#, condition));
        let severity = findings.iter().map(|one| one.severity.as_str()).next();
        assert_eq!(
            severity.unwrap_or_default(),
            wanted,
            "{action} if {condition}: {findings:#?}"
        );
    }
}

#[test]
fn a_condition_is_judged_for_each_action() {
    // Only one of the two carries the key; for the other the grant is dead.
    let condition = r#"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#;
    let actions = r#"["iam:PassRole", "s3:DeleteBucket"]"#;
    let findings = judge(&allow_if(actions, r#""*""#, condition));
    assert_eq!(shown(&findings), ["wildcard-resource low"]);
    assert_eq!(findings[0].actions, ["iam:PassRole"]);
}

#[test]
fn a_condition_on_a_write_without_resources_is_enough() {
    let condition = r#"{"StringEquals": {"aws:RequestTag/team": "a"}}"#;
    let open = judge(&allow_if(r#""a4b:CreateContact""#, r#""*""#, "{}"));
    assert_eq!(shown(&open), ["unscopeable-write advisory"]);
    let narrowed = judge(&allow_if(r#""a4b:CreateContact""#, r#""*""#, condition));
    assert_eq!(narrowed, []);
}

#[test]
fn all_rights_under_a_condition_are_not_all_rights() {
    let tagged = r#"{"StringEquals": {"aws:ResourceAccount": "111122223333"}}"#;
    let findings = judge(&allow_if(r#""*""#, r#""*""#, tagged));
    assert_eq!(shown(&findings), ["wildcard-action low"]);
    let vacuous = r#"{"StringLike": {"aws:PrincipalArn": "*"}}"#;
    let findings = judge(&allow_if(r#""*""#, r#""*""#, vacuous));
    assert_eq!(shown(&findings), ["full-admin critical"]);
    let absent = r#"{"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}"#;
    let findings = judge(&allow_if(r#""*""#, r#""*""#, absent));
    assert_eq!(shown(&findings), ["full-admin critical"]);
}

#[test]
fn a_condition_that_passes_without_its_key_ends_no_escalation() {
    let condition =
        r#"{"StringEqualsIfExists": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}}"#;
    let findings = judge(&allow_if(r#""iam:PutRolePolicy""#, r#""*""#, condition));
    assert_eq!(
        shown(&findings),
        ["wildcard-resource high", "privilege-escalation high"]
    );
}
