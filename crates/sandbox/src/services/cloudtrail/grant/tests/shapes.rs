//! Policies that differ in principal, action and resource.

use super::*;

pub(super) fn by_shape() -> Vec<Case> {
    let no_version = json!({"Statement": [acl(), write()]});
    let single = json!({"Version": "2012-10-17", "Statement": but(write(), json!({
        "Action": ["s3:GetBucketAcl", "s3:PutObject"], "Resource": [BUCKET, format!("{FOLDER}*")],
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
    }))});
    vec![
        ("documented", policy(&[acl(), write()]), BOTH),
        ("without a version", no_version, BOTH),
        ("one statement", single, BOTH),
        ("nothing", policy(&[]), NONE),
        ("no list", policy(&[write()]), NONE),
        ("no write", policy(&[acl()]), NONE),
        (
            "another service",
            writing(json!({"Principal": {"Service": "config.amazonaws.com"}})),
            NONE,
        ),
        (
            "services",
            writing(
                json!({"Principal": {"Service": ["config.amazonaws.com", "cloudtrail.amazonaws.com"]}}),
            ),
            BOTH,
        ),
        (
            "a service of a Region",
            writing(json!({"Principal": {"Service": "cloudtrail.us-east-1.amazonaws.com"}})),
            NONE,
        ),
        ("everybody", writing(json!({"Principal": "*"})), BOTH),
        (
            "everybody as AWS",
            writing(json!({"Principal": {"AWS": "*"}})),
            BOTH,
        ),
        (
            "an account",
            writing(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})),
            NONE,
        ),
        ("no principal", writing(json!({"Principal": null})), NONE),
        (
            "all but an account",
            writing(json!({"Principal": null, "NotPrincipal": {"AWS": "999999999999"}})),
            NONE,
        ),
        ("every action", writing(json!({"Action": "s3:*"})), BOTH),
        (
            "some letters",
            writing(json!({"Action": "s3:PutObj???"})),
            BOTH,
        ),
        (
            "small letters",
            writing(json!({"Action": "S3:putobject"})),
            BOTH,
        ),
        ("every action of all", writing(json!({"Action": "*"})), BOTH),
        (
            "another action",
            writing(json!({"Action": "s3:PutObjectAcl"})),
            NONE,
        ),
        (
            "all but another action",
            writing(json!({"Action": null, "NotAction": "s3:GetObject"})),
            BOTH,
        ),
        (
            "all but this action",
            writing(json!({"Action": null, "NotAction": "s3:Put*"})),
            NONE,
        ),
        (
            "the bucket",
            writing(json!({"Resource": format!("{BUCKET}/*")})),
            BOTH,
        ),
        ("everything", writing(json!({"Resource": "*"})), BOTH),
        (
            "any bucket",
            writing(json!({"Resource": "arn:aws:s3:::*/AWSLogs/*"})),
            BOTH,
        ),
        (
            "another bucket",
            writing(json!({"Resource": "arn:aws:s3:::another/*"})),
            NONE,
        ),
        (
            "another account's folder",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/222233334444/*")})),
            NONE,
        ),
        (
            "another prefix",
            writing(json!({"Resource": format!("{BUCKET}/trails/AWSLogs/111122223333/*")})),
            NONE,
        ),
        (
            "any account's folder",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/????????????/*")})),
            BOTH,
        ),
        (
            "in small letters",
            writing(json!({"Resource": FOLDER.to_lowercase() + "*"})),
            NONE,
        ),
        (
            "the account by a variable",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/${{aws:SourceAccount}}/*")})),
            BOTH,
        ),
        (
            "a variable without a value",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*")})),
            NONE,
        ),
        (
            "all but another bucket",
            writing(json!({"Resource": null, "NotResource": "arn:aws:s3:::another/*"})),
            BOTH,
        ),
        (
            "all but the digests",
            writing(
                json!({"Resource": null, "NotResource": format!("{FOLDER}CloudTrail-Digest/*")}),
            ),
            [true, false],
        ),
        (
            "the kinds by themselves",
            writing(
                json!({"Resource": [format!("{FOLDER}CloudTrail/*"), format!("{FOLDER}CloudTrail-Insight/*"), format!("{FOLDER}CloudTrail-Digest/*")]}),
            ),
            BOTH,
        ),
        (
            "logs alone",
            writing(
                json!({"Resource": [format!("{FOLDER}CloudTrail/*"), format!("{FOLDER}CloudTrail-Insight/*")]}),
            ),
            [true, false],
        ),
    ]
}
