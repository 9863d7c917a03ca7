//! S3 through the account's door.

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{BucketSeed, cloudtrail_bucket_policy};
use trailkeeper_sandbox::{ApiError, Call, Failure, Sandbox, World};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const REGION: &str = "eu-west-1";
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";

fn seed(name: &str) -> BucketSeed {
    BucketSeed {
        name: name.to_owned(),
        ..BucketSeed::default()
    }
}

/// Own buckets here and elsewhere, a foreign one, a shared one and one that denies everybody.
fn sandbox() -> Sandbox {
    let mut world = World::new(OWN, REGION, Timestamp::UNIX_EPOCH);
    let policy = cloudtrail_bucket_policy("aws", "own", None, OWN, TRAIL);
    let shared = allow(
        json!({"AWS": OWN}),
        json!("*"),
        json!(["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"]),
    );
    let closed = statement(
        "Deny",
        json!("*"),
        json!("s3:*"),
        json!("arn:aws:s3:::closed"),
    );
    let buckets = [
        BucketSeed {
            policy: Some(policy),
            ..seed("own")
        },
        BucketSeed {
            versioning: false,
            public_access_block: false,
            ..seed("bare")
        },
        BucketSeed {
            region: Some("us-west-2".to_owned()),
            ..seed("away")
        },
        BucketSeed {
            owner: Some(OTHER.to_owned()),
            ..seed("foreign")
        },
        BucketSeed {
            owner: Some(OTHER.to_owned()),
            policy: Some(shared),
            ..seed("shared")
        },
        BucketSeed {
            policy: Some(closed),
            ..seed("closed")
        },
    ];
    for bucket in buckets {
        world.seed_bucket(bucket);
    }
    Sandbox::new(world)
}

fn statement(effect: &str, principal: Value, action: Value, resource: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource},
    ]})
    .to_string()
}

fn allow(principal: Value, action: Value, resource: Value) -> String {
    statement("Allow", principal, action, resource)
}

async fn ask_in(
    sandbox: &Sandbox,
    operation: &str,
    region: &str,
    input: Value,
) -> Result<Value, ApiError> {
    let answer = sandbox
        .call(Call::new("s3", operation, region, input))
        .await;
    answer.map_err(|failure| match failure {
        Failure::Api(error) => error,
        Failure::NoAnswer => ApiError::new("NoAnswer", ""),
    })
}

async fn ask(sandbox: &Sandbox, operation: &str, input: Value) -> Result<Value, ApiError> {
    ask_in(sandbox, operation, REGION, input).await
}

async fn outcome(sandbox: &Sandbox, operation: &str, input: Value) -> (u16, String) {
    match ask(sandbox, operation, input).await {
        Ok(_) => (200, "ok".to_owned()),
        Err(error) => (error.status, error.code),
    }
}

const READS: [&str; 9] = [
    "GetBucketLocation",
    "GetBucketAcl",
    "GetBucketPolicy",
    "GetBucketVersioning",
    "GetBucketEncryption",
    "GetBucketLifecycleConfiguration",
    "GetBucketRequestPayment",
    "GetPublicAccessBlock",
    "ListObjectsV2",
];

#[tokio::test]
async fn every_read_passes_the_same_gate() {
    let sandbox = sandbox();
    for operation in READS {
        for (input, expected) in [
            (json!({}), (400, "InvalidRequest")),
            (json!({"Bucket": "none"}), (404, "NoSuchBucket")),
            (json!({"Bucket": "away"}), (301, "PermanentRedirect")),
            (json!({"Bucket": "foreign"}), (403, "AccessDenied")),
            (json!({"Bucket": "closed"}), (403, "AccessDenied")),
            (
                json!({"Bucket": "own", "ExpectedBucketOwner": OTHER}),
                (403, "AccessDenied"),
            ),
            (
                json!({"Bucket": "own", "ExpectedBucketOwner": "me"}),
                (400, "InvalidBucketOwnerAWSAccountID"),
            ),
        ] {
            let (status, code) = outcome(&sandbox, operation, input.clone()).await;
            // the bucket `closed` denies the bucket's own ARN, and so every read here
            assert_eq!((status, code.as_str()), expected, "{operation} {input}");
        }
    }
}

