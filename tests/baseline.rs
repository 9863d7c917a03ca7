//! What only a record of before can undo or notice: B16, B20, B24, B26 to B32.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code: a wrong set-up must end the test"
)]

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_sandbox::attacks::{Target, Way, ways};
use trailkeeper_sandbox::seed::{BucketSeed, EventSelectors, KeySeed};
use trailkeeper_sandbox::{Fault, FaultKind, When, World};
use trailkeeper_tests::{
    ACCOUNT, Account, BUCKET, HOME, KEY_ID, RULE, TRAIL, bucket_policy, healthy_trail, key_arn,
    now, outcome_of,
};

fn target() -> Target {
    let text = str::to_owned;
    Target {
        account: text(ACCOUNT),
        region: text(HOME),
        trail: text(TRAIL),
        bucket: text(BUCKET),
        key_id: text(KEY_ID),
        topic: text("audit"),
        log_group: text("audit"),
        log_role: text("cloudtrail-to-logs"),
        rule: text(RULE),
        evaluator: text("trailkeeper-evaluator"),
        remediator: text("trailkeeper-remediator"),
        runbook: text("Trailkeeper-RestoreCloudTrail"),
        event_rule: text("trailkeeper-trail-events"),
        detector: text("12abc34d567e8fa901bc2d34e56789f0"),
    }
}

fn data_selector() -> Value {
    json!({
        "ReadWriteType": "All",
        "IncludeManagementEvents": true,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        "ExcludeManagementEventSources": [],
    })
}

/// An account whose bucket has everything that can be taken from it. Versioning cannot be
/// suspended of a bucket that is locked or replicated: `locked` says whether it is.
fn world(locked: bool) -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(true)),
        versioning: true,
        lifecycle: vec![json!({
            "ID": "keep", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Expiration": {"Days": 365},
        })],
        public_access_block: true,
        object_ownership: Some("BucketOwnerEnforced".to_owned()),
        kms_key: Some(key_arn()),
        object_lock: locked.then(|| {
            json!({
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}},
            })
        }),
        replication: locked.then(|| {
            json!({
                "Role": "arn:aws:iam::111122223333:role/replicate",
                "Rules": [{
                    "Status": "Enabled", "Priority": 1, "Filter": {},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": "arn:aws:s3:::amzn-s3-demo-copies"},
                }],
            })
        }),
        ..BucketSeed::default()
    });
    world.seed_bucket(BucketSeed {
        name: "amzn-s3-demo-copies".to_owned(),
        versioning: true,
        ..BucketSeed::default()
    });
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        ..KeySeed::default()
    });
    let mut trail = healthy_trail(HOME, TRAIL);
    let tags = [("protected", "true"), ("team", "audit")];
    trail.tags = tags
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    trail.selectors = EventSelectors::Basic(vec![data_selector()]);
    world.seed_trail(trail);
    target().seed_intruder(&mut world);
    world
}

/// The healthy account with a baseline, which rule and runbook are given.
async fn account(world: World) -> Account {
    let account = Account::of(world);
    let sha256 = captured(&account).await;
    account.with("BaselineSha256", sha256)
}

/// Captures and stores a baseline.
async fn captured(account: &Account) -> String {
    let ports = account.evaluate_ports();
    let (wanted, now) = (Requirements::default(), account.sandbox.now());
    let baseline = capture(ports.readers(), &wanted, &account.caller, now).await;
    let baseline = baseline.expect("the account is healthy");
    let sha256 = store(&account.sandbox, &baseline).await.unwrap();
    assert_eq!(baseline.bucket.settings.len(), BucketSetting::ALL.len());
    sha256
}

