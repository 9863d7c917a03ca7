use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::BucketSeed;

use crate::{OTHER, REGION, all_refused, all_well, ask, told, world};

fn account() -> Sandbox {
    let mut world = world();
    let seed = |name: &str| BucketSeed {
        name: name.to_owned(),
        ..BucketSeed::default()
    };
    let buckets = [
        seed("logs"),
        BucketSeed {
            object_ownership: Some("ObjectWriter".to_owned()),
            versioning: false,
            public_access_block: false,
            ..seed("old")
        },
        BucketSeed {
            object_ownership: None,
            ..seed("bare")
        },
        BucketSeed {
            owner: Some(OTHER.to_owned()),
            ..seed("foreign")
        },
        BucketSeed {
            region: Some("us-west-2".to_owned()),
            ..seed("away")
        },
    ];
    for bucket in buckets {
        world.seed_bucket(bucket);
    }
    Sandbox::new(world)
}

fn of(bucket: &str, member: &str, value: Value) -> Value {
    json!({"Bucket": bucket, member: value})
}

fn ownership(bucket: &str, ownership: &str) -> Value {
    let rules = json!({"Rules": [{"ObjectOwnership": ownership}]});
    of(bucket, "OwnershipControls", rules)
}

fn lock(bucket: &str, retention: Value) -> Value {
    let lock = json!({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}});
    of(bucket, "ObjectLockConfiguration", lock)
}

fn replication(bucket: &str) -> Value {
    replication_to("away", bucket)
}

fn replication_to(destination: &str, bucket: &str) -> Value {
    let destination = format!("arn:aws:s3:::{destination}");
    let rule = json!({"Status": "Enabled", "Destination": {"Bucket": destination}});
    let role = "arn:aws:iam::111122223333:role/copy";
    let configuration = json!({"Role": role, "Rules": [rule]});
    of(bucket, "ReplicationConfiguration", configuration)
}

fn logging(bucket: &str, target: &str) -> Value {
    let enabled = json!({"TargetBucket": target, "TargetPrefix": "access/"});
    of(
        bucket,
        "BucketLoggingStatus",
        json!({"LoggingEnabled": enabled}),
    )
}

fn notification(arn: &str) -> Value {
    let topic = json!({"TopicArn": arn, "Events": ["s3:ObjectRemoved:*"]});
    json!({"TopicConfigurations": [topic]})
}

#[tokio::test]
async fn settings_come_back_as_they_were_put_and_go_as_they_are_deleted() {
    let sandbox = account();
    let topic = notification("arn:aws:sns:eu-west-1:111122223333:t");
    let tags = json!({"TagSet": [{"Key": "team", "Value": "x"}]});
    // put, get, where the answer has it, delete and the code of what is not there
    let cases = [
        (
            "PutBucketOwnershipControls",
            ownership("logs", "BucketOwnerPreferred"),
            "GetBucketOwnershipControls",
            "/OwnershipControls",
            Some((
                "DeleteBucketOwnershipControls",
                "OwnershipControlsNotFoundError",
            )),
        ),
        (
            "PutBucketReplication",
            replication("logs"),
            "GetBucketReplication",
            "/ReplicationConfiguration",
            Some((
                "DeleteBucketReplication",
                "ReplicationConfigurationNotFoundError",
            )),
        ),
        (
            "PutBucketTagging",
            of("logs", "Tagging", tags),
            "GetBucketTagging",
            "",
            Some(("DeleteBucketTagging", "NoSuchTagSet")),
        ),
        (
            "PutBucketLogging",
            logging("logs", "bare"),
            "GetBucketLogging",
            "",
            None,
        ),
        (
            "PutBucketNotificationConfiguration",
            of("logs", "NotificationConfiguration", topic),
            "GetBucketNotificationConfiguration",
            "",
            None,
        ),
        (
            "PutObjectLockConfiguration",
            lock("logs", json!({"Mode": "GOVERNANCE", "Days": 30})),
            "GetObjectLockConfiguration",
            "/ObjectLockConfiguration",
            None,
        ),
    ];
    for (put, input, get, at, delete) in cases {
        all_well(&sandbox, "s3", &[(put, input.clone())]).await;
        let bucket = json!({"Bucket": "logs"});
        let members = input.as_object().unwrap();
        let (_, wanted) = members.iter().find(|(name, _)| *name != "Bucket").unwrap();
        let found = told(&sandbox, "s3", get, bucket.clone(), at).await;
        assert_eq!(&found, wanted, "{get}");
        if let Some((delete, code)) = delete {
            all_well(&sandbox, "s3", &[(delete, bucket.clone())]).await;
            all_refused(&sandbox, "s3", &[(get, bucket, code)]).await;
        }
    }
}

