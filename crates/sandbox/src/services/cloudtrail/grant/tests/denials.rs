//! Policies with a Deny.

use super::*;

pub(super) fn by_deny() -> Vec<Case> {
    vec![
        ("all", denying(json!({})), NONE),
        (
            "all writes",
            denying(json!({"Action": "s3:PutObject"})),
            NONE,
        ),
        (
            "all reads",
            denying(json!({"Action": "s3:GetObject"})),
            BOTH,
        ),
        (
            "all deletes of all services",
            denying(json!({"Principal": service(), "Action": "s3:Delete*"})),
            BOTH,
        ),
        (
            "the service",
            denying(json!({"Principal": service()})),
            NONE,
        ),
        (
            "another service",
            denying(json!({"Principal": {"Service": "config.amazonaws.com"}})),
            BOTH,
        ),
        (
            "an account",
            denying(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})),
            BOTH,
        ),
        (
            "all but an account",
            denying(
                json!({"Principal": null, "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}),
            ),
            NONE,
        ),
        (
            "all but the service",
            denying(json!({"Principal": null, "NotPrincipal": service()})),
            BOTH,
        ),
        (
            "all but some actions",
            denying(json!({"Action": null, "NotAction": ["s3:PutObject", "s3:GetBucketAcl"]})),
            BOTH,
        ),
        (
            "all but other actions",
            denying(json!({"Action": null, "NotAction": "s3:GetObject"})),
            NONE,
        ),
        (
            "another folder",
            denying(json!({"Resource": format!("{BUCKET}/other/*")})),
            BOTH,
        ),
        (
            "the digests",
            denying(json!({"Resource": format!("{FOLDER}CloudTrail-Digest/*")})),
            [true, false],
        ),
        (
            "all but the folder",
            denying(json!({"Resource": null, "NotResource": [BUCKET, format!("{FOLDER}*")]})),
            BOTH,
        ),
        (
            "all but the bucket itself",
            denying(json!({"Resource": null, "NotResource": BUCKET})),
            NONE,
        ),
        (
            "without TLS",
            denying_if("Bool", "aws:SecureTransport", json!("false")),
            BOTH,
        ),
        (
            "old TLS",
            denying_if("NumericLessThan", "s3:TlsVersion", json!("1.2")),
            BOTH,
        ),
        (
            "TLS before 1.4",
            denying_if("NumericLessThan", "s3:TlsVersion", json!(1.4)),
            NONE,
        ),
        (
            "other principals",
            denying_if(
                "ArnNotLike",
                "aws:PrincipalArn",
                json!("arn:aws:iam::111122223333:role/*"),
            ),
            NONE,
        ),
        (
            "other principals, if any",
            denying_if(
                "ArnNotLikeIfExists",
                "aws:PrincipalArn",
                json!("arn:aws:iam::111122223333:role/*"),
            ),
            NONE,
        ),
        (
            "other organizations",
            denying_if(
                "StringNotEquals",
                "aws:PrincipalOrgID",
                json!("o-exampleorgid"),
            ),
            NONE,
        ),
        (
            "other organizations but services",
            denying(
                json!({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}),
            ),
            BOTH,
        ),
        (
            "other sources",
            denying_if("StringNotEquals", "aws:SourceAccount", json!(ACCOUNT)),
            BOTH,
        ),
        (
            "this source",
            denying_if("StringEquals", "aws:SourceAccount", json!(ACCOUNT)),
            NONE,
        ),
        (
            "other sources of an organization",
            denying_if(
                "StringNotEqualsIfExists",
                "aws:SourceOrgID",
                json!("o-exampleorgid"),
            ),
            BOTH,
        ),
        (
            "sources of another organization",
            denying_if(
                "StringNotEqualsIfExists",
                "aws:SourceOrgID",
                json!("o-anotherorgid"),
            ),
            NONE,
        ),
        (
            "no list",
            denying_if("Null", "s3:x-amz-acl", json!("true")),
            NONE,
        ),
        (
            "writes without a list",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"Null": {"s3:x-amz-acl": "true"}}}),
            ),
            BOTH,
        ),
        (
            "writes not encrypted with KMS",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}}),
            ),
            [true, false],
        ),
        (
            "writes with another key",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/other"}}}),
            ),
            NONE,
        ),
        (
            "writes with the customer's key",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}}),
            ),
            BOTH,
        ),
        (
            "other networks",
            denying_if("NotIpAddress", "aws:SourceIp", json!("203.0.113.0/24")),
            NONE,
        ),
        (
            "other endpoints",
            denying_if("StringNotEquals", "aws:SourceVpce", json!("vpce-1")),
            NONE,
        ),
        (
            "strangers",
            denying_if("StringLike", "aws:UserAgent", json!("evil*")),
            BOTH,
        ),
        (
            "an unknown operator",
            denying_if("StringMatches", "aws:SourceArn", json!(TRAIL)),
            BOTH,
        ),
    ]
}
