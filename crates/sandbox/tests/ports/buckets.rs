use trailkeeper_app::ports::{BucketReader, BucketWriter};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::BucketFacts;
use trailkeeper_sandbox::seed::BucketSeed;
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, Sandbox, When};

use crate::support::{
    ACCOUNT, AWAY, BUCKET, OTHER, account, away, expected, failure, home, sandbox, world,
};

const POLICY: &str = r#"{ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::away/*" } ] }"#;

/// The good bucket, one elsewhere, one without a policy and one of a stranger.
fn buckets() -> Sandbox {
    let mut world = world();
    let named = |name: &str| BucketSeed {
        name: name.to_owned(),
        ..BucketSeed::default()
    };
    world.seed_bucket(BucketSeed {
        region: Some(AWAY.to_owned()),
        policy: Some(POLICY.to_owned()),
        ..named("away")
    });
    world.seed_bucket(named("bare"));
    world.seed_bucket(BucketSeed {
        owner: Some(OTHER.to_owned()),
        ..named("foreign")
    });
    Sandbox::new(world)
}

#[tokio::test]
async fn a_redirect_is_followed_once_and_the_policy_kept_as_it_is() {
    let sandbox = buckets();
    let found = sandbox.bucket("away", &home(), &account()).await;
    let wanted = BucketFacts {
        region: away(),
        policy: Some(POLICY.to_owned()),
    };
    assert_eq!(found, Ok(wanted));
    let regions: Vec<_> = sandbox.calls().into_iter().map(|c| c.region).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
}

#[tokio::test]
async fn a_redirect_without_a_region_asks_head_bucket() {
    let sandbox = buckets();
    let bare = ApiError::new("PermanentRedirect", "elsewhere").with_status(301);
    let fault = Fault::new(
        "s3",
        "GetBucketPolicy",
        When::Nth(1),
        FaultKind::Error(bare),
    );
    sandbox.inject(fault);
    let found = sandbox.bucket("away", &home(), &account()).await;
    assert_eq!(found.unwrap().region, away());
    let operations: Vec<_> = sandbox.calls().into_iter().map(|c| c.operation).collect();
    assert_eq!(
        operations,
        ["GetBucketPolicy", "HeadBucket", "GetBucketPolicy"]
    );
}

#[tokio::test]
async fn a_bucket_without_a_policy_is_an_answer() {
    let found = buckets().bucket("bare", &home(), &account()).await;
    assert_eq!(found.unwrap().policy, None);
}

#[tokio::test]
async fn absent_and_foreign_buckets_are_errors() {
    let sandbox = buckets();
    for (name, code, class) in [
        ("absent", "NoSuchBucket", ErrorClass::Absent),
        ("foreign", "AccessDenied", ErrorClass::Denied),
    ] {
        let found = sandbox.bucket(name, &home(), &account()).await;
        assert_eq!(failure(found), expected("s3:GetBucketPolicy", code, class));
        let put = sandbox
            .put_bucket_policy(name, &home(), &account(), POLICY)
            .await;
        assert_eq!(failure(put), expected("s3:PutBucketPolicy", code, class));
    }
}

#[tokio::test]
async fn owns_bucket_goes_by_the_whole_name() {
    let sandbox = buckets();
    for (name, owned) in [
        (BUCKET, true),
        ("away", true),
        ("trail", false),
        ("foreign", false),
        ("absent", false),
    ] {
        let found = sandbox.owns_bucket(name, &home()).await;
        assert_eq!(found, Ok(owned), "{name}");
    }
}

#[tokio::test]
async fn owns_bucket_passes_a_refusal_on() {
    let sandbox = sandbox();
    let kind = FaultKind::Denied { scp: false };
    sandbox.inject(Fault::new("s3", "ListBuckets", When::Always, kind));
    let found = sandbox.owns_bucket(BUCKET, &home()).await;
    let wanted = expected("s3:ListBuckets", "AccessDenied", ErrorClass::Denied);
    assert_eq!(failure(found), wanted);
}

#[tokio::test]
async fn put_bucket_policy_follows_the_redirect_too() {
    let sandbox = buckets();
    let policy = POLICY.replace(ACCOUNT, OTHER);
    sandbox
        .put_bucket_policy("away", &home(), &account(), &policy)
        .await
        .unwrap();
    let found = sandbox.bucket("away", &away(), &account()).await;
    assert_eq!(found.unwrap().policy, Some(policy));
}