#[tokio::test]
async fn head_answers_by_status_alone() {
    let sandbox = sandbox();
    for (bucket, status, code) in [
        ("none", 404, "NotFound"),
        ("away", 301, "MovedPermanently"),
        ("foreign", 403, "Forbidden"),
        ("closed", 403, "Forbidden"),
    ] {
        let error = ask(&sandbox, "HeadBucket", json!({"Bucket": bucket}))
            .await
            .unwrap_err();
        assert_eq!(
            (error.status, error.code.as_str()),
            (status, code),
            "{bucket}"
        );
        let hint = (status == 301).then(|| "us-west-2".to_owned());
        assert_eq!(error.region_hint, hint);
    }
    let answer = ask(
        &sandbox,
        "HeadBucket",
        json!({"Bucket": "own", "ExpectedBucketOwner": OWN}),
    )
    .await
    .unwrap();
    assert_eq!(answer["BucketRegion"], REGION);
    assert_eq!(answer["BucketArn"], "arn:aws:s3:::own");
    let head = outcome(&sandbox, "HeadObject", json!({"Bucket": "own", "Key": "k"})).await;
    assert_eq!(head, (404, "NotFound".to_owned()));
}

#[tokio::test]
async fn a_redirect_names_the_region() {
    let sandbox = sandbox();
    let away = json!({"Bucket": "away"});
    let error = ask(&sandbox, "GetBucketPolicy", away.clone())
        .await
        .unwrap_err();
    assert_eq!(error.region_hint.as_deref(), Some("us-west-2"));
    for (region, found) in [("us-west-2", true), ("us-east-1", true), (REGION, false)] {
        let answer = ask_in(&sandbox, "GetBucketLocation", region, away.clone()).await;
        let location = answer.ok().map(|a| a["LocationConstraint"].clone());
        assert_eq!(location, found.then(|| json!("us-west-2")), "{region}");
    }
}

#[tokio::test]
async fn a_shared_bucket_can_be_used_but_its_policy_not() {
    let sandbox = sandbox();
    for (operation, expected) in [
        ("HeadBucket", (200, "ok")),
        ("GetBucketAcl", (200, "ok")),
        ("ListObjectsV2", (200, "ok")),
        ("GetBucketPolicy", (405, "MethodNotAllowed")),
        ("DeleteBucketPolicy", (405, "MethodNotAllowed")),
    ] {
        let (status, code) = outcome(&sandbox, operation, json!({"Bucket": "shared"})).await;
        assert_eq!((status, code.as_str()), expected, "{operation}");
    }
}

#[tokio::test]
async fn a_bucket_policy_is_kept_byte_for_byte() {
    let sandbox = sandbox();
    let text =
        cloudtrail_bucket_policy("aws", "bare", Some("p"), OWN, TRAIL).replace('\n', "\r\n ");
    let none = (404, "NoSuchBucketPolicy".to_owned());
    let bare = json!({"Bucket": "bare"});
    assert_eq!(
        outcome(&sandbox, "GetBucketPolicy", bare.clone()).await,
        none
    );
    let put = json!({"Bucket": "bare", "Policy": text, "ExpectedBucketOwner": OWN});
    ask(&sandbox, "PutBucketPolicy", put).await.unwrap();
    let read = ask(&sandbox, "GetBucketPolicy", bare.clone())
        .await
        .unwrap();
    assert_eq!(read, json!({"Policy": text}));
    ask(&sandbox, "DeleteBucketPolicy", bare.clone())
        .await
        .unwrap();
    ask(&sandbox, "DeleteBucketPolicy", bare.clone())
        .await
        .unwrap();
    assert_eq!(outcome(&sandbox, "GetBucketPolicy", bare).await, none);
}

