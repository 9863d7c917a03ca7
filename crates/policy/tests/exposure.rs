//! To whom else a bucket policy opens the log.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use serde_json::{Value, json};
use trailkeeper_policy::exposure::{LogPlace, Openness, bucket_exposures};

const BUCKET: &str = "arn:aws:s3:::amzn-s3-demo-audit";
const OBJECTS: &str = "arn:aws:s3:::amzn-s3-demo-audit/*";

fn place() -> LogPlace {
    LogPlace {
        partition: "aws".to_owned(),
        bucket: "amzn-s3-demo-audit".to_owned(),
        folder: "AWSLogs/111122223333/".to_owned(),
        accounts: vec!["111122223333".to_owned(), "444455556666".to_owned()],
    }
}

fn allow(principal: Value, action: &str) -> Value {
    json!({
        "Sid": "S", "Effect": "Allow", "Principal": principal, "Action": action,
        "Resource": [BUCKET, OBJECTS],
    })
}

fn with(mut statement: Value, name: &str, value: Value) -> Value {
    statement[name] = value;
    statement
}

fn found(statements: &[Value]) -> Vec<(Openness, String, &'static str)> {
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let found = bucket_exposures(&policy, &place()).unwrap();
    found
        .into_iter()
        .map(|one| (one.openness, one.principal, one.action))
        .collect()
}

fn openness(statements: &[Value]) -> Option<Openness> {
    found(statements).into_iter().map(|one| one.0).max()
}

const PUBLIC: Option<Openness> = Some(Openness::Public);
const OTHERS: Option<Openness> = Some(Openness::Others);

#[test]
fn by_principal() {
    let foreign = "arn:aws:iam::999999999999:role/reader";
    let cases = [
        (json!("*"), PUBLIC),
        (json!({"AWS": "*"}), PUBLIC),
        (
            json!({"AWS": ["arn:aws:iam::111122223333:root", "*"]}),
            PUBLIC,
        ),
        (json!({"AWS": foreign}), OTHERS),
        (json!({"AWS": "999999999999"}), OTHERS),
        (json!({"AWS": ["111122223333", foreign]}), OTHERS),
        (json!({"CanonicalUser": "79a59df900b949e5"}), OTHERS),
        (
            json!({"Federated": "cognito-identity.amazonaws.com"}),
            OTHERS,
        ),
        (
            json!({"Federated": "arn:aws:iam::111122223333:saml-provider/x"}),
            None,
        ),
        (json!({"AWS": "arn:aws:iam::111122223333:root"}), None),
        (
            json!({"AWS": "arn:aws:iam::444455556666:role/security"}),
            None,
        ),
        (json!({"AWS": "AROAEXAMPLEID1234567"}), None),
        (json!({"Service": "cloudtrail.amazonaws.com"}), None),
        (
            json!({"Service": ["config.amazonaws.com", "delivery.logs.amazonaws.com"]}),
            None,
        ),
    ];
    for (principal, expected) in cases {
        let statement = allow(principal, "s3:GetObject");
        assert_eq!(
            openness(std::slice::from_ref(&statement)),
            expected,
            "{statement}"
        );
    }
    let mut but_one = allow(json!("*"), "s3:GetObject");
    let principal = but_one.as_object_mut().unwrap().remove("Principal");
    assert!(principal.is_some());
    but_one["NotPrincipal"] = json!({"AWS": "arn:aws:iam::999999999999:root"});
    assert_eq!(openness(&[but_one]), PUBLIC);
}

