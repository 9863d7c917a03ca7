//! The baseline: its document, of whom it is made, and what differs from it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_core::baseline::{Baseline, Healthy, capture, key_of, sha256_of};
use trailkeeper_core::cloudtrail::examine::bucket_target;
use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView};
use trailkeeper_core::digest::{Checked, DigestFile, LogFileCheck};
use trailkeeper_core::facts::{
    BucketSetting, DataResource, EventSelectors, Fact, FieldSelector, KeyFacts, ReadWriteType,
};
use trailkeeper_core::operation::{GET_BUCKET_LIFECYCLE, GET_OBJECT, LIST_TAGS};
use trailkeeper_policy::cloudtrail::documented_bucket_policy;

use crate::healthy::{KEY, OWN, basic, caller, codes, examined, failed, now, own};

fn data(values: &[&str]) -> Vec<DataResource> {
    vec![DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: values.iter().map(|one| (*one).to_owned()).collect(),
    }]
}

/// What somebody does to the trail.
type Change = fn(&mut TrailView);

const LIFECYCLE: &str = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>keep</ID><Filter/><Status>Enabled</Status><Expiration><Days>365</Days></Expiration></Rule></LifecycleConfiguration>";

fn text(setting: BucketSetting) -> Option<&'static str> {
    match setting {
        BucketSetting::Versioning => {
            Some("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
        }
        BucketSetting::Encryption => Some(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
        ),
        BucketSetting::Lifecycle => Some(LIFECYCLE),
        BucketSetting::RequestPayment => Some(
            "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
        ),
        BucketSetting::Acl => Some(
            "<AccessControlPolicy><Owner><ID>a</ID><DisplayName>us</DisplayName></Owner></AccessControlPolicy>",
        ),
        BucketSetting::Notification => Some("<NotificationConfiguration/>"),
        _ => None,
    }
}

pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:audit";
pub(crate) const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:audit:*";

/// A healthy trail with tags, data selectors and the settings of its bucket.
pub(crate) fn guarded() -> TrailView {
    let mut view = own("org-audit");
    view.trail.sns_topic_arn = Some(TOPIC.to_owned());
    view.trail.log_group_arn = Some(GROUP.to_owned());
    view.trail.log_group_role_arn = Some(format!("arn:aws:iam::{OWN}:role/logs"));
    let mut reads = basic(ReadWriteType::All);
    reads.data_resources = data(&["arn:aws:s3:::data/", "arn:aws:s3:::more/"]);
    view.selectors = Some(Fact::Known(EventSelectors::Basic(vec![reads])));
    let tags = [("team", "audit"), ("tier", "1")];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
    view.beside.tags = Some(Fact::Known(tags.into()));
    for setting in BucketSetting::ALL {
        let document = text(*setting).map(str::to_owned);
        view.beside.settings.insert(*setting, Fact::Known(document));
    }
    view
}

pub(crate) fn captured(view: &TrailView) -> Baseline {
    capture(Healthy {
        requirements: &Requirements::default(),
        caller: &caller(),
        view,
        now: now(),
    })
    .unwrap()
}

fn with_baseline(bytes: &[u8]) -> (TrailView, Requirements) {
    let sha256 = sha256_of(bytes);
    let mut view = guarded();
    view.beside.baseline = Some(Fact::Known(Baseline::parse(bytes, &sha256)));
    let wanted = Requirements {
        baseline_sha256: Some(sha256),
        ..Requirements::default()
    };
    (view, wanted)
}