#[tokio::test]
async fn a_new_bucket_is_as_aws_makes_them_and_one_for_object_lock_has_versions() {
    let sandbox = account();
    let place = json!({"LocationConstraint": REGION});
    let new = |name: &str, locked: bool| {
        json!({"Bucket": name, "CreateBucketConfiguration": place,
               "ObjectLockEnabledForBucket": locked})
    };
    let calls = [
        ("CreateBucket", new("new", false)),
        ("CreateBucket", new("kept", true)),
    ];
    all_well(&sandbox, "s3", &calls).await;
    let cases = [
        (
            "new",
            "GetBucketOwnershipControls",
            "/OwnershipControls/Rules/0/ObjectOwnership",
            json!("BucketOwnerEnforced"),
        ),
        (
            "new",
            "GetPublicAccessBlock",
            "/PublicAccessBlockConfiguration/BlockPublicAcls",
            json!(true),
        ),
        (
            "new",
            "GetBucketEncryption",
            "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault/SSEAlgorithm",
            json!("AES256"),
        ),
        ("new", "GetBucketVersioning", "/Status", Value::Null),
        ("kept", "GetBucketVersioning", "/Status", json!("Enabled")),
        (
            "kept",
            "GetObjectLockConfiguration",
            "/ObjectLockConfiguration/ObjectLockEnabled",
            json!("Enabled"),
        ),
    ];
    for (bucket, get, at, wanted) in cases {
        let found = told(&sandbox, "s3", get, json!({"Bucket": bucket}), at).await;
        assert_eq!(found, wanted, "{bucket} {get}");
    }
}

#[tokio::test]
async fn what_s3_refuses_of_settings() {
    let sandbox = account();
    let suspend = json!({"Bucket": "logs", "VersioningConfiguration": {"Status": "Suspended"}});
    let public = json!({"Bucket": "shut", "ACL": "public-read"});
    let cases = [
        (
            "PutBucketOwnershipControls",
            ownership("logs", "Nobody"),
            "MalformedXML",
        ),
        (
            "PutBucketOwnershipControls",
            json!({"Bucket": "logs"}),
            "InvalidRequest",
        ),
        (
            "GetBucketOwnershipControls",
            json!({"Bucket": "bare"}),
            "OwnershipControlsNotFoundError",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "logs", "ACL": "private"}),
            "AccessControlListNotSupported",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "old"}),
            "MissingSecurityHeader",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "old", "ACL": "open"}),
            "InvalidArgument",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "old", "GrantRead": "emailAddress=\"a@b.c\""}),
            "InvalidArgument",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "old", "ACL": "private", "GrantRead": "id=\"x\""}),
            "InvalidRequest",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "old", "ACL": "private", "AccessControlPolicy": {}}),
            "UnexpectedContent",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "old", "AccessControlPolicy": {"Grants": []}}),
            "MalformedACLError",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "bare", "ACL": "public-read"}),
            "AccessDenied",
        ),
        (
            "PutBucketAcl",
            json!({"Bucket": "foreign", "ACL": "private"}),
            "AccessDenied",
        ),
        ("PutBucketAcl", public, "NoSuchBucket"),
        (
            "CreateBucket",
            json!({"Bucket": "new", "ACL": "public-read", "CreateBucketConfiguration": {"LocationConstraint": REGION}}),
            "InvalidBucketAclWithObjectOwnership",
        ),
        (
            "GetObjectLockConfiguration",
            json!({"Bucket": "old"}),
            "ObjectLockConfigurationNotFoundError",
        ),
        (
            "PutObjectLockConfiguration",
            lock("old", json!({"Mode": "GOVERNANCE", "Days": 1})),
            "InvalidBucketState",
        ),
        (
            "PutObjectLockConfiguration",
            lock("logs", json!({"Mode": "GOVERNANCE", "Days": 1, "Years": 1})),
            "MalformedXML",
        ),
        (
            "PutObjectLockConfiguration",
            lock("logs", json!({"Mode": "GOVERNANCE", "Days": 0})),
            "InvalidArgument",
        ),
        (
            "PutObjectLockConfiguration",
            of("logs", "ObjectLockConfiguration", json!({})),
            "MalformedXML",
        ),
        ("PutBucketReplication", replication("old"), "InvalidRequest"),
        (
            "PutBucketReplication",
            replication_to("old", "logs"),
            "InvalidRequest",
        ),
        (
            "PutBucketReplication",
            of(
                "logs",
                "ReplicationConfiguration",
                json!({"Role": "arn:x", "Rules": []}),
            ),
            "MalformedXML",
        ),
        (
            "PutBucketReplication",
            of(
                "logs",
                "ReplicationConfiguration",
                json!({"Role": "x", "Rules": []}),
            ),
            "InvalidArgument",
        ),
        (
            "PutBucketNotificationConfiguration",
            of("logs", "NotificationConfiguration", notification("t")),
            "InvalidArgument",
        ),
        (
            "PutBucketLogging",
            logging("logs", "nowhere"),
            "InvalidTargetBucketForLogging",
        ),
        (
            "PutBucketLogging",
            logging("logs", "foreign"),
            "InvalidTargetBucketForLogging",
        ),
        (
            "PutBucketLogging",
            logging("logs", "away"),
            "CrossLocationLoggingProhibitted",
        ),
        (
            "PutBucketTagging",
            of(
                "logs",
                "Tagging",
                json!({"TagSet": [{"Key": "aws:x", "Value": ""}]}),
            ),
            "InvalidTag",
        ),
        (
            "PutBucketTagging",
            of(
                "logs",
                "Tagging",
                json!({"TagSet": [{"Key": "x", "Value": ""}, {"Key": "x", "Value": ""}]}),
            ),
            "InvalidTag",
        ),
        (
            "GetBucketPolicyStatus",
            json!({"Bucket": "logs"}),
            "NoSuchBucketPolicy",
        ),
    ];
    all_refused(&sandbox, "s3", &cases).await;
    // what stands in the way of suspending versions
    for put in [
        ("PutBucketReplication", replication("logs")),
        (
            "PutObjectLockConfiguration",
            lock("logs", json!({"Mode": "COMPLIANCE", "Years": 1})),
        ),
    ] {
        all_well(&sandbox, "s3", &[put]).await;
        let refused = [("PutBucketVersioning", suspend.clone(), "InvalidBucketState")];
        all_refused(&sandbox, "s3", &refused).await;
        all_well(
            &sandbox,
            "s3",
            &[("DeleteBucketReplication", json!({"Bucket": "logs"}))],
        )
        .await;
    }
}