/// An id, the name of a way, what is found, and the writes that undo it.
type Case = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const UNDONE: &[Case] = &[
    (
        "B16",
        "no data events",
        &["data-events-missing"],
        &["PutEventSelectors"],
    ),
    (
        "B16",
        "of one bucket only",
        &["data-events-missing"],
        &["PutEventSelectors"],
    ),
    ("B20", "taken off", &["trail-tags-changed"], &["AddTags"]),
    (
        "B20",
        "another value",
        &["trail-tags-changed"],
        &["AddTags"],
    ),
    (
        "B26",
        "after a day",
        &["bucket-lifecycle-changed"],
        &["PutBucketLifecycleConfiguration"],
    ),
    (
        "B28",
        "suspend",
        &["bucket-versioning-off"],
        &["PutBucketVersioning"],
    ),
    (
        "B29",
        "the intruder's key",
        &["bucket-encryption-changed"],
        &["PutBucketEncryption"],
    ),
    (
        "B29",
        "back to the default",
        &["bucket-encryption-changed"],
        &["PutBucketEncryption"],
    ),
    (
        "B31",
        "Requester Pays",
        &["bucket-requester-pays"],
        &["PutBucketRequestPayment"],
    ),
    (
        "B31",
        "the writer owns",
        &["bucket-ownership-changed"],
        &["PutBucketOwnershipControls"],
    ),
];

/// The codes that no step repairs.
const LEFT: [&str; 3] = [
    "bucket-protection-changed",
    "bucket-exposed",
    "bucket-open-to-others",
];

/// What is told and left: nothing is written but what else the attack has changed.
const NOTICED: &[Case] = &[
    (
        "B30",
        "object lock without retention",
        &["bucket-protection-changed"],
        &[],
    ),
    ("B30", "no replication", &["bucket-protection-changed"], &[]),
    (
        "B31",
        "an open ACL",
        &[
            "bucket-ownership-changed",
            "bucket-acl-changed",
            "bucket-exposed",
        ],
        &["PutBucketAcl", "PutBucketOwnershipControls"],
    ),
    ("B32", "public access allowed", &["bucket-exposed"], &[]),
    ("B32", "no public access block", &["bucket-exposed"], &[]),
    (
        "B32",
        "readable by everybody",
        &["bucket-exposed", "bucket-open-to-others"],
        &[],
    ),
];

fn way(id: &str, name: &str) -> Way {
    let mut ways = ways(id, &target()).into_iter();
    ways.find(|way| way.name == name).expect("such a way")
}

/// The account after the attack, with what is found.
async fn attacked((id, name, found, _): Case) -> Account {
    let locked = id == "B30";
    let account = account(world(locked)).await;
    assert_eq!(account.findings().await, [""; 0], "{id} {name}: before");
    let done = way(id, name).perform(&account.sandbox, &target()).await;
    assert_eq!(
        done.err().map(|failure| failure.to_string()),
        None,
        "{id} {name}"
    );
    assert_eq!(account.findings().await, found, "{id} {name}");
    account.sandbox.clear_calls();
    account
}

#[tokio::test]
async fn what_was_there_before_is_put_back_once() {
    for case in UNDONE {
        let (id, name, _, writes) = *case;
        let account = attacked(*case).await;
        let ending = account.repair().await;
        assert_eq!(outcome_of(&ending), "repaired", "{id} {name}: {ending:?}");
        assert_eq!(account.writes(), writes, "{id} {name}");
        assert_eq!(account.findings().await, [""; 0], "{id} {name}: after");
        account.sandbox.clear_calls();
        let ending = account.repair().await;
        assert_eq!(outcome_of(&ending), "already-healthy", "{id} {name}");
        assert_eq!(account.writes(), [""; 0], "{id} {name}: second run");
    }
}

#[tokio::test]
async fn what_nobody_may_decide_is_told_and_left() {
    for case in NOTICED {
        let (id, name, found, writes) = *case;
        let account = attacked(*case).await;
        let ending = account.repair().await;
        assert_eq!(account.writes(), writes, "{id} {name}: {ending:?}");
        let left: Vec<&str> = found
            .iter()
            .copied()
            .filter(|code| LEFT.contains(code))
            .collect();
        assert_eq!(account.findings().await, left, "{id} {name}");
        account.sandbox.clear_calls();
        let ending = account.repair().await;
        let first = left.first().unwrap();
        assert_eq!(
            outcome_of(&ending),
            format!("failed:{first}"),
            "{id} {name}"
        );
        assert_eq!(account.writes(), [""; 0], "{id} {name}: second run");
    }
}

