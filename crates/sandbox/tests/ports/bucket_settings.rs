use serde_json::{Value, json};
use trailkeeper_app::ports::{
    BucketSettingsReader, BucketSettingsWriter, MOST_OBJECT_BYTES, ObjectReader, ObjectWriter,
};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_sandbox::seed::BucketSeed;
use trailkeeper_sandbox::{Call, Fault, FaultKind, Sandbox, When};

use crate::support::{AWAY, BUCKET, HOME, OTHER, account, away, expected, failure, home, world};

const FULL: &str = "full-logs";
const LOCKED: &str = "locked-logs";

/// Two buckets with every setting between them, and a bare one.
async fn sandbox() -> Sandbox {
    let mut world = world();
    world.seed_bucket(BucketSeed {
        name: "replica".to_owned(),
        ..BucketSeed::default()
    });
    world.seed_bucket(BucketSeed {
        name: FULL.to_owned(),
        kms_key: Some("arn:aws:kms:us-east-1:111122223333:key/a&b".to_owned()),
        bucket_keys: true,
        lifecycle: vec![
            json!({"ID": "a<b", "Status": "Enabled", "Filter": {"Prefix": "AWSLogs/"},
                "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
                "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}),
            json!({"ID": "c", "Status": "Enabled", "Filter": {"And": {"Prefix": "", "Tags": [
                {"Key": "k", "Value": "v"}]}}, "Expiration": {"Days": 3650}}),
        ],
        replication: Some(
            json!({"Role": "arn:aws:iam::111122223333:role/r", "Rules": [
            {"ID": "r", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
             "DeleteMarkerReplication": {"Status": "Disabled"},
             "Destination": {"Bucket": "arn:aws:s3:::replica"}}]}),
        ),
        object_ownership: Some("ObjectWriter".to_owned()),
        ..BucketSeed::default()
    });
    world.seed_bucket(BucketSeed {
        name: LOCKED.to_owned(),
        object_lock: Some(json!({"ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}})),
        ..BucketSeed::default()
    });
    let sandbox = Sandbox::new(world);
    let put = |operation: &str, member: &str, value: Value| {
        let mut input = json!({"Bucket": FULL});
        input
            .as_object_mut()
            .unwrap()
            .insert(member.to_owned(), value);
        sandbox.call(Call::new("s3", operation, HOME, input))
    };
    let notification = json!({"EventBridgeConfiguration": {}});
    put(
        "PutBucketNotificationConfiguration",
        "NotificationConfiguration",
        notification,
    )
    .await
    .unwrap();
    let logging = json!({"LoggingEnabled": {"TargetBucket": FULL, "TargetPrefix": "access/"}});
    put("PutBucketLogging", "BucketLoggingStatus", logging)
        .await
        .unwrap();
    sandbox
}

#[tokio::test]
async fn what_is_read_of_a_setting_can_be_put_back_and_changes_nothing() {
    let (home, us) = (home(), account());
    let sandbox = sandbox().await;
    for bucket in [FULL, LOCKED, BUCKET] {
        for setting in BucketSetting::ALL.iter().copied() {
            let place = format!("{bucket} {}", setting.as_str());
            let read = || sandbox.setting(bucket, &home, &us, setting);
            let Some(before) = read().await.unwrap() else {
                continue;
            };
            assert!(before.starts_with("<?xml"), "{place}");
            let put = sandbox
                .put_setting(bucket, &home, &us, setting, Some(&before))
                .await;
            if setting == BucketSetting::Acl && bucket != FULL {
                let code = put.unwrap_err().code; // S3 takes none where the owner owns all objects
                assert_eq!(code, "AccessControlListNotSupported");
                continue;
            }
            assert_eq!(put, Ok(()), "{place}: {before}");
            assert_eq!(read().await.unwrap(), Some(before), "{place}");
        }
    }
}

#[tokio::test]
async fn an_answer_with_nothing_in_it_is_broken_and_not_none() {
    use BucketSetting::{Lifecycle, Logging, Notification, Versioning};
    let (home, us) = (home(), account());
    let sandbox = sandbox().await;
    for setting in BucketSetting::ALL.iter().copied() {
        let operation = setting.read_by().name;
        let fault = Fault::new("s3", operation, When::Always, FaultKind::Emptied);
        sandbox.inject(fault);
        if setting == BucketSetting::ObjectLock || setting == BucketSetting::PublicAccessBlock {
            continue; // this bucket has none, which an error tells
        }
        let read = sandbox.setting(FULL, &home, &us, setting).await;
        let code = read.as_ref().err().map(|error| error.code.as_str());
        let may_be_empty = [Versioning, Notification, Logging].contains(&setting);
        let expected = (!may_be_empty).then_some("InvalidResponse");
        assert_eq!(code, expected, "{operation}: {read:?}");
    }
    sandbox.clear_faults();
    let read = sandbox.setting(FULL, &home, &us, Lifecycle).await;
    assert!(read.unwrap().is_some());
}

#[tokio::test]
async fn a_setting_that_is_put_is_the_one_that_is_read() {
    let (home, us) = (home(), account());
    use BucketSetting::{Encryption, Lifecycle, OwnershipControls, Replication};
    let sandbox = sandbox().await;
    let original = async |setting| {
        let read = sandbox.setting(FULL, &home, &us, setting).await;
        read.unwrap().unwrap()
    };
    let changes = [
        (Encryption, "a&amp;b", "key"),
        (Lifecycle, "3650", "1"),
        (OwnershipControls, "ObjectWriter", "BucketOwnerEnforced"),
        (
            Replication,
            "arn:aws:s3:::replica",
            "arn:aws:s3:::trail-logs",
        ),
    ];
    for (setting, word, other) in changes {
        let before = original(setting).await;
        assert!(before.contains(word), "{before}");
        for text in [before.replace(word, other), before.clone()] {
            sandbox
                .put_setting(FULL, &home, &us, setting, Some(&text))
                .await
                .unwrap();
            assert_eq!(original(setting).await, text);
        }
    }
}

#[tokio::test]
async fn no_document_is_none_and_only_a_lifecycle_configuration_can_be_taken_away() {
    let (home, us) = (home(), account());
    let sandbox = sandbox().await;
    for setting in BucketSetting::ALL.iter().copied() {
        let put = sandbox.put_setting(FULL, &home, &us, setting, None);
        let put = put.await;
        if setting == BucketSetting::Lifecycle {
            assert_eq!(put, Ok(()));
            let read = sandbox.setting(FULL, &home, &us, setting).await;
            assert_eq!(read, Ok(None));
        } else {
            assert_eq!(put.unwrap_err().code, "InvalidRequest");
        }
    }
}

#[tokio::test]
async fn refusals_of_s3_are_errors_and_never_none() {
    let (home, us) = (home(), account());
    let sandbox = sandbox().await;
    let setting = BucketSetting::Lifecycle;
    let read = async |bucket, owner: &str| {
        let owner = owner.parse().unwrap();
        failure(sandbox.setting(bucket, &home, &owner, setting).await)
    };
    let operation = "s3:GetBucketLifecycleConfiguration";
    assert_eq!(
        read("absent", "111122223333").await,
        expected(operation, "NoSuchBucket", ErrorClass::Absent)
    );
    assert_eq!(
        read(FULL, OTHER).await,
        expected(operation, "AccessDenied", ErrorClass::Denied)
    );
    for text in ["no xml", "<LifecycleConfiguration>"] {
        let put = sandbox.put_setting(FULL, &home, &us, setting, Some(text));
        assert_eq!(
            failure(put.await),
            expected(
                "s3:PutBucketLifecycleConfiguration",
                "MalformedXML",
                ErrorClass::Refused
            )
        );
    }
}

#[tokio::test]
async fn a_bucket_is_made_in_its_region_and_takes_objects() {
    let us = account();
    let sandbox = sandbox().await;
    for (name, region) in [("new-home", home()), ("new-away", away())] {
        assert_eq!(sandbox.create_bucket(name, &region).await, Ok(()));
        let block = BucketSetting::PublicAccessBlock;
        let read = sandbox.setting(name, &region, &us, block).await;
        assert!(read.unwrap().is_some(), "{name}");
        let body = b"\0\xff{}";
        for key in ["a/2", "a/1", "b"] {
            sandbox
                .put_object(name, &region, &us, key, body)
                .await
                .unwrap();
        }
        let read = sandbox.object(name, &region, &us, "a/1").await;
        assert_eq!(read.as_deref(), Ok(body.as_slice()));
        let keys = async |prefix, after| {
            let keys = sandbox.keys(name, &region, &us, prefix, after).await;
            keys.unwrap().join(" ")
        };
        assert_eq!(keys("", "").await, "a/1 a/2 b");
        assert_eq!(keys("a/", "").await, "a/1 a/2");
        assert_eq!(keys("a/", "a/1").await, "a/2");
        assert_eq!(keys("z", "").await, "");
        for (key, there) in [("b", true), ("c", false)] {
            let head = sandbox.has_object(name, &region, &us, key).await;
            assert_eq!(head, Ok(there));
        }
        let absent = sandbox.object(name, &region, &us, "c").await;
        let absent = failure(absent);
        assert_eq!(
            absent,
            expected("s3:GetObject", "NoSuchKey", ErrorClass::Absent)
        );
    }
    let taken = sandbox.create_bucket("new-away", &away()).await;
    assert_eq!(taken.unwrap_err().code, "BucketAlreadyOwnedByYou");
    assert_eq!(away().as_str(), AWAY);
}

#[tokio::test]
async fn an_object_that_is_too_large_is_refused_and_not_cut() {
    let (home, us) = (home(), account());
    let sandbox = sandbox().await;
    for (more, code) in [(0, None), (1, Some("EntityTooLarge"))] {
        let body = vec![b'x'; MOST_OBJECT_BYTES + more];
        sandbox
            .put_object(BUCKET, &home, &us, "k", &body)
            .await
            .unwrap();
        let read = sandbox.object(BUCKET, &home, &us, "k").await;
        let seen = read.as_ref().map(Vec::len).map_err(|it| it.code.as_str());
        assert_eq!(seen, code.map_or(Ok(MOST_OBJECT_BYTES), Err));
    }
}
