use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::BucketSeed;

use crate::{all_refused, all_well, ask, told, world};

fn account(versioning: bool, object_lock: Option<Value>) -> Sandbox {
    let mut world = world();
    world.seed_bucket(BucketSeed {
        name: "logs".to_owned(),
        versioning,
        object_lock,
        ..BucketSeed::default()
    });
    Sandbox::new(world)
}

fn object(key: &str) -> Value {
    json!({"Bucket": "logs", "Key": key})
}

fn version(key: &str, id: &str) -> Value {
    json!({"Bucket": "logs", "Key": key, "VersionId": id})
}

async fn put(sandbox: &Sandbox, key: &str) -> Value {
    let input = json!({"Bucket": "logs", "Key": key, "Body": "YQ=="});
    let answer = ask(sandbox, "s3", "PutObject", input).await.unwrap();
    answer["VersionId"].clone()
}

/// Key, kind (an object or a marker) and whether it is the latest, newest first.
async fn listed(sandbox: &Sandbox) -> String {
    let bucket = json!({"Bucket": "logs"});
    let answer = ask(sandbox, "s3", "ListObjectVersions", bucket)
        .await
        .unwrap();
    let line = |kind: &'static str, one: &Value| {
        let latest = if one["IsLatest"] == json!(true) {
            "!"
        } else {
            ""
        };
        format!("{}{kind}{latest}", one["Key"].as_str().unwrap())
    };
    let objects = answer["Versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| line("o", one));
    let markers = answer["DeleteMarkers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| line("m", one));
    objects.chain(markers).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_deletion_puts_a_marker_and_only_a_version_goes_for_good() {
    let sandbox = account(true, None);
    let first = put(&sandbox, "a").await;
    let second = put(&sandbox, "a").await;
    assert_ne!(first, second);
    assert_eq!(listed(&sandbox).await, "ao! ao");
    let marker = ask(&sandbox, "s3", "DeleteObject", object("a"))
        .await
        .unwrap();
    assert_eq!(marker["DeleteMarker"], json!(true));
    assert_eq!(listed(&sandbox).await, "ao ao am!");
    let id = |id: &Value| version("a", id.as_str().unwrap());
    let refused = [
        ("GetObject", object("a"), "NoSuchKey"),
        ("HeadObject", object("a"), "NotFound"),
        ("GetObject", id(&marker["VersionId"]), "MethodNotAllowed"),
        ("GetObject", version("a", "none"), "NoSuchVersion"),
        ("DeleteBucket", json!({"Bucket": "logs"}), "BucketNotEmpty"),
    ];
    all_refused(&sandbox, "s3", &refused).await;
    let body = told(&sandbox, "s3", "GetObject", id(&first), "/Body").await;
    assert_eq!(body, json!("YQ=="));
    // without the marker the object is back
    all_well(
        &sandbox,
        "s3",
        &[
            ("DeleteObject", id(&marker["VersionId"])),
            ("GetObject", object("a")),
        ],
    )
    .await;
    all_well(
        &sandbox,
        "s3",
        &[("DeleteObject", id(&first)), ("DeleteObject", id(&second))],
    )
    .await;
    assert_eq!(listed(&sandbox).await, "");
    all_well(
        &sandbox,
        "s3",
        &[("DeleteBucket", json!({"Bucket": "logs"}))],
    )
    .await;
}

#[tokio::test]
async fn without_versioning_nothing_is_left_and_suspended_only_the_null_version_is_replaced() {
    let sandbox = account(false, None);
    assert_eq!(put(&sandbox, "a").await, Value::Null);
    all_well(&sandbox, "s3", &[("DeleteObject", object("a"))]).await;
    assert_eq!(listed(&sandbox).await, "");
    let switch =
        |status: &str| json!({"Bucket": "logs", "VersioningConfiguration": {"Status": status}});
    all_well(
        &sandbox,
        "s3",
        &[("PutBucketVersioning", switch("Enabled"))],
    )
    .await;
    put(&sandbox, "a").await;
    all_well(
        &sandbox,
        "s3",
        &[("PutBucketVersioning", switch("Suspended"))],
    )
    .await;
    assert_eq!(put(&sandbox, "a").await, json!("null"));
    assert_eq!(put(&sandbox, "a").await, json!("null"));
    assert_eq!(listed(&sandbox).await, "ao! ao");
    all_well(&sandbox, "s3", &[("DeleteObject", object("a"))]).await;
    assert_eq!(listed(&sandbox).await, "ao am!");
}

#[tokio::test]
async fn many_objects_go_at_once_and_locked_versions_stay() {
    let retention = json!({"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}});
    let lock = json!({"ObjectLockEnabled": "Enabled", "Rule": retention});
    let sandbox = account(true, Some(lock));
    let locked = put(&sandbox, "a").await;
    put(&sandbox, "b").await;
    let delete = |quiet: bool, bypass: bool| {
        json!({"Bucket": "logs", "BypassGovernanceRetention": bypass, "Delete": {"Quiet": quiet,
            "Objects": [{"Key": "a", "VersionId": locked}, {"Key": "b"}]}})
    };
    let answer = ask(&sandbox, "s3", "DeleteObjects", delete(false, false))
        .await
        .unwrap();
    let error = &answer["Errors"][0];
    assert_eq!(
        (&error["Key"], &error["Code"]),
        (&json!("a"), &json!("AccessDenied"))
    );
    let deleted = &answer["Deleted"][0];
    assert_eq!(
        (&deleted["Key"], &deleted["DeleteMarker"]),
        (&json!("b"), &json!(true))
    );
    let answer = ask(&sandbox, "s3", "DeleteObjects", delete(true, true))
        .await
        .unwrap();
    assert_eq!(answer, json!({"Deleted": [], "Errors": []}));
    let key = version("a", locked.as_str().unwrap());
    let empty = json!({"Bucket": "logs", "Delete": {"Objects": []}});
    let marker = json!({"Bucket": "logs", "VersionIdMarker": "x"});
    let refused = [
        ("GetObject", key, "NoSuchVersion"),
        ("DeleteObjects", empty, "MalformedXML"),
        ("DeleteObjects", json!({"Bucket": "logs"}), "InvalidRequest"),
        (
            "DeleteObjects",
            json!({"Bucket": "none", "Delete": {"Objects": [{"Key": "a"}]}}),
            "NoSuchBucket",
        ),
        ("ListObjectVersions", marker, "InvalidArgument"),
    ];
    all_refused(&sandbox, "s3", &refused).await;
}

#[tokio::test]
async fn pages_of_versions_hold_each_version_once() {
    let sandbox = account(true, None);
    for key in ["a", "a", "b", "a", "c"] {
        put(&sandbox, key).await;
    }
    let (mut key, mut id, mut seen) = (Value::Null, Value::Null, Vec::new());
    loop {
        let input =
            json!({"Bucket": "logs", "MaxKeys": 2, "KeyMarker": key, "VersionIdMarker": id});
        let answer = ask(&sandbox, "s3", "ListObjectVersions", input)
            .await
            .unwrap();
        for one in answer["Versions"].as_array().unwrap() {
            seen.push((one["Key"].clone(), one["VersionId"].clone()));
        }
        if answer["IsTruncated"] == json!(false) {
            break;
        }
        key = answer["NextKeyMarker"].clone();
        id = answer["NextVersionIdMarker"].clone();
    }
    let keys: String = seen.iter().filter_map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, "aaabc");
    seen.sort_by_key(|(_, id)| id.to_string());
    seen.dedup();
    assert_eq!(seen.len(), 5);
}