#[tokio::test]
async fn bucket_policies_that_are_refused() {
    const MALFORMED: &str = "MalformedPolicy";
    let bucket = || json!("arn:aws:s3:::bare");
    let objects = || json!("arn:aws:s3:::bare/*");
    let service = || json!({"Service": "cloudtrail.amazonaws.com"});
    let good = allow(service(), json!("s3:GetBucketAcl"), bucket());
    let padded = |length: usize| format!("{good}{}", " ".repeat(length - good.len()));
    let cases = [
        (good.clone(), "ok"),
        (
            good.replace(r#""Version":"2012-10-17""#, r#""Id":"no version""#),
            "ok",
        ),
        (
            allow(
                json!({"AWS": OWN}),
                json!(["s3:*"]),
                json!(["arn:aws:s3:::bare*"]),
            ),
            "ok",
        ),
        (allow(json!("*"), json!("s3:PutObject"), objects()), "ok"),
        (padded(20_480), "ok"),
        (padded(20_481), MALFORMED),
        (format!(" {good}"), MALFORMED),
        ("{".to_owned(), MALFORMED),
        ("[]".to_owned(), MALFORMED),
        (String::new(), MALFORMED),
        ("{}".to_owned(), MALFORMED),
        (json!({"Statement": []}).to_string(), MALFORMED),
        (json!({"Statement": ["x"]}).to_string(), MALFORMED),
        (good.replace("2012-10-17", "2020-01-01"), MALFORMED),
        (good.replace("Version", "Versions"), MALFORMED),
        (good.replace("Effect", "Affect"), MALFORMED),
        (good.replace("Allow", "allow"), MALFORMED),
        (
            good.replace(r#""Action":"s3:GetBucketAcl","#, ""),
            MALFORMED,
        ),
        (
            allow(json!("bob"), json!("s3:GetBucketAcl"), bucket()),
            MALFORMED,
        ),
        (
            allow(json!({"AWS": "bob"}), json!("s3:GetBucketAcl"), bucket()),
            MALFORMED,
        ),
        (
            allow(
                json!({"Service": "cloudtrail"}),
                json!("s3:GetBucketAcl"),
                bucket(),
            ),
            MALFORMED,
        ),
        (
            allow(json!({"Somebody": "x"}), json!("s3:GetBucketAcl"), bucket()),
            MALFORMED,
        ),
        (allow(service(), json!("kms:Decrypt"), bucket()), MALFORMED),
        (allow(service(), json!([]), bucket()), MALFORMED),
        (
            allow(
                service(),
                json!("s3:GetBucketAcl"),
                json!("arn:aws:s3:::other"),
            ),
            MALFORMED,
        ),
        (
            allow(
                service(),
                json!("s3:GetBucketAcl"),
                json!("arn:aws:s3:::bare2"),
            ),
            MALFORMED,
        ),
        (
            allow(
                service(),
                json!("s3:GetBucketAcl"),
                json!("arn:aws-cn:s3:::bare"),
            ),
            MALFORMED,
        ),
        (
            allow(service(), json!("s3:GetBucketAcl"), objects()),
            MALFORMED,
        ),
        (allow(service(), json!("s3:PutObject"), bucket()), MALFORMED),
    ];
    for (text, expected) in cases {
        let put = json!({"Bucket": "bare", "Policy": text});
        let (status, code) = outcome(&sandbox(), "PutBucketPolicy", put).await;
        let shown = text.get(..150).unwrap_or(&text);
        assert_eq!(code, expected, "{shown}");
        assert_eq!(status, if expected == "ok" { 200 } else { 400 });
    }
    let missing = outcome(&sandbox(), "PutBucketPolicy", json!({"Bucket": "bare"})).await;
    assert_eq!(missing, (400, "InvalidRequest".to_owned()));
}

#[tokio::test]
async fn public_policies_are_blocked() {
    let text = |condition: Value| {
        json!({"Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::own/*",
            "Condition": condition,
        }})
        .to_string()
    };
    let denied = (403, "AccessDenied".to_owned());
    let ok = (200, "ok".to_owned());
    for (condition, expected) in [
        (json!({}), &denied),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), &denied),
        (
            json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}),
            &denied,
        ),
        (json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), &denied),
        (
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}),
            &ok,
        ),
    ] {
        let put = json!({"Bucket": "own", "Policy": text(condition.clone())});
        let found = outcome(&sandbox(), "PutBucketPolicy", put).await;
        assert_eq!(&found, expected, "{condition}");
    }
}

