//! Which calls a baseline and the check of log files take.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use trailkeeper_app::baseline::capture;
use trailkeeper_app::evaluate::judge_account;
use trailkeeper_core::Fact;
use trailkeeper_core::baseline::{key_of, sha256_of};
use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView, Verdict};
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::{GET_BUCKET_LIFECYCLE, LIST_TAGS};

use crate::world::{OWN, World, caller, error, healthy, time};

fn tagged() -> TrailView {
    let mut view = healthy(OWN, "eu-west-1", "audit");
    view.beside.tags = Some(Fact::Known(BTreeMap::new()));
    view
}

async fn judge(world: World, wanted: &Requirements) -> (Verdict, Arc<World>) {
    let world = Arc::new(world);
    let now = time("2026-03-02T10:00:00Z");
    let verdict = judge_account(world.ports().readers(), wanted, &caller(), now).await;
    (verdict, world)
}

/// A world with the trail and its baseline, and what names it.
async fn with_baseline() -> (World, Requirements) {
    let world = Arc::new(World::of(vec![tagged()]));
    let now = time("2026-03-02T09:00:00Z");
    let wanted = Requirements::default();
    let baseline = capture(world.ports().readers(), &wanted, &caller(), now).await;
    let bytes = baseline.unwrap().to_bytes();
    let sha256 = sha256_of(&bytes);
    let mut world = World::of(vec![tagged()]);
    world.objects.insert(key_of(&sha256), bytes);
    let wanted = Requirements {
        baseline_sha256: Some(sha256),
        ..wanted
    };
    (world, wanted)
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.findings.iter().map(|one| one.code).collect()
}

#[tokio::test]
async fn a_baseline_takes_thirteen_reads_and_one_round_trip_more() {
    let (world, wanted) = with_baseline().await;
    let (verdict, world) = judge(world, &wanted).await;
    assert_eq!(codes(&verdict), []);
    let calls = world.calls();
    assert_eq!(
        calls.len(),
        7 + 1 + 1 + BucketSetting::ALL.len(),
        "{calls:?}"
    );
    assert_eq!(world.round_trips(), 3);
    let key = key_of(wanted.baseline_sha256.as_deref().unwrap());
    let object = format!("GetObject amzn-s3-demo-audit {OWN} {key}");
    assert!(calls.contains(&object), "{calls:?}");
    for setting in BucketSetting::ALL {
        let call = format!("{} amzn-s3-demo-audit eu-west-1", setting.read_by().name);
        assert!(calls.contains(&call), "{call}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_the_right_one_is_not_asked() {
    let (world, wanted) = with_baseline().await;
    let wanted = Requirements {
        bucket: Some("amzn-s3-demo-other".to_owned()),
        ..wanted
    };
    let (verdict, world) = judge(world, &wanted).await;
    assert_eq!(codes(&verdict), [Code::WrongBucket]);
    assert!(
        !world
            .calls()
            .iter()
            .any(|call| call.starts_with("GetObject"))
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_not_verified() {
    let (mut world, wanted) = with_baseline().await;
    let denied = |operation| Fact::from_call(Err(error(operation, "AccessDenied")));
    let beside = &mut world.trails[0].beside;
    beside.tags = Some(Fact::from_call(Err(error(LIST_TAGS, "AccessDenied"))));
    let lifecycle = denied(GET_BUCKET_LIFECYCLE);
    beside.settings.insert(BucketSetting::Lifecycle, lifecycle);
    let (verdict, _) = judge(world, &wanted).await;
    assert_eq!(
        codes(&verdict),
        [Code::CouldNotVerify, Code::CouldNotVerify]
    );
    let (mut world, wanted) = with_baseline().await;
    world.objects.clear();
    let (verdict, _) = judge(world, &wanted).await;
    assert_eq!(codes(&verdict), [Code::BaselineUnusable]);
}

const FOLDER: &str = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/";

fn digest_key(hour: &str) -> String {
    let name = format!("{OWN}_CloudTrail-Digest_eu-west-1_audit_eu-west-1");
    format!("{FOLDER}{name}_20260302T{hour}3500Z.json.gz")
}

fn zipped(digest: &Value) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::fast());
    zip.write_all(digest.to_string().as_bytes()).unwrap();
    zip.finish().unwrap()
}

/// Two digests, the second of which names the first one and a log file.
fn digests() -> BTreeMap<String, Vec<u8>> {
    let older = json!({"digestS3Object": digest_key("08"), "logFiles": []});
    let newer = json!({
        "digestS3Object": digest_key("09"),
        "previousDigestS3Bucket": "amzn-s3-demo-audit",
        "previousDigestS3Object": digest_key("08"),
        "previousDigestHashValue": sha256_of(older.to_string().as_bytes()),
        "logFiles": [
            {"s3Bucket": "amzn-s3-demo-audit", "s3Object": "log", "hashValue": "00"},
        ],
    });
    [
        (digest_key("08"), zipped(&older)),
        (digest_key("09"), zipped(&newer)),
        ("log".to_owned(), Vec::new()),
    ]
    .into()
}

type Change = fn(&mut BTreeMap<String, Vec<u8>>);

#[tokio::test]
async fn log_files_are_looked_for_as_the_digests_name_them() {
    let wanted = Requirements {
        check_log_files: true,
        ..Requirements::default()
    };
    let cases: [(Change, &str); 6] = [
        (|_| (), ""),
        (
            |objects| {
                objects.remove("log");
            },
            "1 of 1 named by digest",
        ),
        (
            |objects| {
                objects.remove(&digest_key("08"));
            },
            "1 of 2 named by digest",
        ),
        (
            |objects| {
                let other = json!({"digestS3Object": digest_key("08"), "logFiles": [], "x": 1});
                objects.insert(digest_key("08"), zipped(&other));
            },
            "is not the one that",
        ),
        (
            |objects| {
                objects.insert(digest_key("09"), b"no gzip".to_vec());
            },
            "it cannot be decompressed",
        ),
        (
            BTreeMap::clear,
            "no digest is there, though one was delivered",
        ),
    ];
    for (change, evidence) in cases {
        let mut world = World::of(vec![healthy(OWN, "eu-west-1", "audit")]);
        world.objects = digests();
        change(&mut world.objects);
        let (verdict, _) = judge(world, &wanted).await;
        let found: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
        match evidence {
            "" => assert!(found.is_empty(), "{found:?}"),
            _ => {
                assert_eq!(codes(&verdict), [Code::LogFilesMissing], "{evidence}");
                assert!(found[0].contains(evidence), "{found:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_check_of_log_files_takes_four_reads_for_two_digests_and_a_log() {
    let mut world = World::of(vec![healthy(OWN, "eu-west-1", "audit")]);
    world.objects = digests();
    let wanted = Requirements {
        check_log_files: true,
        ..Requirements::default()
    };
    let (verdict, world) = judge(world, &wanted).await;
    assert_eq!(codes(&verdict), []);
    let listed = format!("ListObjectsV2 {FOLDER}");
    assert!(world.calls().contains(&listed), "{:?}", world.calls());
    assert_eq!(world.calls().len(), 7 + 1 + 2 + 1);
}