/// A trail that records data events by advanced selectors is given basic ones.
#[tokio::test]
async fn b16_advanced_selectors_come_back_as_such() {
    let mut seeded = world(false);
    let mut trail = healthy_trail(HOME, TRAIL);
    let equals = |field: &str, value: &str| json!({"Field": field, "Equals": [value]});
    trail.selectors = EventSelectors::Advanced(vec![
        json!({"Name": "m", "FieldSelectors": [equals("eventCategory", "Management")]}),
        json!({"Name": "d", "FieldSelectors": [
            equals("eventCategory", "Data"),
            equals("resources.type", "AWS::Lambda::Function"),
        ]}),
    ]);
    seeded.seed_trail(trail);
    let account = account(seeded).await;
    assert_eq!(account.findings().await, [""; 0]);
    let attack = way("B16", "of one bucket only");
    attack.perform(&account.sandbox, &target()).await.unwrap();
    assert_eq!(account.findings().await, ["data-events-missing"]);
    account.sandbox.clear_calls();
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    assert_eq!(account.writes(), ["PutEventSelectors"]);
    assert_eq!(account.findings().await, [""; 0]);
    // what the basic selectors recorded in addition stays
    let read = json!({"TrailName": TRAIL});
    let seen = account.act("cloudtrail", "GetEventSelectors", read).await;
    assert!(
        seen.to_string()
            .contains("arn:aws:s3:::amzn-s3-demo-bucket/")
    );
    account.sandbox.clear_calls();
    account.repair().await.unwrap();
    assert_eq!(account.writes(), [""; 0]);
}

#[tokio::test]
async fn b24_the_bucket_is_made_anew_where_that_is_allowed() {
    let account = Account::of(world(false));
    let attack = way("B24", "delete");
    attack.perform(&account.sandbox, &target()).await.unwrap();
    assert_eq!(account.findings().await, ["bucket-missing"]);
    account.sandbox.clear_calls();
    let refused = account.repair().await;
    assert_eq!(outcome_of(&refused), "failed:bucket-missing");
    assert_eq!(account.writes(), [""; 0]);
    let account = account.with("RecreateBucket", true);
    let planned = account.clone().with("Mode", "Plan");
    let plan = planned.repair().await.unwrap();
    let steps: Vec<String> = plan.steps.iter().map(ToString::to_string).collect();
    assert!(
        steps.contains(&"create-bucket: planned".to_owned()),
        "{steps:?}"
    );
    assert!(
        steps.contains(&"put-bucket-policy: planned".to_owned()),
        "{steps:?}"
    );
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    let writes = account.writes();
    assert_eq!(writes.first().map(String::as_str), Some("CreateBucket"));
    assert_eq!(writes.last().map(String::as_str), Some("PutBucketPolicy"));
    assert!(
        writes.contains(&"PutBucketVersioning".to_owned()),
        "{writes:?}"
    );
    account.pass(90);
    assert_eq!(account.findings().await, [""; 0]);
    account.sandbox.clear_calls();
    account.repair().await.unwrap();
    assert_eq!(account.writes(), [""; 0]);
}

/// A bucket and its trail are both gone: the bucket comes first.
#[tokio::test]
async fn b24_with_the_trail_gone_too() {
    let account = Account::of(world(false)).with("RecreateBucket", true);
    let attack = way("B24", "delete");
    attack.perform(&account.sandbox, &target()).await.unwrap();
    account
        .act("cloudtrail", "DeleteTrail", json!({"Name": TRAIL}))
        .await;
    account.sandbox.clear_calls();
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    let writes = account.writes();
    let place = |name: &str| writes.iter().position(|write| write == name);
    assert_eq!(place("CreateBucket"), Some(0), "{writes:?}");
    assert!(
        place("PutBucketPolicy") < place("CreateTrail"),
        "{writes:?}"
    );
}