#[tokio::test]
async fn buckets_that_cannot_be_made() {
    let within = |region: &str| json!({"LocationConstraint": region});
    let cases = [
        ("new", REGION, Some(within(REGION)), (200, "ok")),
        ("new", "us-east-1", None, (200, "ok")),
        ("new", "us-east-1", Some(within(REGION)), (200, "ok")),
        (
            "new",
            "us-east-1",
            Some(within("us-east-1")),
            (400, "InvalidLocationConstraint"),
        ),
        (
            "new",
            REGION,
            None,
            (400, "IllegalLocationConstraintException"),
        ),
        (
            "new",
            REGION,
            Some(within("us-west-2")),
            (400, "IllegalLocationConstraintException"),
        ),
        (
            "own",
            REGION,
            Some(within(REGION)),
            (409, "BucketAlreadyOwnedByYou"),
        ),
        (
            "foreign",
            REGION,
            Some(within(REGION)),
            (409, "BucketAlreadyExists"),
        ),
        (
            "ab",
            REGION,
            Some(within(REGION)),
            (400, "InvalidBucketName"),
        ),
        (
            "Upper",
            REGION,
            Some(within(REGION)),
            (400, "InvalidBucketName"),
        ),
        (
            "a..b",
            REGION,
            Some(within(REGION)),
            (400, "InvalidBucketName"),
        ),
        (
            "-ab",
            REGION,
            Some(within(REGION)),
            (400, "InvalidBucketName"),
        ),
        (
            "192.168.1.1",
            REGION,
            Some(within(REGION)),
            (400, "InvalidBucketName"),
        ),
    ];
    for (name, region, configuration, expected) in cases {
        let mut input = json!({"Bucket": name});
        if let Some(configuration) = configuration {
            input["CreateBucketConfiguration"] = configuration;
        }
        let answer = ask_in(&sandbox(), "CreateBucket", region, input.clone()).await;
        let found = answer.map_or_else(|e| (e.status, e.code), |_| (200, "ok".to_owned()));
        assert_eq!((found.0, found.1.as_str()), expected, "{region} {input}");
    }
}

#[tokio::test]
async fn a_new_bucket_is_private_and_encrypted() {
    let sandbox = sandbox();
    let new = json!({"Bucket": "new"});
    for _again in 0..2 {
        let made = ask_in(&sandbox, "CreateBucket", "us-east-1", new.clone()).await;
        assert_eq!(made.unwrap()["Location"], "/new");
    }
    let read = async |operation| ask_in(&sandbox, operation, "us-east-1", new.clone()).await;
    let block = read("GetPublicAccessBlock").await.unwrap();
    assert_eq!(
        block["PublicAccessBlockConfiguration"]["BlockPublicPolicy"],
        true
    );
    assert_eq!(
        read("GetBucketEncryption").await.unwrap(),
        json!({"ServerSideEncryptionConfiguration": {"Rules": [{
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": false,
        }]}})
    );
    assert_eq!(read("GetBucketVersioning").await.unwrap(), json!({}));
    let location = read("GetBucketLocation").await.unwrap();
    assert_eq!(location, json!({"LocationConstraint": null}));
    let payer = read("GetBucketRequestPayment").await.unwrap();
    assert_eq!(payer, json!({"Payer": "BucketOwner"}));
    assert_eq!(
        read("GetBucketPolicy").await.unwrap_err().code,
        "NoSuchBucketPolicy"
    );
    assert!(read("DeleteBucket").await.is_ok());
    assert_eq!(read("HeadBucket").await.unwrap_err().status, 404);
}

