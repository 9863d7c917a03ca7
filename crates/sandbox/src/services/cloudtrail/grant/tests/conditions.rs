//! Policies that differ in their conditions.

use super::*;

pub(super) fn by_condition() -> Vec<Case> {
    let acl = "bucket-owner-full-control";
    vec![
        (
            "its account",
            writing_if("StringEquals", "aws:SourceAccount", json!(ACCOUNT)),
            BOTH,
        ),
        (
            "another account",
            writing_if("StringEquals", "aws:SourceAccount", json!("222233334444")),
            NONE,
        ),
        (
            "one of two accounts",
            writing_if(
                "StringEquals",
                "AWS:SOURCEACCOUNT",
                json!(["222233334444", ACCOUNT]),
            ),
            BOTH,
        ),
        ("no condition", writing(json!({"Condition": null})), BOTH),
        (
            "another trail",
            writing_if("StringEquals", "aws:SourceArn", json!(OTHER_TRAIL)),
            NONE,
        ),
        (
            "any trail of the account",
            writing_if(
                "StringLike",
                "aws:SourceArn",
                json!("arn:aws:cloudtrail:*:111122223333:trail/*"),
            ),
            BOTH,
        ),
        (
            "any trail as an ARN",
            writing_if(
                "ArnLike",
                "aws:SourceArn",
                json!("arn:aws:cloudtrail:*:111122223333:trail/*"),
            ),
            BOTH,
        ),
        (
            "the ARN exactly",
            writing_if("ArnEquals", "aws:SourceArn", json!(TRAIL)),
            BOTH,
        ),
        (
            "a star in too few parts",
            writing_if("ArnLike", "aws:SourceArn", json!("arn:aws:cloudtrail:*")),
            NONE,
        ),
        (
            "a star over parts as a text",
            writing_if("StringLike", "aws:SourceArn", json!("arn:aws:cloudtrail:*")),
            BOTH,
        ),
        (
            "a star that is no wildcard",
            writing_if(
                "StringEquals",
                "aws:SourceArn",
                json!("arn:aws:cloudtrail:*:111122223333:trail/*"),
            ),
            NONE,
        ),
        (
            "the trail in other letters",
            writing_if("StringEquals", "aws:SourceArn", json!(TRAIL.to_uppercase())),
            NONE,
        ),
        (
            "letters do not matter",
            writing_if(
                "StringEqualsIgnoreCase",
                "aws:SourceArn",
                json!(TRAIL.to_uppercase()),
            ),
            BOTH,
        ),
        (
            "another list",
            writing_if("StringEquals", "s3:x-amz-acl", json!("private")),
            NONE,
        ),
        (
            "not another list",
            writing_if("StringNotEquals", "s3:x-amz-acl", json!("private")),
            BOTH,
        ),
        (
            "not this list",
            writing_if("StringNotEquals", "s3:x-amz-acl", json!(acl)),
            NONE,
        ),
        (
            "with TLS",
            writing_if("Bool", "aws:SecureTransport", json!("true")),
            BOTH,
        ),
        (
            "without TLS",
            writing_if("Bool", "aws:SecureTransport", json!(false)),
            NONE,
        ),
        (
            "a service",
            writing_if("Bool", "aws:PrincipalIsAWSService", json!("true")),
            BOTH,
        ),
        (
            "an organization's principal",
            writing_if(
                "StringEquals",
                "aws:PrincipalOrgID",
                json!("o-exampleorgid"),
            ),
            NONE,
        ),
        (
            "an organization's principal, if any",
            writing_if(
                "StringEqualsIfExists",
                "aws:PrincipalOrgID",
                json!("o-exampleorgid"),
            ),
            BOTH,
        ),
        (
            "no principal's ARN",
            writing_if("Null", "aws:PrincipalArn", json!("true")),
            BOTH,
        ),
        (
            "some principal's ARN",
            writing_if("Null", "aws:PrincipalArn", json!("false")),
            NONE,
        ),
        (
            "a source's ARN",
            writing_if("Null", "aws:SourceArn", json!("false")),
            BOTH,
        ),
        (
            "every value",
            writing_if("ForAllValues:StringEquals", "aws:CalledVia", json!("x")),
            BOTH,
        ),
        (
            "any value",
            writing_if("ForAnyValue:StringEquals", "aws:CalledVia", json!("x")),
            NONE,
        ),
        (
            "an unknown operator",
            writing_if("StringMatches", "aws:SourceArn", json!(TRAIL)),
            NONE,
        ),
        (
            "two lines of which one fails",
            writing(
                json!({"Condition": {"StringEquals": {"aws:SourceArn": TRAIL}, "StringLike": {"aws:SourceAccount": "2*"}}}),
            ),
            NONE,
        ),
        (
            "encrypted with KMS",
            writing_if(
                "StringEquals",
                "s3:x-amz-server-side-encryption",
                json!("aws:kms"),
            ),
            [true, false],
        ),
        (
            "encrypted by S3",
            writing_if(
                "StringEquals",
                "s3:x-amz-server-side-encryption",
                json!("AES256"),
            ),
            [false, true],
        ),
    ]
}