#[test]
fn by_action_and_resource() {
    let cases = [
        ("s3:GetObject", json!(OBJECTS), Some("s3:GetObject")),
        ("s3:Get*", json!(OBJECTS), Some("s3:GetObject")),
        ("*", json!("*"), Some("s3:GetObject")),
        (
            "s3:PutObject",
            json!(format!("{BUCKET}/AWSLogs/*")),
            Some("s3:PutObject"),
        ),
        (
            "s3:DeleteObjectVersion",
            json!(OBJECTS),
            Some("s3:DeleteObjectVersion"),
        ),
        (
            "s3:PutBucketPolicy",
            json!(BUCKET),
            Some("s3:PutBucketPolicy"),
        ),
        (
            "s3:PutLifecycleConfiguration",
            json!([BUCKET, OBJECTS]),
            Some("s3:PutLifecycleConfiguration"),
        ),
        // objects' actions on the bucket, and the other way round, allow nothing
        ("s3:GetObject", json!(BUCKET), None),
        ("s3:PutBucketPolicy", json!(OBJECTS), None),
        // what is not the log
        ("s3:GetObject", json!(format!("{BUCKET}/public/*")), None),
        (
            "s3:GetObject",
            json!(format!("{BUCKET}/AWSLogs/222233334444/*")),
            None,
        ),
        ("s3:GetObject", json!("arn:aws:s3:::another/*"), None),
        // names and lists of files tell no event
        ("s3:ListBucket", json!([BUCKET, OBJECTS]), None),
        ("s3:GetBucketAcl", json!(BUCKET), None),
    ];
    for (action, resource, expected) in cases {
        let statement = with(allow(json!("*"), action), "Resource", resource);
        let seen = found(std::slice::from_ref(&statement));
        assert_eq!(seen.first().map(|one| one.2), expected, "{statement}");
    }
    // a member of a shared bucket reads its own folder
    let member = allow(json!({"AWS": "222233334444"}), "s3:GetObject");
    let own = format!("{BUCKET}/AWSLogs/o-exampleorgid/222233334444/*");
    assert_eq!(
        openness(&[with(member.clone(), "Resource", json!(own))]),
        None
    );
    assert_eq!(openness(&[member]), OTHERS);
}

#[test]
fn by_condition() {
    let cases = [
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            json!("o-exampleorgid"),
            None,
        ),
        (
            "StringEquals",
            "aws:SourceOrgID",
            json!("o-exampleorgid"),
            None,
        ),
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            json!("${aws:ResourceOrgID}"),
            None,
        ),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            json!("o-exampleorgid/r-ab12/*"),
            None,
        ),
        (
            "ForAllValues:StringLike",
            "aws:PrincipalOrgPaths",
            json!("o-exampleorgid/*"),
            PUBLIC,
        ),
        ("StringLike", "aws:PrincipalOrgID", json!("o-*"), PUBLIC),
        (
            "StringNotEquals",
            "aws:PrincipalOrgID",
            json!("o-exampleorgid"),
            PUBLIC,
        ),
        (
            "StringEqualsIfExists",
            "aws:PrincipalOrgID",
            json!("o-exampleorgid"),
            PUBLIC,
        ),
        (
            "StringEquals",
            "aws:PrincipalAccount",
            json!("111122223333"),
            None,
        ),
        (
            "StringEquals",
            "aws:PrincipalAccount",
            json!(["111122223333", "999999999999"]),
            OTHERS,
        ),
        (
            "StringEquals",
            "aws:PrincipalAccount",
            json!("${aws:ResourceAccount}"),
            None,
        ),
        ("StringLike", "aws:SourceAccount", json!("*"), PUBLIC),
        (
            "ArnLike",
            "aws:PrincipalArn",
            json!("arn:aws:iam::111122223333:role/*"),
            None,
        ),
        (
            "ArnLike",
            "aws:PrincipalArn",
            json!("arn:aws:iam::999999999999:role/*"),
            OTHERS,
        ),
        (
            "ArnLike",
            "aws:PrincipalArn",
            json!("arn:aws:iam::*:role/admin"),
            PUBLIC,
        ),
        (
            "ArnEquals",
            "aws:SourceArn",
            json!("arn:aws:s3:::other-bucket"),
            OTHERS,
        ),
        (
            "StringEquals",
            "aws:SourceVpce",
            json!("vpce-1a2b3c4d"),
            OTHERS,
        ),
        ("StringLike", "aws:SourceVpce", json!("vpce-*"), PUBLIC),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.0/24"), OTHERS),
        ("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), PUBLIC),
        (
            "IpAddress",
            "aws:SourceIp",
            json!(["203.0.113.0/24", "0.0.0.0/1"]),
            PUBLIC,
        ),
        (
            "NotIpAddress",
            "aws:SourceIp",
            json!("203.0.113.0/24"),
            PUBLIC,
        ),
        ("Bool", "aws:SecureTransport", json!("true"), PUBLIC),
        ("Bool", "aws:PrincipalIsAWSService", json!("true"), None),
        (
            "StringEquals",
            "s3:DataAccessPointAccount",
            json!("111122223333"),
            None,
        ),
    ];
    for (operator, key, value, expected) in cases {
        let condition = json!({operator: {key: value}});
        let statement = with(allow(json!("*"), "s3:GetObject"), "Condition", condition);
        assert_eq!(
            openness(std::slice::from_ref(&statement)),
            expected,
            "{statement}"
        );
    }
    // who is named is limited too
    let other = allow(json!({"AWS": "999999999999"}), "s3:GetObject");
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}});
    assert_eq!(openness(&[with(other, "Condition", organization)]), None);
}