#[tokio::test]
async fn a_full_bucket_stays() {
    let sandbox = sandbox();
    let put = json!({"Bucket": "own", "Key": "k", "Body": "aGk="});
    ask(&sandbox, "PutObject", put).await.unwrap();
    let found = outcome(&sandbox, "DeleteBucket", json!({"Bucket": "own"})).await;
    assert_eq!(found, (409, "BucketNotEmpty".to_owned()));
}

#[tokio::test]
async fn own_buckets_are_listed_in_pages() {
    let sandbox = sandbox();
    let names = async |input: Value| {
        let answer = ask(&sandbox, "ListBuckets", input).await.unwrap();
        let buckets = answer["Buckets"].as_array().unwrap().clone();
        let names = buckets
            .iter()
            .map(|b| b["Name"].as_str().unwrap().to_owned());
        (
            names.collect::<Vec<_>>(),
            answer["ContinuationToken"].clone(),
        )
    };
    assert_eq!(names(json!({})).await.0, ["away", "bare", "closed", "own"]);
    assert_eq!(names(json!({"Prefix": "o"})).await.0, ["own"]);
    assert_eq!(
        names(json!({"BucketRegion": "us-west-2"})).await.0,
        ["away"]
    );
    let (first, token) = names(json!({"MaxBuckets": 2})).await;
    assert_eq!(first, ["away", "bare"]);
    let (second, end) = names(json!({"MaxBuckets": 2, "ContinuationToken": token})).await;
    assert_eq!((second.len(), end), (2, Value::Null));
    for wrong in [
        json!({"MaxBuckets": 0}),
        json!({"MaxBuckets": 10_001}),
        json!({"MaxBuckets": "two"}),
        json!({"ContinuationToken": "nonsense"}),
    ] {
        let found = outcome(&sandbox, "ListBuckets", wrong).await;
        assert_eq!(found, (400, "InvalidArgument".to_owned()));
    }
}

