use trailkeeper_app::ports::{
    BucketSettingsReader, BucketSettingsWriter, MOST_OBJECT_BYTES, ObjectReader, ObjectWriter,
};
use trailkeeper_aws::{Buckets, Session};
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::{AccountId, ErrorClass};

use crate::wire::{Reply, Wire, region, s3_refusal, xml};

// As S3 writes it, with a part that no SDK knows.
const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LifecycleConfiguration \
     xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>a&lt;b</ID><Novelty>1</Novelty>\
     </Rule></LifecycleConfiguration>";

fn owner() -> AccountId {
    "111122223333".parse().unwrap()
}

fn done(status: u16) -> Reply {
    Reply::Answer(status, Vec::new(), String::new())
}

#[tokio::test]
async fn every_setting_is_read_as_s3_wrote_it() {
    for setting in BucketSetting::ALL.iter().copied() {
        let wire = Wire::new([xml(DOCUMENT)]);
        let buckets = Buckets::new(wire.session());
        let read = buckets
            .setting("logs", &region("eu-west-1"), &owner(), setting)
            .await;
        assert_eq!(read.unwrap().as_deref(), Some(DOCUMENT));
        let request = wire.request();
        let name = setting.as_str();
        assert_eq!(
            request.line,
            format!("GET https://logs.s3.eu-west-1.amazonaws.com/?{name}")
        );
        assert_eq!(request.owner.as_deref(), Some("111122223333"));
        assert_eq!(request.scope, "eu-west-1/s3");
    }
}

#[tokio::test]
async fn every_setting_is_put_word_for_word_with_owner_and_checksum() {
    for setting in BucketSetting::ALL.iter().copied() {
        let wire = Wire::new([done(200)]);
        let buckets = Buckets::new(wire.session());
        let put = buckets
            .put_setting(
                "logs",
                &region("eu-west-1"),
                &owner(),
                setting,
                Some(DOCUMENT),
            )
            .await;
        assert_eq!(put, Ok(()));
        let request = wire.request();
        let name = setting.as_str();
        assert_eq!(
            request.line,
            format!("PUT https://logs.s3.eu-west-1.amazonaws.com/?{name}")
        );
        assert_eq!(request.body, DOCUMENT);
        assert_eq!(request.owner.as_deref(), Some("111122223333"));
        assert_eq!(request.header("content-type"), Some("application/xml"));
        // S3 takes a lifecycle or an ACL with a checksum only; this is the CRC-32 of the document
        assert_eq!(request.header("x-amz-checksum-crc32"), Some("BxmG2Q=="));
        let digest = request.header("x-amz-content-sha256").unwrap();
        assert_eq!(digest.len(), 64, "{digest}");
    }
}

#[tokio::test]
async fn only_a_lifecycle_configuration_is_deleted() {
    for setting in BucketSetting::ALL.iter().copied() {
        let is_lifecycle = setting == BucketSetting::Lifecycle;
        let wire = Wire::new(is_lifecycle.then(|| done(204)));
        let buckets = Buckets::new(wire.session());
        let put = buckets
            .put_setting("logs", &region("eu-west-1"), &owner(), setting, None)
            .await;
        if is_lifecycle {
            assert_eq!(put, Ok(()));
            let request = wire.request();
            let line = "DELETE https://logs.s3.eu-west-1.amazonaws.com/?lifecycle";
            assert_eq!(request.line, line);
            assert_eq!(request.owner.as_deref(), Some("111122223333"));
        } else {
            assert_eq!(put.unwrap_err().code, "InvalidRequest");
            assert!(wire.requests().is_empty());
        }
    }
}

#[tokio::test]
async fn no_document_is_none_and_a_refusal_is_an_error_of_its_own_operation() {
    use BucketSetting::{Encryption, Lifecycle, ObjectLock, Versioning};
    let cases = [
        (Lifecycle, 404, "NoSuchLifecycleConfiguration", None),
        (
            ObjectLock,
            404,
            "ObjectLockConfigurationNotFoundError",
            None,
        ),
        (
            Encryption,
            404,
            "ServerSideEncryptionConfigurationNotFoundError",
            None,
        ),
        (
            Lifecycle,
            404,
            "NoSuchBucket",
            Some(("s3:GetBucketLifecycleConfiguration", ErrorClass::Absent)),
        ),
        (
            Versioning,
            403,
            "AccessDenied",
            Some(("s3:GetBucketVersioning", ErrorClass::Denied)),
        ),
        (
            Versioning,
            503,
            "SlowDown",
            Some(("s3:GetBucketVersioning", ErrorClass::Throttled)),
        ),
    ];
    for (setting, status, code, expected) in cases {
        let wire = Wire::new([s3_refusal(status, code, None)]);
        let buckets = Buckets::new(wire.session());
        let read = buckets
            .setting("logs", &region("eu-west-1"), &owner(), setting)
            .await;
        match expected {
            None => assert_eq!(read, Ok(None)),
            Some(expected) => {
                let error = read.unwrap_err();
                let operation = error.operation.to_string();
                assert_eq!((operation.as_str(), error.class), expected);
            }
        }
    }
}