#[test]
fn a_baseline_is_read_as_it_was_written_and_has_one_text() {
    let baseline = captured(&guarded());
    let bytes = baseline.to_bytes();
    assert_eq!(bytes, captured(&guarded()).to_bytes());
    assert!(bytes.ends_with(b"}\n"));
    let sha256 = sha256_of(&bytes);
    assert_eq!(Baseline::parse(&bytes, &sha256), Ok(baseline.clone()));
    assert_eq!(
        Baseline::parse(&bytes, &sha256.to_uppercase()),
        Ok(baseline)
    );
    assert_eq!(key_of("ab"), "trailkeeper/baseline/ab.json");
    assert_eq!(
        sha256_of(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["bucket"]["settings"]["lifecycle"], LIFECYCLE);
    assert_eq!(value["bucket"]["settings"]["replication"], Value::Null);
    let selector = json!({
        "ReadWriteType": "All",
        "IncludeManagementEvents": true,
        "DataResources": [{
            "Type": "AWS::S3::Object",
            "Values": ["arn:aws:s3:::data/", "arn:aws:s3:::more/"],
        }],
    });
    assert_eq!(
        value["eventSelectors"],
        json!({"EventSelectors": [selector]})
    );
}

#[test]
fn other_bytes_are_refused_with_a_code() {
    let bytes = captured(&guarded()).to_bytes();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_slice(&bytes).unwrap();
        change(&mut value);
        serde_json::to_vec(&value).unwrap()
    };
    let cases: [(Vec<u8>, &str); 6] = [
        (
            changed(&|one| one["version"] = json!(2)),
            "baseline-unknown-version",
        ),
        (
            changed(&|one| one["version"] = Value::Null),
            "baseline-unknown-version",
        ),
        (
            changed(&|one| one["trail"] = json!("x")),
            "baseline-bad-content",
        ),
        (
            changed(&|one| one["bucket"]["settings"]["colour"] = Value::Null),
            "baseline-bad-content",
        ),
        (b"{".to_vec(), "baseline-bad-content"),
        (vec![b' '; 300 << 10], "baseline-too-large"),
    ];
    for (bytes, code) in cases {
        let error = Baseline::parse(&bytes, &sha256_of(&bytes)).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    let error = Baseline::parse(&bytes, &"0".repeat(64)).unwrap_err();
    assert_eq!(error.code(), "baseline-hash-mismatch");
    // what the rule `guard` keeps there is its own
    let guard = changed(&|one| one["guard"] = json!({"any": [1]}));
    let baseline = Baseline::parse(&guard, &sha256_of(&guard)).unwrap();
    assert_eq!(baseline.guard, json!({"any": [1]}));
}

#[test]
fn only_a_healthy_trail_that_was_read_whole_is_captured() {
    let cases: [(Change, Code); 6] = [
        (
            |v| {
                let unread = failed(GET_BUCKET_LIFECYCLE, "AccessDenied").unwrap();
                v.beside.settings.insert(BucketSetting::Lifecycle, unread);
            },
            Code::CouldNotVerify,
        ),
        (
            |v| drop(v.beside.settings.remove(&BucketSetting::Acl)),
            Code::CouldNotVerify,
        ),
        (
            |v| v.trail.is_multi_region = Some(false),
            Code::NotMultiRegion,
        ),
        (
            |v| v.beside.tags = failed(LIST_TAGS, "AccessDenied"),
            Code::CouldNotVerify,
        ),
        (|v| v.beside.tags = None, Code::CouldNotVerify),
        (|v| v.selectors = None, Code::CouldNotVerify),
    ];
    for (change, code) in cases {
        let mut view = guarded();
        change(&mut view);
        let findings = capture(Healthy {
            requirements: &Requirements::default(),
            caller: &caller(),
            view: &view,
            now: now(),
        })
        .unwrap_err();
        assert_eq!(findings.first().map(|one| one.code), Some(code));
    }
    // a setting that the service does not have is left out
    let mut view = guarded();
    let unread = failed(GET_BUCKET_LIFECYCLE, "NotImplemented").unwrap();
    view.beside
        .settings
        .insert(BucketSetting::Lifecycle, unread);
    let settings = captured(&view).bucket.settings;
    assert!(!settings.contains_key(&BucketSetting::Lifecycle));
    assert_eq!(settings.len(), BucketSetting::ALL.len() - 1);
}

/// Another account's bucket keeps its settings to itself; a baseline is made without them.
#[test]
fn a_baseline_of_a_trail_with_another_accounts_bucket_has_no_settings() {
    let mut view = guarded();
    view.bucket = None;
    view.beside.settings.clear();
    let wanted = Requirements {
        bucket_owner: "444455556666".parse().ok(),
        ..Requirements::default()
    };
    let bucket = capture(Healthy {
        requirements: &wanted,
        caller: &caller(),
        view: &view,
        now: now(),
    })
    .unwrap()
    .bucket;
    assert_eq!(
        (bucket.owner, bucket.settings.len()),
        (wanted.bucket_owner, 0)
    );
    assert_eq!(bucket.region.as_str(), "eu-west-1");
}

/// Where no key is demanded, the baseline demands the one that was there.
#[test]
fn a_key_that_was_there_is_missed() {
    let (mut view, wanted) = with_baseline(&captured(&guarded()).to_bytes());
    let wanted = Requirements {
        kms: false,
        ..wanted
    };
    view.trail.kms_key_id = None;
    assert_eq!(codes(&examined(&wanted, &view)), [Code::NotEncrypted]);
}

/// A document of before these were recorded is read, and compares nothing of them.
#[test]
fn an_older_document_says_nothing_of_the_trails_destinations() {
    let bytes = captured(&guarded()).to_bytes();
    let mut value: Value = serde_json::from_slice(&bytes).unwrap();
    let document = value.as_object_mut().unwrap();
    for name in ["keyPrefix", "snsTopicArn", "logGroupArn", "logGroupRoleArn"] {
        assert!(document.remove(name).is_some(), "{name}");
    }
    let (mut view, wanted) = with_baseline(&serde_json::to_vec(&value).unwrap());
    under_prefix(&mut view);
    view.trail.sns_topic_arn = None;
    assert_eq!(examined(&wanted, &view).findings, []);
}

fn set(view: &mut TrailView, setting: BucketSetting, document: &str) {
    let document = Some(document.to_owned()).filter(|text| !text.is_empty());
    view.beside.settings.insert(setting, Fact::Known(document));
}

/// Log files go elsewhere in the bucket, whose policy lets them.
fn under_prefix(view: &mut TrailView) {
    view.trail.key_prefix = Some("elsewhere".to_owned());
    let policy = documented_bucket_policy(&bucket_target(&view.trail));
    if let Some(Fact::Known(bucket)) = &mut view.bucket {
        bucket.policy = Some(policy);
    }
}

/// The facts of a key that would do.
fn other_key() -> (Option<Fact<KeyFacts>>, Option<Fact<String>>) {
    let mut view = own("org-audit");
    if let Some(Fact::Known(key)) = &mut view.key {
        key.arn = KEY.replace("1234abcd", "5555abcd").parse().unwrap();
    }
    (view.key, view.key_policy)
}

fn selectors(view: &mut TrailView, values: &[&str], access: ReadWriteType) {
    let mut one = basic(access);
    one.data_resources = data(values);
    let all = basic(ReadWriteType::All);
    view.selectors = Some(Fact::Known(EventSelectors::Basic(vec![all, one])));
}

/// What is changed, the code found, and what the evidence must hold.
const CHANGES: &[(Change, Code, &str)] = &[
    (
        under_prefix,
        Code::WrongPrefix,
        "S3KeyPrefix `elsewhere`, not ``",
    ),
    (
        |v| v.trail.sns_topic_arn = None,
        Code::WrongTopic,
        "org-audit notifies nothing, not arn:aws:sns:",
    ),
    (
        |v| v.trail.log_group_arn = Some(GROUP.replace("audit", "other")),
        Code::WrongLogGroup,
        "log-group:other:*, not arn:aws:logs:",
    ),
    (
        |v| {
            let key = KEY.replace("1234abcd", "5555abcd");
            v.trail.kms_key_id = Some(key);
            (v.key, v.key_policy) = other_key();
        },
        Code::WrongKey,
        "5555abcd",
    ),
    (
        |v| selectors(v, &["arn:aws:s3:::data/"], ReadWriteType::All),
        Code::DataEventsMissing,
        "org-audit leaves out AWS::S3::Object",
    ),
    (
        |v| {
            let both = ["arn:aws:s3:::data/", "arn:aws:s3:::more/"];
            selectors(v, &both, ReadWriteType::WriteOnly);
        },
        Code::DataEventsMissing,
        "AWS::S3::Object",
    ),
    (
        |v| v.beside.tags = Some(Fact::Known(BTreeMap::new())),
        Code::TrailTagsChanged,
        "lacks tags team, tier",
    ),
    (
        |v| {
            let text = LIFECYCLE.replace("365", "1");
            set(v, BucketSetting::Lifecycle, &text);
        },
        Code::BucketLifecycleChanged,
        "amzn-s3-demo-audit: lifecycle expires after 1 day, was expires after 365 days",
    ),
    (
        |v| set(v, BucketSetting::Lifecycle, ""),
        Code::BucketLifecycleChanged,
        "lifecycle none, was expires after 365 days",
    ),
    (
        |v| {
            let text = LIFECYCLE.replace("Enabled", "Disabled");
            set(v, BucketSetting::Lifecycle, &text);
        },
        Code::BucketLifecycleChanged,
        "lifecycle: Rule/Status Disabled, was Enabled",
    ),
    (
        |v| {
            set(
                v,
                BucketSetting::Versioning,
                "<V><Status>Suspended</Status></V>",
            )
        },
        Code::BucketVersioningOff,
        "versioning Suspended, was Enabled",
    ),
    (
        |v| {
            let text = text(BucketSetting::Encryption).unwrap();
            set(
                v,
                BucketSetting::Encryption,
                &text.replace("AES256", "aws:kms"),
            );
        },
        Code::BucketEncryptionChanged,
        "SSEAlgorithm aws:kms, was AES256",
    ),
    (
        |v| {
            set(
                v,
                BucketSetting::RequestPayment,
                "<R><Payer>Requester</Payer></R>",
            )
        },
        Code::BucketRequesterPays,
        "requestPayment: Payer Requester, was BucketOwner",
    ),
    (
        |v| {
            let text = "<O><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></O>";
            set(v, BucketSetting::OwnershipControls, text);
        },
        Code::BucketOwnershipChanged,
        "ObjectOwnership ObjectWriter, was none",
    ),
    (
        |v| set(v, BucketSetting::Acl, "<A><Owner><ID>b</ID></Owner></A>"),
        Code::BucketAclChanged,
        "Owner/ID b, was a",
    ),
    (
        |v| {
            let text = "<P><BlockPublicAcls>false</BlockPublicAcls></P>";
            set(v, BucketSetting::PublicAccessBlock, text);
        },
        Code::BucketExposed,
        "BlockPublicAcls false",
    ),
    (
        |v| {
            let text = "<B><LoggingEnabled><TargetBucket>x</TargetBucket></LoggingEnabled></B>";
            set(v, BucketSetting::Logging, text);
        },
        Code::BucketProtectionChanged,
        "logging: LoggingEnabled/TargetBucket x, was none",
    ),
    (
        |v| v.beside.baseline = failed(GET_OBJECT, "NoSuchKey"),
        Code::BaselineUnusable,
        "amzn-s3-demo-audit has no object trailkeeper/baseline/",
    ),
    (
        |v| v.beside.baseline = failed(GET_OBJECT, "AccessDenied"),
        Code::CouldNotVerify,
        "s3:GetObject AccessDenied",
    ),
    (
        |v| v.beside.baseline = None,
        Code::CouldNotVerify,
        "s3:GetObject was not called",
    ),
    (
        |v| v.beside.tags = failed(LIST_TAGS, "AccessDenied"),
        Code::CouldNotVerify,
        "cloudtrail:ListTags AccessDenied",
    ),
    (
        |v| {
            let unread = failed(GET_BUCKET_LIFECYCLE, "AccessDenied").unwrap();
            v.beside.settings.insert(BucketSetting::Lifecycle, unread);
        },
        Code::CouldNotVerify,
        "s3:GetBucketLifecycleConfiguration AccessDenied",
    ),
];

#[test]
fn each_change_is_found_and_only_it() {
    let bytes = captured(&guarded()).to_bytes();
    let (view, wanted) = with_baseline(&bytes);
    assert_eq!(examined(&wanted, &view).findings, []);
    for (change, code, evidence) in CHANGES {
        let (mut view, wanted) = with_baseline(&bytes);
        change(&mut view);
        let examination = examined(&wanted, &view);
        assert_eq!(codes(&examination), [*code], "{evidence}: {examination:?}");
        let found = &examination.findings[0].evidence;
        assert!(found.contains(evidence), "{found}");
        // without the parameter nothing is compared
        assert_eq!(examined(&Requirements::default(), &view).findings, []);
    }
}

#[test]
fn the_same_in_other_words_is_no_change() {
    let bytes = captured(&guarded()).to_bytes();
    let same: [Change; 7] = [
        |v| {
            let spaced = LIFECYCLE
                .replace('>', ">\n ")
                .replace(" xmlns=", "  xmlns=");
            set(
                v,
                BucketSetting::Lifecycle,
                &format!("<?xml version='1.0'?>{spaced}"),
            );
        },
        // names of owners are not sent any more
        |v| set(v, BucketSetting::Acl, "<A><Owner><ID>a</ID></Owner></A>"),
        |v| set(v, BucketSetting::Notification, ""),
        |v| set(v, BucketSetting::Logging, "<BucketLoggingStatus/>"),
        |v| selectors(v, &["arn:aws:s3"], ReadWriteType::All),
        |v| {
            let both = ["arn:aws:s3:::data/", "arn:aws:s3:::more/"];
            let mut reads = basic(ReadWriteType::ReadOnly);
            reads.data_resources = data(&both);
            let mut writes = basic(ReadWriteType::WriteOnly);
            writes.data_resources = data(&both);
            v.selectors = Some(Fact::Known(EventSelectors::Basic(vec![reads, writes])));
        },
        |v| {
            let equals = |field: &str, value: &str| FieldSelector {
                field: field.to_owned(),
                equals: vec![value.to_owned()],
                ..FieldSelector::default()
            };
            let arns = FieldSelector {
                field: "resources.ARN".to_owned(),
                starts_with: data(&["arn:aws:s3:::data/", "arn:aws:s3:::more/"])[0]
                    .values
                    .clone(),
                ..FieldSelector::default()
            };
            let selector = |field_selectors| trailkeeper_core::facts::AdvancedSelector {
                name: Some("any".to_owned()),
                field_selectors,
            };
            v.selectors = Some(Fact::Known(EventSelectors::Advanced(vec![
                selector(vec![equals("eventCategory", "Management")]),
                selector(vec![
                    arns,
                    equals("resources.type", "AWS::S3::Object"),
                    equals("eventCategory", "Data"),
                ]),
            ])));
        },
    ];
    for (place, change) in same.into_iter().enumerate() {
        let (mut view, wanted) = with_baseline(&bytes);
        change(&mut view);
        assert_eq!(examined(&wanted, &view).findings, [], "{place}");
    }
}

/// Who deletes the newest digests leaves a chain without a break.
#[test]
fn a_digest_that_is_older_than_the_last_delivery_is_not_the_newest() {
    let wanted = Requirements {
        check_log_files: true,
        ..Requirements::default()
    };
    for (hour, codes_found) in [("0900", &[][..]), ("0700", &[Code::LogFilesMissing])] {
        let mut view = own("org-audit");
        let key = format!(
            "AWSLogs/{OWN}/CloudTrail-Digest/eu-west-1/2026/03/02/\
             {OWN}_CloudTrail-Digest_eu-west-1_org-audit_eu-west-1_20260302T{hour}00Z.json.gz"
        );
        let digest = DigestFile {
            key,
            previous: None,
            log_files: Vec::new(),
        };
        view.beside.log_files = Some(Fact::Known(LogFileCheck {
            digests: vec![Checked {
                digest,
                sha256: String::new(),
            }],
            ..LogFileCheck::default()
        }));
        assert_eq!(codes(&examined(&wanted, &view)), codes_found, "{hour}");
    }
}

#[test]
fn more_tags_are_a_note() {
    let (mut view, wanted) = with_baseline(&captured(&guarded()).to_bytes());
    if let Some(Fact::Known(tags)) = &mut view.beside.tags {
        tags.insert("owner".to_owned(), "x".to_owned());
    }
    let examination = examined(&wanted, &view);
    assert_eq!(examination.findings, []);
    let notes: Vec<String> = examination.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["trail-tags-added: org-audit has more tags: owner"]);
}

#[test]
fn a_baseline_of_something_else_is_unusable() {
    let text = String::from_utf8(captured(&guarded()).to_bytes()).unwrap();
    let cases = [
        (
            format!("\"account\": \"{OWN}\""),
            "\"account\": \"222233334444\"",
            "other-account",
        ),
        ("trail/org-audit".to_owned(), "trail/other", "other-trail"),
        (
            "\"name\": \"amzn-s3-demo-audit\"".to_owned(),
            "\"name\": \"other\"",
            "other-bucket",
        ),
    ];
    for (from, to, code) in cases {
        let (view, wanted) = with_baseline(text.replacen(&from, to, 1).as_bytes());
        let examination = examined(&wanted, &view);
        assert_eq!(codes(&examination), [Code::BaselineUnusable], "{code}");
        let evidence = &examination.findings[0].evidence;
        assert!(
            evidence.starts_with(&format!("baseline-{code}: ")),
            "{evidence}"
        );
    }
}
