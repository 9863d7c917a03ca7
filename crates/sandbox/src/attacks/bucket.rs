//! B24 to B32: the bucket and what lies in it.

use serde_json::{Value, json};

use super::{INTRUDER_ACCOUNT, Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    let one = |name, operation, input| way(name, vec![on(target, operation, input)]);
    match id {
        "B24" => vec![one("delete", "DeleteBucket", json!({}))],
        "B25" => policy(target),
        "B26" => vec![one(
            "after a day",
            "PutBucketLifecycleConfiguration",
            json!({"LifecycleConfiguration": {"Rules": [{
                "ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": ""},
                "Expiration": {"Days": 1},
            }]}}),
        )],
        "B28" => vec![one(
            "suspend",
            "PutBucketVersioning",
            json!({"VersioningConfiguration": {"Status": "Suspended"}}),
        )],
        "B29" => encryption(target),
        "B30" => protection(target),
        "B31" => payer_and_owner(target),
        "B32" => exposure(target),
        // which log files there are only the account can tell
        _ => Vec::new(),
    }
}

/// A call of S3 on the bucket.
fn on(target: &Target, operation: &'static str, mut input: Value) -> Step {
    if let Some(members) = input.as_object_mut() {
        members.insert("Bucket".to_owned(), target.bucket.clone().into());
    }
    Step::new("s3", operation, input)
}

fn statement(effect: &str, principal: &Value, action: &str, target: &Target) -> Value {
    let bucket = format!("arn:aws:s3:::{}", target.bucket);
    json!({
        "Effect": effect,
        "Principal": principal,
        "Action": action,
        "Resource": [bucket, format!("{bucket}/*")],
    })
}

fn put_policy(target: &Target, statements: Vec<Value>) -> Step {
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let input = json!({"Policy": policy.to_string()});
    on(target, "PutBucketPolicy", input)
}

fn policy(target: &Target) -> Vec<Way> {
    let owner = json!({"AWS": format!("arn:aws:iam::{}:root", target.account)});
    let other = statement("Allow", &owner, "s3:GetObject", target);
    let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
    let deny = statement("Deny", &cloudtrail, "s3:PutObject", target);
    vec![
        way("deleted", vec![on(target, "DeleteBucketPolicy", json!({}))]),
        way("replaced", vec![put_policy(target, vec![other])]),
        way("with a Deny", vec![put_policy(target, vec![deny])]),
    ]
}

fn encryption(target: &Target) -> Vec<Way> {
    let rule = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": target.intruders_key(),
    }}]});
    let foreign = json!({"ServerSideEncryptionConfiguration": rule});
    let everyone = json!("*");
    let mut deny = statement("Deny", &everyone, "s3:PutObject", target);
    if let Some(members) = deny.as_object_mut() {
        let other_than_kms = json!({"s3:x-amz-server-side-encryption": "aws:kms"});
        let condition = json!({"StringNotEquals": other_than_kms});
        members.insert("Condition".to_owned(), condition);
    }
    let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
    let allow = statement("Allow", &cloudtrail, "s3:*", target);
    vec![
        way(
            "the intruder's key",
            vec![on(target, "PutBucketEncryption", foreign)],
        ),
        way(
            "back to the default",
            vec![on(target, "DeleteBucketEncryption", json!({}))],
        ),
        way(
            "a Deny of other encryption",
            vec![put_policy(target, vec![allow, deny])],
        ),
    ]
}

fn protection(target: &Target) -> Vec<Way> {
    vec![
        way(
            "object lock without retention",
            vec![on(
                target,
                "PutObjectLockConfiguration",
                json!({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}),
            )],
        ),
        way(
            "no replication",
            vec![on(target, "DeleteBucketReplication", json!({}))],
        ),
        way(
            "a replication rule disabled",
            vec![on(
                target,
                "PutBucketReplication",
                json!({"ReplicationConfiguration": {
                    "Role": format!("arn:aws:iam::{}:role/replicate", target.account),
                    "Rules": [{
                        "Status": "Disabled", "Priority": 1, "Filter": {},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {"Bucket": format!("arn:aws:s3:::{}", super::stage::COPIES)},
                    }],
                }}),
            )],
        ),
        way(
            "no notification",
            vec![on(
                target,
                "PutBucketNotificationConfiguration",
                json!({"NotificationConfiguration": {}}),
            )],
        ),
        way(
            "no access logs",
            vec![on(
                target,
                "PutBucketLogging",
                json!({"BucketLoggingStatus": {}}),
            )],
        ),
    ]
}

fn payer_and_owner(target: &Target) -> Vec<Way> {
    let ownership = |value: &str| {
        let rules = json!({"Rules": [{"ObjectOwnership": value}]});
        on(
            target,
            "PutBucketOwnershipControls",
            json!({"OwnershipControls": rules}),
        )
    };
    vec![
        way(
            "Requester Pays",
            vec![on(
                target,
                "PutBucketRequestPayment",
                json!({"RequestPaymentConfiguration": {"Payer": "Requester"}}),
            )],
        ),
        way("the writer owns", vec![ownership("ObjectWriter")]),
        way(
            "an open ACL",
            vec![
                ownership("ObjectWriter"),
                on(target, "PutPublicAccessBlock", open()),
                on(target, "PutBucketAcl", json!({"ACL": "public-read"})),
            ],
        ),
    ]
}

fn open() -> Value {
    json!({"PublicAccessBlockConfiguration": {
        "BlockPublicAcls": false, "IgnorePublicAcls": false,
        "BlockPublicPolicy": false, "RestrictPublicBuckets": false,
    }})
}

fn exposure(target: &Target) -> Vec<Way> {
    let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
    let readable_by = |principal: &Value| {
        let statements = vec![
            statement("Allow", &cloudtrail, "s3:*", target),
            statement("Allow", principal, "s3:GetObject", target),
        ];
        put_policy(target, statements)
    };
    let everyone = json!("*");
    let intruder = json!({"AWS": format!("arn:aws:iam::{INTRUDER_ACCOUNT}:root")});
    let mut account_open = open();
    if let Some(members) = account_open.as_object_mut() {
        members.insert("AccountId".to_owned(), target.account.clone().into());
    }
    vec![
        way(
            "public access allowed",
            vec![on(target, "PutPublicAccessBlock", open())],
        ),
        way(
            "no public access block",
            vec![on(target, "DeletePublicAccessBlock", json!({}))],
        ),
        way(
            "public access allowed in the account",
            vec![Step::new("s3", "PutAccountPublicAccessBlock", account_open)],
        ),
        way(
            "no public access block of the account",
            vec![Step::new(
                "s3",
                "DeleteAccountPublicAccessBlock",
                json!({"AccountId": target.account}),
            )],
        ),
        way(
            "readable by everybody",
            vec![
                on(target, "PutPublicAccessBlock", open()),
                readable_by(&everyone),
            ],
        ),
        way("readable by another account", vec![readable_by(&intruder)]),
    ]
}
