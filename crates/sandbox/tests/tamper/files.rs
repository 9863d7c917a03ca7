use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, TrailSeed, cloudtrail_bucket_policy};

use crate::{OTHER, OWN, REGION, all_refused, all_well, ask, told, world};

/// A single-Region trail that records, in a bucket with this key as its default encryption.
fn account(keep: bool, bucket_key: Option<&str>) -> Sandbox {
    let mut world = world();
    let arn = world.trail_arn(REGION, OWN, "main");
    world.seed_key(KeySeed::default());
    let foreign = KeySeed {
        id: "9a2b3c4d-1111-4222-8333-0123456789ab".to_owned(),
        account: Some(OTHER.to_owned()),
        policy: Some(json!({"Version": "2012-10-17", "Statement": []}).to_string()),
        ..KeySeed::default()
    };
    world.seed_key(foreign);
    world.seed_bucket(BucketSeed {
        name: "logs".to_owned(),
        policy: Some(cloudtrail_bucket_policy("aws", "logs", None, OWN, &arn)),
        kms_key: bucket_key.map(str::to_owned),
        ..BucketSeed::default()
    });
    let mut trail = TrailSeed::healthy("main", REGION, "logs", world.now());
    trail.settings.is_multi_region_trail = false;
    world.seed_trail(trail);
    if keep {
        world.keep_log_files();
    }
    Sandbox::new(world)
}

async fn keys(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let input = json!({"Bucket": "logs", "Prefix": format!("AWSLogs/{OWN}/{folder}/{REGION}/")});
    let list = told(sandbox, "s3", "ListObjectsV2", input, "/Contents").await;
    let key = |entry: &Value| entry["Key"].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(key).collect()
}