#[tokio::test]
async fn b24_a_name_that_another_account_has_is_left_alone() {
    let account = Account::of(world(false)).with("RecreateBucket", true);
    let attack = way("B24", "delete");
    attack.perform(&account.sandbox, &target()).await.unwrap();
    account.sandbox.with_world(|world| {
        world.seed_bucket(BucketSeed {
            name: BUCKET.to_owned(),
            owner: Some("666666666666".to_owned()),
            ..BucketSeed::default()
        });
    });
    account.sandbox.clear_calls();
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "failed:bucket-not-ours");
    assert_eq!(account.writes(), [""; 0]);
}

#[tokio::test]
async fn b27_log_files_that_are_gone_are_noticed() {
    let mut seeded = world(false);
    seeded.keep_log_files();
    let account = Account::of(seeded);
    account.sandbox.advance(SignedDuration::from_hours(3));
    let mut parameters = account.rule_parameters();
    parameters.insert("checkLogFiles".to_owned(), json!("true"));
    assert_eq!(account.findings_with(&parameters).await, [""; 0]);
    let list = json!({"Bucket": BUCKET, "Prefix": format!("AWSLogs/{ACCOUNT}/CloudTrail/{HOME}/")});
    let listed = account.act("s3", "ListObjectsV2", list).await;
    let keys = listed["Contents"].as_array().unwrap();
    // the last digest names the log files of the hour before it, not the very last ones
    let middle = keys.len() - 20;
    let key = keys[middle]["Key"].clone();
    let gone = json!({"Bucket": BUCKET, "Key": key});
    account.act("s3", "DeleteObject", gone).await;
    assert_eq!(
        account.findings_with(&parameters).await,
        ["log-files-missing"]
    );
    assert_eq!(account.findings().await, [""; 0], "not asked for");
}

#[tokio::test]
async fn b27_a_deleted_digest_is_noticed() {
    let mut seeded = world(false);
    seeded.keep_log_files();
    let account = Account::of(seeded);
    account.sandbox.advance(SignedDuration::from_hours(5));
    let mut parameters = account.rule_parameters();
    parameters.insert("checkLogFiles".to_owned(), json!("true"));
    let folder = format!("AWSLogs/{ACCOUNT}/CloudTrail-Digest/{HOME}/");
    let list = json!({"Bucket": BUCKET, "Prefix": folder});
    let listed = account.act("s3", "ListObjectsV2", list).await;
    let keys: Vec<Value> = listed["Contents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["Key"].clone())
        .collect();
    assert!(keys.len() > 3, "{keys:?}");
    let gone = json!({"Bucket": BUCKET, "Key": keys[keys.len() - 2]});
    account.act("s3", "DeleteObject", gone).await;
    assert_eq!(
        account.findings_with(&parameters).await,
        ["log-files-missing"]
    );
    for key in keys {
        let gone = json!({"Bucket": BUCKET, "Key": key});
        account.act("s3", "DeleteObject", gone).await;
    }
    assert_eq!(
        account.findings_with(&parameters).await,
        ["log-files-missing"]
    );
}

#[tokio::test]
async fn a_baseline_that_is_gone_or_exchanged_is_told_and_nothing_is_written() {
    for body in [None, Some("{}")] {
        let account = account(world(false)).await;
        let sha256 = account.payload["BaselineSha256"].as_str().unwrap();
        let key = format!("trailkeeper/baseline/{sha256}.json");
        match body {
            None => {
                let gone = json!({"Bucket": BUCKET, "Key": key});
                account.act("s3", "DeleteObject", gone).await;
            }
            // the intruder writes what suits them under the name that is asked for
            Some(_) => {
                let put = json!({"Bucket": BUCKET, "Key": key, "Body": "e30="});
                account.act("s3", "PutObject", put).await;
            }
        }
        let suspend = way("B26", "after a day");
        suspend.perform(&account.sandbox, &target()).await.unwrap();
        assert_eq!(account.findings().await, ["baseline-unusable"]);
        account.sandbox.clear_calls();
        let ending = account.repair().await;
        assert_eq!(outcome_of(&ending), "failed:baseline-unusable");
        assert_eq!(account.writes(), [""; 0]);
    }
}

#[tokio::test]
async fn a_trail_that_is_not_healthy_gives_no_baseline() {
    let account = Account::of(world(false));
    let stop = json!({"Name": TRAIL});
    account.act("cloudtrail", "StopLogging", stop).await;
    let ports = account.evaluate_ports();
    let (wanted, now) = (Requirements::default(), account.sandbox.now());
    let refused = capture(ports.readers(), &wanted, &account.caller, now).await;
    let codes: Vec<&str> = refused
        .unwrap_err()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes.first(), Some(&"trail-not-logging"));
}