#[tokio::test]
async fn grants_to_others_are_seen_and_stand_in_the_way_of_turning_lists_off() {
    let sandbox = account();
    let bucket = json!({"Bucket": "old"});
    let grants = |answer: &Value| {
        let grants = answer["Grants"].as_array().unwrap();
        let one = |grant: &Value| grant["Permission"].as_str().unwrap().to_owned();
        grants.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    let user = json!({"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "READ_ACP"});
    let document = json!({"Owner": {"ID": "o"}, "Grants": [user]});
    // what is put, and the permissions that are told then; the owner's comes first
    let cases = [
        (
            json!({"Bucket": "old", "ACL": "public-read-write"}),
            "FULL_CONTROL READ WRITE",
        ),
        (
            json!({"Bucket": "old", "ACL": "log-delivery-write"}),
            "FULL_CONTROL WRITE READ_ACP",
        ),
        (
            json!({"Bucket": "old", "GrantWrite": "id=\"a\", uri=\"u\""}),
            "FULL_CONTROL WRITE WRITE",
        ),
        (json!({"Bucket": "old", "ACL": "private"}), "FULL_CONTROL"),
        (
            json!({"Bucket": "old", "AccessControlPolicy": document}),
            "FULL_CONTROL READ_ACP",
        ),
    ];
    for (input, wanted) in cases {
        all_well(&sandbox, "s3", &[("PutBucketAcl", input.clone())]).await;
        let answer = ask(&sandbox, "s3", "GetBucketAcl", bucket.clone())
            .await
            .unwrap();
        assert_eq!(grants(&answer), wanted, "{input}");
    }
    let enforce = ownership("old", "BucketOwnerEnforced");
    let code = "InvalidBucketAclWithObjectOwnership";
    let refused = [("PutBucketOwnershipControls", enforce.clone(), code)];
    all_refused(&sandbox, "s3", &refused).await;
    let calls = [
        ("PutBucketAcl", json!({"Bucket": "old", "ACL": "private"})),
        ("PutBucketOwnershipControls", enforce),
    ];
    all_well(&sandbox, "s3", &calls).await;
}

/// The account's own block holds for a bucket that has none.
#[tokio::test]
async fn the_account_keeps_the_public_out_of_all_of_its_buckets() {
    let sandbox = account();
    let public = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::old/*",
    }]});
    let policy = || json!({"Bucket": "old", "Policy": public.to_string()});
    let block = json!({"AccountId": crate::OWN, "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": true, "IgnorePublicAcls": true,
        "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
    }});
    all_well(&sandbox, "s3", &[("PutAccountPublicAccessBlock", block)]).await;
    let refused = [("PutBucketPolicy", policy(), "AccessDenied")];
    all_refused(&sandbox, "s3", &refused).await;
    let gone = json!({"AccountId": crate::OWN});
    let calls = [
        ("DeleteAccountPublicAccessBlock", gone),
        ("PutBucketPolicy", policy()),
    ];
    all_well(&sandbox, "s3", &calls).await;
}
