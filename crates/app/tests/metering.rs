//! Counting of calls.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::join_all;
use trailkeeper_app::metering::Meter;
use trailkeeper_app::ports::BucketReader;
use trailkeeper_core::facts::BucketFacts;
use trailkeeper_core::operation::{GET_BUCKET_POLICY, LIST_BUCKETS};
use trailkeeper_core::{AccountId, CallError, Region};

/// Answers at once; the bucket `gone` is none.
struct Buckets;

#[async_trait]
impl BucketReader for Buckets {
    async fn bucket(
        &self,
        name: &str,
        hint: &Region,
        _: &AccountId,
    ) -> Result<BucketFacts, CallError> {
        if name == "gone" {
            let error = CallError::from_code(GET_BUCKET_POLICY, name, "NoSuchBucket", "absent");
            return Err(error);
        }
        Ok(BucketFacts {
            region: hint.clone(),
            policy: Some(name.to_owned()),
        })
    }

    async fn owns_bucket(&self, name: &str, _: &Region) -> Result<bool, CallError> {
        Ok(name == "ours")
    }
}

fn metered(meter: &Meter) -> Arc<dyn BucketReader> {
    let port: Arc<dyn BucketReader> = Arc::new(Buckets);
    meter.on(&port)
}

fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

#[tokio::test]
async fn calls_made_together_are_one_round_trip() {
    for (batches, round_trips) in [(&[3, 1, 2][..], 3), (&[1, 1, 1, 1], 4), (&[7], 1), (&[], 0)] {
        let meter = Meter::default();
        let buckets = metered(&meter);
        for batch in batches {
            let region = region();
            join_all((0..*batch).map(|_| buckets.owns_bucket("ours", &region))).await;
        }
        assert_eq!(meter.round_trips(), round_trips, "{batches:?}");
        assert_eq!(meter.total(), batches.iter().sum::<usize>(), "{batches:?}");
    }
}

#[tokio::test]
async fn calls_and_failures_are_counted_by_operation() {
    let meter = Meter::default();
    let buckets = metered(&meter);
    let (region, owner) = (region(), "111122223333".parse().unwrap());
    let facts = buckets.bucket("logs", &region, &owner).await.unwrap();
    assert_eq!(
        facts.policy.as_deref(),
        Some("logs"),
        "the answer is the port's"
    );
    buckets.bucket("gone", &region, &owner).await.unwrap_err();
    assert!(buckets.owns_bucket("ours", &region).await.unwrap());
    let calls = [(GET_BUCKET_POLICY, 2), (LIST_BUCKETS, 1)];
    assert_eq!(meter.calls(), calls.into());
    let failures = [((GET_BUCKET_POLICY, "NoSuchBucket".to_owned()), 1)];
    assert_eq!(meter.failures(), failures.into());
}

#[tokio::test]
async fn all_ports_on_a_meter_count_together() {
    let meter = Meter::default();
    let (one, other) = (metered(&meter), metered(&meter.clone()));
    one.owns_bucket("ours", &region()).await.unwrap();
    other.owns_bucket("ours", &region()).await.unwrap();
    assert_eq!(meter.total(), 2);
    assert_eq!(Meter::default().total(), 0);
}
