use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use trailkeeper_app::ports::{BucketReader, BucketWriter};
use trailkeeper_aws::{Buckets, Session};
use trailkeeper_core::facts::BucketFacts;
use trailkeeper_core::{AccountId, ErrorClass};

use crate::wire::{Reply, Wire, region, s3_refusal};

fn owner() -> AccountId {
    "111122223333".parse().unwrap()
}

fn policy() -> Reply {
    Reply::Answer(200, Vec::new(), r#"{"Version":"2012-10-17"}"#.to_owned())
}

#[tokio::test]
async fn the_policy_is_read_word_for_word_with_the_expected_owner() {
    let wire = Wire::new([policy()]);
    let buckets = Buckets::new(wire.session());
    let facts = buckets
        .bucket("logs", &region("eu-west-1"), &owner())
        .await
        .unwrap();
    assert_eq!(facts.policy.as_deref(), Some(r#"{"Version":"2012-10-17"}"#));
    assert_eq!(facts.region, region("eu-west-1"));
    let request = wire.request();
    assert_eq!(
        request.line,
        "GET https://logs.s3.eu-west-1.amazonaws.com/?policy"
    );
    assert_eq!(request.owner.as_deref(), Some("111122223333"));
}

#[tokio::test]
async fn a_redirect_is_followed_once_to_where_the_bucket_lives() {
    let head = |status, region: Option<&str>| {
        let header = region.map(|region| ("x-amz-bucket-region", region.to_owned()));
        Reply::Answer(status, header.into_iter().collect(), String::new())
    };
    let us = Some("us-east-2");
    let cases = [
        vec![s3_refusal(301, "PermanentRedirect", us), policy()],
        vec![
            s3_refusal(400, "AuthorizationHeaderMalformed", us),
            policy(),
        ],
        vec![
            s3_refusal(400, "IllegalLocationConstraintException", us),
            policy(),
        ],
        vec![
            s3_refusal(301, "PermanentRedirect", None),
            head(200, us),
            policy(),
        ],
        vec![
            s3_refusal(301, "PermanentRedirect", None),
            head(403, us),
            policy(),
        ],
    ];
    for script in cases {
        let wire = Wire::new(script);
        let buckets = Buckets::new(wire.session());
        let facts = buckets
            .bucket("logs", &region("eu-west-1"), &owner())
            .await
            .unwrap();
        assert_eq!(
            (facts.region, facts.policy.is_some()),
            (region("us-east-2"), true)
        );
        let requests = wire.requests();
        let last = &requests.last().unwrap().line;
        assert_eq!(last, "GET https://logs.s3.us-east-2.amazonaws.com/?policy");
        assert!(
            requests
                .iter()
                .all(|sent| sent.owner.as_deref() == Some("111122223333"))
        );
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_in_a_circle_or_twice_is_an_error() {
    let redirect = |region| s3_refusal(301, "PermanentRedirect", region);
    let cases = [
        vec![redirect(Some("eu-west-1"))],
        vec![redirect(Some("us-east-2")), redirect(Some("us-west-1"))],
        vec![
            redirect(None),
            Reply::Answer(404, Vec::new(), String::new()),
        ],
        vec![
            redirect(Some("evil.example.com/")),
            Reply::Answer(404, Vec::new(), String::new()),
        ],
    ];
    for script in cases {
        let wire = Wire::new(script);
        let buckets = Buckets::new(wire.session());
        let error = buckets
            .bucket("logs", &region("eu-west-1"), &owner())
            .await
            .unwrap_err();
        assert_eq!(error.code, "PermanentRedirect");
        wire.requests();
    }
}

#[tokio::test]
async fn no_policy_is_an_answer_and_no_bucket_is_an_error() {
    let here = || region("eu-west-1");
    let bare = Ok(BucketFacts {
        region: here(),
        policy: None,
    });
    let cases = [
        (404, "NoSuchBucketPolicy", bare),
        (404, "NoSuchBucket", Err(ErrorClass::Absent)),
        (403, "AccessDenied", Err(ErrorClass::Denied)),
        (405, "MethodNotAllowed", Err(ErrorClass::Denied)),
        (503, "SlowDown", Err(ErrorClass::Throttled)),
        (500, "InternalError", Err(ErrorClass::Broken)),
    ];
    for (status, code, expected) in cases {
        let wire = Wire::new([s3_refusal(status, code, None)]);
        let facts = Buckets::new(wire.session())
            .bucket("logs", &here(), &owner())
            .await;
        assert_eq!(facts.map_err(|error| error.class), expected);
        wire.requests();
    }
}

#[tokio::test]
async fn put_bucket_policy_sends_the_text_and_the_owner() {
    let done = Reply::Answer(204, Vec::new(), String::new());
    let wire = Wire::new([
        s3_refusal(301, "PermanentRedirect", Some("us-east-2")),
        done,
    ]);
    let buckets = Buckets::new(wire.session());
    let answer = buckets
        .put_bucket_policy("logs", &region("eu-west-1"), &owner(), "{ }")
        .await;
    assert_eq!(answer, Ok(()));
    for request in wire.requests() {
        assert!(request.line.starts_with("PUT ") && request.line.ends_with("/?policy"));
        assert_eq!(request.owner.as_deref(), Some("111122223333"));
        assert_eq!(request.body, "{ }");
    }
}

fn listing(names: &[&str], token: Option<&str>) -> Reply {
    let bucket = |name: &&str| format!("<Bucket><Name>{name}</Name></Bucket>");
    let buckets: String = names.iter().map(bucket).collect();
    let token = token.map(|token| format!("<ContinuationToken>{token}</ContinuationToken>"));
    let body = format!(
        "<ListAllMyBucketsResult><Buckets>{buckets}</Buckets>{}</ListAllMyBucketsResult>",
        token.unwrap_or_default()
    );
    Reply::Answer(200, Vec::new(), body)
}

#[tokio::test]
async fn a_bucket_is_ours_only_under_its_exact_name_on_any_page() {
    let cases = [
        (vec![listing(&["logs"], None)], true),
        (
            vec![listing(&["logs-old"], Some("t")), listing(&["logs"], None)],
            true,
        ),
        (vec![listing(&["logs-old"], None)], false),
        (vec![listing(&[], None)], false),
    ];
    for (script, expected) in cases {
        let wire = Wire::new(script);
        let buckets = Buckets::new(wire.session());
        assert_eq!(
            buckets.owns_bucket("logs", &region("eu-west-1")).await,
            Ok(expected)
        );
        assert!(
            wire.requests()
                .iter()
                .all(|sent| sent.line.contains("prefix=logs"))
        );
    }
}

// What AWS_ENDPOINT_URL_S3 comes to.
#[derive(Debug)]
struct OnlyS3;

impl LoadServiceConfig for OnlyS3 {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let wanted = (key.service_id(), key.env()) == ("S3", "AWS_ENDPOINT_URL");
        wanted.then(|| "http://emulator:5000".to_owned())
    }
}

#[tokio::test]
async fn an_own_endpoint_keeps_the_bucket_out_of_the_host_name() {
    let wire = || Wire::new([policy()]);
    let (all, only_s3) = (wire(), wire());
    let cases = [
        (
            all.config().endpoint_url("http://emulator:5000").build(),
            all,
        ),
        (only_s3.config().service_config(OnlyS3).build(), only_s3),
    ];
    for (config, wire) in cases {
        let buckets = Buckets::new(Session::from_config(config).unwrap());
        assert!(
            buckets
                .bucket("logs", &region("eu-west-1"), &owner())
                .await
                .is_ok()
        );
        assert_eq!(wire.request().line, "GET http://emulator:5000/logs/?policy");
    }
}
