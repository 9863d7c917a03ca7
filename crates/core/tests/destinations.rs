//! What a repair may make a trail deliver to.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use serde_json::{Value, json};
use trailkeeper_core::Caller;
use trailkeeper_core::remediation::{Destinations, RepairRequest};

const BUCKET: &str = "amzn-s3-demo-logs";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:trail";
const GROUP: &str = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/path/trail-to-logs";
const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn caller() -> Caller {
    Caller {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

/// What the list makes of a request for the bucket and `more`; the empty text: it is allowed.
fn checked(list: &str, more: &Value) -> String {
    let mut payload = json!({"CloudTrailName": "org-audit", "CloudTrailS3BucketName": BUCKET});
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    let request = RepairRequest::parse(&payload).unwrap();
    let list = Destinations::parse(list).unwrap();
    match list.check(&request, &caller()) {
        Ok(()) => String::new(),
        Err(error) => {
            assert_eq!(error.code(), "destination-not-allowed");
            let text = error.to_string();
            let start = format!(
                "destination-not-allowed: {} asks for `{}`,",
                error.parameter, error.value
            );
            assert!(text.starts_with(&start), "{text}");
            error.parameter.to_owned()
        }
    }
}

#[test]
fn only_what_is_listed_is_allowed() {
    let owner = "CloudTrailS3BucketOwner";
    let (key, topic) = ("CloudTrailKmsKeyId", "SnsTopicName");
    let cases = [
        // the list besides the bucket, the parameter, its value, whether it is allowed
        (owner, "444455556666", "444455556666", true),
        (owner, "444455556666", "999988887777", false),
        (owner, "444455556666", "", true),
        // keys: by ARN, id or alias
        (key, KEY, KEY, true),
        (key, KEY, KEY_ID, true),
        (key, KEY_ID, KEY, true),
        (key, KEY_ID, KEY_ID, true),
        (key, KEY, "", true),
        (key, KEY, "1234abcd-12ab-34cd-56ef-000000000000", false),
        (key, KEY, "alias/trail", false),
        (key, "alias/trail", "alias/trail", true),
        (key, "alias/trail", KEY, false),
        (
            key,
            "alias/trail",
            "arn:aws:kms:us-east-1:999988887777:alias/trail",
            false,
        ),
        (
            key,
            "arn:aws:kms:us-east-1:999988887777:alias/trail",
            "alias/trail",
            false,
        ),
        (
            key,
            KEY_ID,
            "arn:aws:kms:us-east-1:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            false,
        ),
        (
            key,
            "arn:aws:kms:us-east-1:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            KEY_ID,
            false,
        ),
        (
            key,
            "mrk-1234abcd12ab34cd56ef1234567890ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
            true,
        ),
        // topics: by ARN or by the name of one of this account
        (topic, TOPIC, TOPIC, true),
        (topic, TOPIC, "trail", true),
        (topic, "trail", TOPIC, true),
        (topic, "trail", "trail", true),
        (
            topic,
            "trail",
            "arn:aws:sns:us-east-1:999988887777:trail",
            false,
        ),
        (
            topic,
            "arn:aws:sns:us-east-1:999988887777:trail",
            "trail",
            false,
        ),
        (
            topic,
            TOPIC,
            "arn:aws:sns:us-east-1:999988887777:trail",
            false,
        ),
        (topic, TOPIC, "other", false),
        ("BaselineSha256", HASH, HASH, true),
        ("BaselineSha256", &HASH.to_uppercase(), HASH, true),
        ("BaselineSha256", TOPIC, HASH, false),
        // what stands for one thing does not stand for another
        (topic, "444455556666", "444455556666", false),
        (topic, KEY_ID, KEY_ID, false),
        (key, HASH, HASH, false),
    ];
    for (parameter, listed, value, is_allowed) in cases {
        let list = format!("{BUCKET}, {listed}");
        let wanted = if is_allowed { "" } else { parameter };
        let given = json!({ parameter: value });
        assert_eq!(
            checked(&list, &given),
            wanted,
            "{list}: {parameter}={value}"
        );
    }
}

#[test]
fn a_bucket_is_allowed_by_its_name_alone() {
    let bucket = |list: &str, name: &str| checked(list, &json!({"CloudTrailS3BucketName": name}));
    let other = "CloudTrailS3BucketName";
    assert_eq!(bucket("amzn-s3-demo-bucket,amzn-s3-demo-logs", BUCKET), "");
    assert_eq!(bucket(BUCKET, "amzn-s3-demo-logs2"), other);
    assert_eq!(bucket(BUCKET, "amzn-s3-demo"), other);
    // anybody may give a bucket such a name
    for name in ["444455556666", KEY_ID] {
        let list = format!("{BUCKET},{name}");
        assert_eq!(bucket(&list, name), other, "{name}");
    }
}

#[test]
fn log_group_and_role_are_each_looked_up() {
    let given = |group: &str, role: &str| json!({"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role});
    let bare = GROUP.trim_end_matches(":*");
    let list = format!("{BUCKET},,{GROUP},{ROLE},");
    assert_eq!(checked(&list, &given(GROUP, ROLE)), "");
    assert_eq!(checked(&list, &given(bare, ROLE)), "");
    let bare_list = format!("{BUCKET},{bare},{ROLE}");
    assert_eq!(checked(&bare_list, &given(GROUP, ROLE)), "");
    let theirs = GROUP.replace("111122223333", "999988887777");
    assert_eq!(
        checked(&list, &given(&theirs, ROLE)),
        "CloudWatchLogsLogGroupArn"
    );
    let theirs = "arn:aws:iam::111122223333:role/trail-to-logs";
    assert_eq!(
        checked(&list, &given(GROUP, theirs)),
        "CloudWatchLogsRoleArn"
    );
}

#[test]
fn a_list_that_lists_nothing_or_what_nothing_is_called_is_refused() {
    for (text, item) in [
        (",", ","),
        ("amzn-s3-demo-logs,a b", "a b"),
        (
            "amzn-s3-demo-logs,arn:aws:sqs:us-east-1:111122223333:queue",
            "arn:aws:sqs:us-east-1:111122223333:queue",
        ),
        ("amzn-s3-demo-logs,*", "*"),
    ] {
        let (refused, _) = Destinations::parse(text).unwrap_err();
        assert_eq!(refused, item);
    }
}