/// S3 says with an error that there is no document; only three settings are empty documents.
#[tokio::test]
async fn an_answer_with_nothing_in_it_is_broken_and_not_none() {
    use BucketSetting::{Logging, Notification, Versioning};
    for setting in BucketSetting::ALL.iter().copied() {
        let may_be_empty = [Versioning, Notification, Logging].contains(&setting);
        for (body, is_read) in [("", false), (" \n", false), ("<Root/>", may_be_empty)] {
            let wire = Wire::new([xml(body)]);
            let read = Buckets::new(wire.session())
                .setting("logs", &region("eu-west-1"), &owner(), setting)
                .await;
            let code = read.as_ref().err().map(|error| error.code.as_str());
            let expected = (!is_read).then_some("InvalidResponse");
            assert_eq!(code, expected, "{} {body:?}: {read:?}", setting.as_str());
        }
    }
}

#[tokio::test]
async fn settings_follow_the_endpoint_of_the_bucket() {
    type Setting = fn(aws_types::sdk_config::Builder) -> aws_types::sdk_config::Builder;
    let cases: [(&str, &str, Setting, &str); 4] = [
        (
            "logs",
            "cn-north-1",
            |it| it,
            "https://logs.s3.cn-north-1.amazonaws.com.cn/?acl",
        ),
        (
            "my.logs",
            "eu-west-1",
            |it| it,
            "https://s3.eu-west-1.amazonaws.com/my.logs/?acl",
        ),
        (
            "logs",
            "us-east-1",
            |it| it.use_fips(true).use_dual_stack(true),
            "https://logs.s3-fips.dualstack.us-east-1.amazonaws.com/?acl",
        ),
        (
            "logs",
            "eu-west-1",
            |it| it.endpoint_url("http://emulator:5000"),
            "http://emulator:5000/logs/?acl",
        ),
    ];
    for (bucket, place, setting, url) in cases {
        let wire = Wire::new([xml(DOCUMENT), done(200)]);
        let config = setting(wire.config()).build();
        let buckets = Buckets::new(Session::from_config(config).unwrap());
        let (place, acl) = (region(place), BucketSetting::Acl);
        let read = buckets.setting(bucket, &place, &owner(), acl).await;
        assert!(read.is_ok());
        let put = buckets
            .put_setting(bucket, &place, &owner(), acl, Some(DOCUMENT))
            .await;
        assert_eq!(put, Ok(()));
        let lines: Vec<_> = wire.requests().into_iter().map(|it| it.line).collect();
        assert_eq!(lines, [format!("GET {url}"), format!("PUT {url}")]);
    }
}

#[tokio::test]
async fn a_setting_is_tried_as_often_as_set() {
    let busy = || s3_refusal(503, "SlowDown", None);
    let wire = Wire::new([busy(), Reply::Lost, done(200)]);
    let put = Buckets::new(wire.session_with_attempts(3))
        .put_setting(
            "logs",
            &region("eu-west-1"),
            &owner(),
            BucketSetting::Lifecycle,
            Some(DOCUMENT),
        )
        .await;
    assert_eq!(put, Ok(()));
    for request in wire.requests() {
        assert!(request.line.ends_with("/?lifecycle"), "{}", request.line);
        assert_eq!(request.body, DOCUMENT);
    }
}