async fn text(sandbox: &Sandbox, key: &str) -> String {
    let input = json!({"Bucket": "logs", "Key": key});
    let body = told(sandbox, "s3", "GetObject", input, "/Body").await;
    let zipped = STANDARD.decode(body.as_str().unwrap()).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(zipped.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn digests(sandbox: &Sandbox) -> Vec<Value> {
    let mut found = Vec::new();
    for key in keys(sandbox, "CloudTrail-Digest").await {
        found.push(serde_json::from_str(&text(sandbox, &key).await).unwrap());
    }
    found
}

#[tokio::test]
async fn digests_form_a_chain_over_log_files_that_are_there() {
    let sandbox = account(true, None);
    let tag = json!({"Bucket": "logs", "Tagging": {"TagSet": []}});
    all_well(&sandbox, "s3", &[("PutBucketTagging", tag)]).await;
    sandbox.advance(SignedDuration::from_hours(3));
    let digests = digests(&sandbox).await;
    assert_eq!(digests.len(), 3);
    assert_eq!(digests[0]["previousDigestS3Object"], Value::Null);
    for pair in digests.windows(2) {
        assert_eq!(pair[1]["previousDigestS3Object"], pair[0]["digestS3Object"]);
        let before = text(&sandbox, pair[0]["digestS3Object"].as_str().unwrap()).await;
        assert_eq!(pair[1]["previousDigestHashValue"], json!(hash(&before)));
        assert_eq!(pair[1]["digestStartTime"], pair[0]["digestEndTime"]);
    }
    let mut named = Vec::new();
    for log in digests
        .iter()
        .flat_map(|digest| digest["logFiles"].as_array().unwrap())
    {
        let key = log["s3Object"].as_str().unwrap();
        assert_eq!(
            log["hashValue"],
            json!(hash(&text(&sandbox, key).await)),
            "{key}"
        );
        named.push(key.to_owned());
    }
    let mut logs = keys(&sandbox, "CloudTrail").await;
    assert!(named.iter().all(|key| logs.contains(key)));
    // the last digest is 24 minutes old at the end: five log files wait for the next one
    assert_eq!((named.len(), logs.len()), (31, 36));
    logs.sort();
    let records: Value = serde_json::from_str(&text(&sandbox, &logs[0]).await).unwrap();
    assert_eq!(
        records["Records"][0]["eventName"],
        json!("PutBucketTagging")
    );
}

#[tokio::test]
async fn a_stop_breaks_the_chain_and_without_the_wish_nothing_is_kept() {
    let sandbox = account(true, None);
    let name = json!({"Name": "main"});
    sandbox.advance(SignedDuration::from_hours(2));
    all_well(&sandbox, "cloudtrail", &[("StopLogging", name.clone())]).await;
    sandbox.advance(SignedDuration::from_hours(2));
    assert_eq!(digests(&sandbox).await.len(), 2);
    all_well(&sandbox, "cloudtrail", &[("StartLogging", name)]).await;
    sandbox.advance(SignedDuration::from_hours(2));
    let digests = digests(&sandbox).await;
    let starts = digests
        .iter()
        .filter(|one| one["previousDigestS3Object"].is_null());
    assert_eq!((digests.len(), starts.count()), (4, 2));
    let quiet = account(false, None);
    quiet.advance(SignedDuration::from_hours(2));
    assert!(keys(&quiet, "CloudTrail").await.is_empty());
}

#[tokio::test]
async fn the_default_encryption_of_the_bucket_can_keep_logs_out() {
    let own = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-4222-8333-0123456789ab";
    let foreign = "arn:aws:kms:eu-west-1:444455556666:key/9a2b3c4d-1111-4222-8333-0123456789ab";
    let gone = "arn:aws:kms:eu-west-1:444455556666:key/7a2b3c4d-1111-4222-8333-0123456789ab";
    let cases = [
        (None, Value::Null),
        (Some(own), Value::Null),
        (Some(foreign), json!("AccessDenied")),
        (Some(gone), json!("KMS.NotFoundException")),
    ];
    for (key, wanted) in cases {
        let sandbox = account(true, key);
        sandbox.advance(SignedDuration::from_mins(10));
        let name = json!({"Name": "main"});
        let at = "/LatestDeliveryError";
        let error = told(&sandbox, "cloudtrail", "GetTrailStatus", name, at).await;
        assert_eq!(error, wanted, "{key:?}");
        let logs = keys(&sandbox, "CloudTrail").await;
        assert_eq!(logs.is_empty(), !wanted.is_null(), "{key:?}");
    }
}

#[tokio::test]
async fn the_aggregation_of_data_events_is_told_and_checked() {
    let sandbox = account(false, None);
    let with = |configurations: Value| json!({"TrailName": "main", "AggregationConfigurations": configurations});
    let one = json!([{"Templates": ["API_ACTIVITY"], "EventCategory": "Data"}]);
    let put = "PutEventConfiguration";
    all_well(&sandbox, "cloudtrail", &[(put, with(one.clone()))]).await;
    let name = json!({"TrailName": "main"});
    let answer = ask(&sandbox, "cloudtrail", "GetEventConfiguration", name)
        .await
        .unwrap();
    assert_eq!(answer["AggregationConfigurations"], one);
    let bad = "InvalidParameterException";
    let combination = "InvalidParameterCombinationException";
    let cases = [
        (
            with(json!([{"Templates": ["API_ACTIVITY"], "EventCategory": "Management"}])),
            bad,
        ),
        (
            with(json!([{"Templates": ["ALL"], "EventCategory": "Data"}])),
            bad,
        ),
        (
            with(json!([{"Templates": [], "EventCategory": "Data"}])),
            bad,
        ),
        (with(json!([one[0], one[0]])), bad),
        (
            json!({"TrailName": "main", "MaxEventSize": "Large"}),
            combination,
        ),
        (json!({}), combination),
        (json!({"TrailName": "none"}), "TrailNotFoundException"),
    ];
    for (input, code) in cases {
        // one write a second
        sandbox.advance(SignedDuration::from_secs(1));
        all_refused(&sandbox, "cloudtrail", &[(put, input, code)]).await;
    }
}
