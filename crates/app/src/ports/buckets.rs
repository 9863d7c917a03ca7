//! S3, as far as a log bucket goes.

use async_trait::async_trait;
use trailkeeper_core::facts::BucketFacts;
use trailkeeper_core::{AccountId, CallError, Region};

/// Reads of buckets, every one with the expected owner.
#[async_trait]
pub trait BucketReader: Send + Sync {
    /// GetBucketPolicy in the bucket's Region. `hint` is where the bucket probably is; a redirect
    /// is followed once. A bucket without a policy is an answer (`policy: None`), an absent bucket
    /// an error of class Absent (`NoSuchBucket`).
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn bucket(
        &self,
        name: &str,
        hint: &Region,
        owner: &AccountId,
    ) -> Result<BucketFacts, CallError>;

    /// ListBuckets by prefix: whether the account that asks owns the bucket.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn owns_bucket(&self, name: &str, region: &Region) -> Result<bool, CallError>;
}

/// Writes to buckets, every one with the expected owner.
#[async_trait]
pub trait BucketWriter: Send + Sync {
    /// PutBucketPolicy in the bucket's Region.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_bucket_policy(
        &self,
        name: &str,
        region: &Region,
        owner: &AccountId,
        policy: &str,
    ) -> Result<(), CallError>;
}