#[test]
fn a_deny_of_all_others_limits_and_a_narrower_one_does_not() {
    let deny = |condition: Value| {
        let mut deny = with(allow(json!("*"), "s3:*"), "Effect", json!("Deny"));
        if !condition.is_null() {
            deny["Condition"] = condition;
        }
        deny
    };
    let all_but = |kept: &str| {
        let mut deny = deny(Value::Null);
        deny.as_object_mut().unwrap().remove("Resource");
        with(deny, "NotResource", json!(format!("arn:aws:s3:::{kept}")))
    };
    let not_ours = json!({"aws:PrincipalOrgID": "o-exampleorgid"});
    let services = json!({"aws:PrincipalIsAWSService": "false"});
    let cases = [
        (all_but("another/*"), None),
        (
            all_but("amzn-s3-demo-audit/AWSLogs/111122223333/CloudTrail/*"),
            PUBLIC,
        ),
        (deny(Value::Null), None),
        (deny(json!({"StringNotEquals": not_ours})), None),
        (
            deny(json!({"StringNotEqualsIfExists": not_ours, "BoolIfExists": services})),
            None,
        ),
        (
            deny(json!({"StringNotEquals": not_ours, "StringEquals": {"aws:SourceVpc": "vpc-1"}})),
            PUBLIC,
        ),
        (
            deny(json!({"Bool": {"aws:SecureTransport": "false"}})),
            PUBLIC,
        ),
        (
            with(
                deny(Value::Null),
                "Resource",
                json!(format!("{BUCKET}/other/*")),
            ),
            PUBLIC,
        ),
        (
            with(deny(Value::Null), "Action", json!("s3:DeleteObject")),
            PUBLIC,
        ),
        (
            with(
                deny(Value::Null),
                "Principal",
                json!({"AWS": "999999999999"}),
            ),
            PUBLIC,
        ),
    ];
    for (deny, expected) in cases {
        let open = allow(json!("*"), "s3:GetObject");
        assert_eq!(openness(&[open, deny.clone()]), expected, "{deny}");
    }
}

#[test]
fn the_statement_is_named() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        allow(json!({"Service": "cloudtrail.amazonaws.com"}), "s3:PutObject"),
        with(allow(json!({"AWS": "999999999999"}), "s3:*"), "Sid", json!("Partner")),
    ]});
    let found = bucket_exposures(&policy.to_string(), &place()).unwrap();
    let [one] = found.try_into().unwrap();
    assert_eq!(one.statement.sid.as_deref(), Some("Partner"));
    assert_eq!(one.statement.index, 1);
    assert_eq!(
        (one.principal.as_str(), one.action),
        ("999999999999", "s3:GetObject")
    );
    assert!(bucket_exposures("{}x", &place()).is_err());
}