#[tokio::test]
async fn a_bucket_is_made_with_s3s_defaults_where_it_is_asked_for() {
    for (place, constraint) in [("eu-west-1", true), ("us-east-1", false)] {
        let wire = Wire::new([done(200)]);
        let buckets = Buckets::new(wire.session());
        assert_eq!(buckets.create_bucket("logs", &region(place)).await, Ok(()));
        let request = wire.request();
        assert!(request.line.starts_with("PUT https://logs.s3."));
        assert_eq!(request.scope, format!("{place}/s3"));
        let named = format!("<LocationConstraint>{place}</LocationConstraint>");
        assert_eq!(request.body.contains(&named), constraint);
        assert_eq!(request.body.is_empty(), !constraint);
        assert_eq!(request.header("x-amz-acl"), None);
        assert_eq!(request.header("x-amz-object-ownership"), None);
    }
    let wire = Wire::new([s3_refusal(409, "BucketAlreadyExists", None)]);
    let made = Buckets::new(wire.session())
        .create_bucket("logs", &region("eu-west-1"))
        .await;
    assert_eq!(made.unwrap_err().code, "BucketAlreadyExists");
}

#[tokio::test]
async fn an_object_is_read_whole_or_not_at_all() {
    let long = || "x".repeat(MOST_OBJECT_BYTES + 1);
    let announced = vec![("content-length", (MOST_OBJECT_BYTES + 1).to_string())];
    let cases = [
        (Reply::Answer(200, Vec::new(), "{}".to_owned()), Ok(2)),
        (
            Reply::Answer(200, Vec::new(), "x".repeat(MOST_OBJECT_BYTES)),
            Ok(MOST_OBJECT_BYTES),
        ),
        (
            Reply::Answer(200, Vec::new(), long()),
            Err(("EntityTooLarge", ErrorClass::Refused)),
        ),
        (
            Reply::Answer(200, announced, String::new()),
            Err(("EntityTooLarge", ErrorClass::Refused)),
        ),
        (
            s3_refusal(404, "NoSuchKey", None),
            Err(("NoSuchKey", ErrorClass::Absent)),
        ),
    ];
    for (reply, expected) in cases {
        let wire = Wire::new([reply]);
        let read = Buckets::new(wire.session())
            .object("logs", &region("eu-west-1"), &owner(), "a b/ü.json")
            .await;
        let seen = read.as_ref().map(Vec::len);
        let seen = seen.map_err(|error| (error.code.as_str(), error.class));
        assert_eq!(seen, expected);
        let request = wire.request();
        let url = "https://logs.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC.json";
        assert!(
            request.line.starts_with(&format!("GET {url}")),
            "{}",
            request.line
        );
        assert_eq!(request.owner.as_deref(), Some("111122223333"));
    }
}

#[tokio::test]
async fn an_object_is_there_is_not_or_is_not_known() {
    let cases = [
        (200, Ok(true)),
        (404, Ok(false)),
        (403, Err(ErrorClass::Denied)),
        (500, Err(ErrorClass::Broken)),
    ];
    for (status, expected) in cases {
        let wire = Wire::new([done(status)]);
        let seen = Buckets::new(wire.session())
            .has_object("logs", &region("eu-west-1"), &owner(), "k")
            .await;
        assert_eq!(seen.map_err(|error| error.class), expected, "{status}");
        assert!(wire.request().line.starts_with("HEAD "));
    }
}

#[tokio::test]
async fn keys_come_as_they_are_after_the_one_that_is_named() {
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a/2</Key>\
                </Contents><Contents><Key>a/3 &amp;</Key></Contents></ListBucketResult>";
    let wire = Wire::new([xml(page), xml("<ListBucketResult/>")]);
    let buckets = Buckets::new(wire.session());
    let home = region("eu-west-1");
    let keys = buckets.keys("logs", &home, &owner(), "a/", "a/1").await;
    assert_eq!(keys.unwrap(), ["a/2", "a/3 &"]);
    let keys = buckets.keys("logs", &home, &owner(), "", "").await;
    assert!(keys.unwrap().is_empty());
    let requests = wire.requests();
    for part in [
        "list-type=2",
        "max-keys=1000",
        "prefix=a%2F",
        "start-after=a%2F1",
    ] {
        assert!(requests[0].line.contains(part), "{}", requests[0].line);
    }
    assert!(!requests[1].line.contains("prefix") && !requests[1].line.contains("start-after"));
}

#[tokio::test]
async fn an_object_is_put_with_the_owner() {
    let wire = Wire::new([done(200)]);
    let put = Buckets::new(wire.session())
        .put_object("logs", &region("eu-west-1"), &owner(), "k", b"{}")
        .await;
    assert_eq!(put, Ok(()));
    let request = wire.request();
    assert!(
        request
            .line
            .starts_with("PUT https://logs.s3.eu-west-1.amazonaws.com/k")
    );
    assert_eq!(request.owner.as_deref(), Some("111122223333"));
    assert!(request.body.contains("{}"));
}