#[tokio::test]
async fn settings_are_put_and_read_back() {
    let kms = |rule: Value| json!({"ServerSideEncryptionConfiguration": {"Rules": [rule]}});
    let by_key = json!({
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/x"},
        "BucketKeyEnabled": true,
    });
    let all_off = json!({
        "BlockPublicAcls": false,
        "IgnorePublicAcls": false,
        "BlockPublicPolicy": true,
        "RestrictPublicBuckets": false,
    });
    let rule = json!({"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}});
    let cases = [
        (
            "PutBucketVersioning",
            json!({"VersioningConfiguration": {"Status": "Suspended"}}),
            "GetBucketVersioning",
            json!({"Status": "Suspended"}),
        ),
        (
            "PutBucketRequestPayment",
            json!({"RequestPaymentConfiguration": {"Payer": "Requester"}}),
            "GetBucketRequestPayment",
            json!({"Payer": "Requester"}),
        ),
        (
            "PutBucketEncryption",
            kms(by_key.clone()),
            "GetBucketEncryption",
            kms(by_key),
        ),
        (
            "PutPublicAccessBlock",
            json!({"PublicAccessBlockConfiguration": {"BlockPublicPolicy": true}}),
            "GetPublicAccessBlock",
            json!({"PublicAccessBlockConfiguration": all_off}),
        ),
        (
            "PutBucketLifecycleConfiguration",
            json!({"LifecycleConfiguration": {"Rules": [rule]}}),
            "GetBucketLifecycleConfiguration",
            json!({"Rules": [rule], "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"}),
        ),
    ];
    let sandbox = sandbox();
    for (put, mut input, get, expected) in cases {
        input["Bucket"] = "own".into();
        ask(&sandbox, put, input).await.unwrap();
        let read = ask(&sandbox, get, json!({"Bucket": "own"})).await.unwrap();
        assert_eq!(read, expected, "{put}");
    }
    for (delete, get, code) in [
        (
            "DeleteBucketLifecycle",
            "GetBucketLifecycleConfiguration",
            "NoSuchLifecycleConfiguration",
        ),
        (
            "DeletePublicAccessBlock",
            "GetPublicAccessBlock",
            "NoSuchPublicAccessBlockConfiguration",
        ),
        ("DeleteBucketEncryption", "GetBucketEncryption", "ok"),
    ] {
        ask(&sandbox, delete, json!({"Bucket": "own"}))
            .await
            .unwrap();
        let (status, found) = outcome(&sandbox, get, json!({"Bucket": "own"})).await;
        assert_eq!(found, code);
        assert_eq!(status, if code == "ok" { 200 } else { 404 });
    }
}

#[tokio::test]
async fn settings_that_are_refused() {
    let lifecycle = |rules: Value| json!({"LifecycleConfiguration": {"Rules": rules}});
    let rule = |member: &str, value: Value| {
        let mut rule = json!({"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}});
        rule[member] = value;
        rule
    };
    let encryption = |by_default: Value| {
        json!({"ServerSideEncryptionConfiguration":
            {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]}})
    };
    let no_action = json!({"Status": "Enabled", "Filter": {}});
    let twice = json!([rule("ID", json!("a")), rule("ID", json!("a"))]);
    let put_lifecycle = "PutBucketLifecycleConfiguration";
    let cases = [
        ("PutBucketVersioning", json!({}), "InvalidRequest"),
        (
            "PutBucketVersioning",
            json!({"VersioningConfiguration": {}}),
            "IllegalVersioningConfigurationException",
        ),
        (
            "PutBucketVersioning",
            json!({"VersioningConfiguration": {"Status": "Off"}}),
            "MalformedXML",
        ),
        (
            "PutBucketVersioning",
            json!({"VersioningConfiguration": {"MFADelete": "Enabled"}}),
            "NotImplementedException",
        ),
        (
            "PutBucketRequestPayment",
            json!({"RequestPaymentConfiguration": {"Payer": "me"}}),
            "MalformedXML",
        ),
        (
            "PutBucketEncryption",
            json!({"ServerSideEncryptionConfiguration": {"Rules": []}}),
            "MalformedXML",
        ),
        (
            "PutBucketEncryption",
            encryption(json!({"SSEAlgorithm": "rot13"})),
            "MalformedXML",
        ),
        (
            "PutBucketEncryption",
            encryption(json!({"SSEAlgorithm": "AES256", "KMSMasterKeyID": "k"})),
            "InvalidArgument",
        ),
        ("PutPublicAccessBlock", json!({}), "InvalidRequest"),
        (put_lifecycle, lifecycle(json!([])), "MalformedXML"),
        (
            put_lifecycle,
            lifecycle(json!([rule("Status", json!("On"))])),
            "MalformedXML",
        ),
        (
            put_lifecycle,
            lifecycle(json!([rule("Prefix", json!("p"))])),
            "MalformedXML",
        ),
        (
            put_lifecycle,
            lifecycle(json!([no_action])),
            "InvalidRequest",
        ),
        (
            put_lifecycle,
            lifecycle(json!([rule("Expiration", json!({"Days": 0}))])),
            "InvalidArgument",
        ),
        (
            put_lifecycle,
            lifecycle(json!([rule("ID", json!("x".repeat(256)))])),
            "InvalidArgument",
        ),
        (put_lifecycle, lifecycle(twice), "InvalidArgument"),
        ("PutBucketWebsite", json!({}), "NotImplementedException"),
    ];
    let sandbox = sandbox();
    for (operation, mut input, code) in cases {
        input["Bucket"] = "own".into();
        let found = outcome(&sandbox, operation, input.clone()).await;
        assert_eq!(found, (400, code.to_owned()), "{operation} {input}");
    }
}

#[tokio::test]
async fn objects_come_back_as_they_were_put() {
    let sandbox = sandbox();
    let at = |key: &str| json!({"Bucket": "own", "Key": key});
    let put = json!({"Bucket": "own", "Key": "a/b", "Body": "aGVsbG8=", "IfNoneMatch": "*"});
    let made = ask(&sandbox, "PutObject", put.clone()).await.unwrap();
    let again = outcome(&sandbox, "PutObject", put).await;
    assert_eq!(again, (412, "PreconditionFailed".to_owned()));
    let read = ask(&sandbox, "GetObject", at("a/b")).await.unwrap();
    assert_eq!(read["Body"], "aGVsbG8=");
    assert_eq!(read["ContentLength"], 5);
    assert_eq!(read["ETag"], made["ETag"]);
    let head = ask(&sandbox, "HeadObject", at("a/b")).await.unwrap();
    assert_eq!(head["Body"], Value::Null);
    assert_eq!(head["ContentLength"], 5);
    ask(&sandbox, "DeleteObject", at("a/b")).await.unwrap();
    ask(&sandbox, "DeleteObject", at("a/b")).await.unwrap();
    for (operation, input, expected) in [
        ("GetObject", at("a/b"), (404, "NoSuchKey")),
        (
            "GetObject",
            at(&"k".repeat(1_025)),
            (400, "KeyTooLongError"),
        ),
        (
            "GetObject",
            json!({"Bucket": "own"}),
            (400, "InvalidRequest"),
        ),
        (
            "GetObject",
            json!({"Bucket": "own", "Key": "k", "Range": "bytes=0-1"}),
            (400, "NotImplementedException"),
        ),
        (
            "GetObject",
            json!({"Bucket": "foreign", "Key": "k"}),
            (403, "AccessDenied"),
        ),
        (
            "PutObject",
            json!({"Bucket": "own", "Key": "k", "Body": "?"}),
            (400, "InvalidArgument"),
        ),
        (
            "PutObject",
            json!({"Bucket": "shared", "Key": "k", "Body": ""}),
            (200, "ok"),
        ),
    ] {
        let (status, code) = outcome(&sandbox, operation, input.clone()).await;
        assert_eq!((status, code.as_str()), expected, "{operation} {input}");
    }
}

#[tokio::test]
async fn objects_are_listed_in_pages_and_groups() {
    let sandbox = sandbox();
    for key in ["a", "b/1", "b/2", "c", "d/1"] {
        let put = json!({"Bucket": "own", "Key": key, "Body": ""});
        ask(&sandbox, "PutObject", put).await.unwrap();
    }
    let list = async |mut input: Value| {
        input["Bucket"] = "own".into();
        let page = ask(&sandbox, "ListObjectsV2", input).await.unwrap();
        let named = |list: &str, member: &str| -> Vec<String> {
            let list = page[list].as_array().unwrap();
            list.iter()
                .map(|o| o[member].as_str().unwrap().to_owned())
                .collect()
        };
        let found = [named("Contents", "Key"), named("CommonPrefixes", "Prefix")].concat();
        (found, page["NextContinuationToken"].clone())
    };
    assert_eq!(list(json!({})).await.0, ["a", "b/1", "b/2", "c", "d/1"]);
    assert_eq!(list(json!({"Prefix": "b/"})).await.0, ["b/1", "b/2"]);
    assert_eq!(list(json!({"StartAfter": "b/2"})).await.0, ["c", "d/1"]);
    assert_eq!(
        list(json!({"Delimiter": "/"})).await.0,
        ["a", "c", "b/", "d/"]
    );
    let (first, token) = list(json!({"MaxKeys": 2, "Delimiter": "/"})).await;
    assert_eq!(first, ["a", "b/"]);
    let next = json!({"MaxKeys": 2, "Delimiter": "/", "ContinuationToken": token});
    assert_eq!(
        list(next).await,
        (vec!["c".to_owned(), "d/".to_owned()], Value::Null)
    );
    let wrong = json!({"Bucket": "own", "ContinuationToken": "x"});
    assert_eq!(
        outcome(&sandbox, "ListObjectsV2", wrong).await.1,
        "InvalidArgument"
    );
}