/// The reads that a baseline costs: tags, the object and eleven settings, in one round trip more.
#[tokio::test]
async fn without_a_baseline_no_call_more_is_made() {
    let with = account(world(false)).await;
    let without = Account {
        payload: Account::healthy().payload,
        ..with.clone()
    };
    let mut counts = [0; 2];
    for (count, account) in counts.iter_mut().zip([&without, &with]) {
        account.sandbox.clear_calls();
        assert_eq!(account.findings().await, [""; 0]);
        let calls = account.sandbox.calls();
        let reads = calls.iter().filter(|call| call.service != "config");
        *count = reads.count();
    }
    assert_eq!(counts, [7, 7 + 1 + 1 + BucketSetting::ALL.len()]);
}

/// Everything that a baseline undoes, at once.
async fn all_changed() -> Account {
    let account = account(world(false)).await;
    for (id, name, ..) in UNDONE {
        // a later one takes the place of an earlier one
        let done = way(id, name).perform(&account.sandbox, &target()).await;
        assert_eq!(done.err().map(|failure| failure.to_string()), None, "{id}");
    }
    account
}

async fn bucket_gone() -> Account {
    let account = Account::of(world(false)).with("RecreateBucket", true);
    let attack = way("B24", "delete");
    attack.perform(&account.sandbox, &target()).await.unwrap();
    account
}

/// Whatever fails once or for a while, and wherever: a run says "repaired" only of what is, the
/// next run without faults completes it, and the one after that writes nothing.
#[tokio::test]
async fn a_fault_at_any_call_delays_and_spoils_nothing() {
    for start in [all_changed().await, bucket_gone().await] {
        let clean = start.copy();
        assert_eq!(outcome_of(&clean.repair().await), "repaired");
        let calls: BTreeSet<(String, String, bool)> = clean
            .sandbox
            .calls()
            .into_iter()
            .map(|call| (call.service, call.operation, call.write))
            .collect();
        assert!(calls.len() > 10, "{calls:?}");
        for (service, operation, is_write) in &calls {
            for kind in kinds(*is_write) {
                for when in [When::Nth(1), When::First(3), When::Always] {
                    let account = start.copy();
                    let fault = Fault::new(service, operation, when, kind.clone());
                    account.sandbox.inject(fault);
                    let told = format!("{operation} {kind:?} {when:?}");
                    recovers(&account, &told).await;
                }
            }
        }
    }
}

fn kinds(is_write: bool) -> Vec<FaultKind> {
    let mut kinds = vec![
        FaultKind::Throttle,
        FaultKind::TimeoutBefore,
        FaultKind::TimeoutAfter,
        FaultKind::Denied { scp: false },
    ];
    kinds.push(if is_write {
        FaultKind::Dropped
    } else {
        FaultKind::StaleRead
    });
    kinds
}

async fn recovers(account: &Account, told: &str) {
    let first = account.repair().await;
    let first = outcome_of(&first);
    // the account as it is, without faults
    let after = account.copy();
    let second = after.repair().await;
    let ended = outcome_of(&second);
    if first == "repaired" {
        assert_eq!(ended, "already-healthy", "{told}: {second:?}");
    } else {
        assert!(first.starts_with("failed:"), "{told}: {first}");
        let is_good = ended == "repaired" || ended == "already-healthy";
        assert!(is_good, "{told}: {first}, then {second:?}");
    }
    after.sandbox.clear_calls();
    let third = after.repair().await;
    assert_eq!(outcome_of(&third), "already-healthy", "{told}");
    assert_eq!(after.writes(), [""; 0], "{told}");
}
