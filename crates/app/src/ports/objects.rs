//! S3: objects in a log bucket.

use async_trait::async_trait;
use trailkeeper_core::{AccountId, CallError, Region};

/// The most bytes of an object that is read: a baseline or a digest has some ten thousand.
pub const MOST_OBJECT_BYTES: usize = 4 << 20;

/// Reads of objects, every one with the expected owner of the bucket.
#[async_trait]
pub trait ObjectReader: Send + Sync {
    /// GetObject. An object over [`MOST_OBJECT_BYTES`] is refused (`EntityTooLarge`), not cut.
    ///
    /// # Errors
    /// The service's error (`NoSuchKey` is of class Absent), or that no answer came.
    async fn object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError>;

    /// HeadObject: whether the object is there.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn has_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<bool, CallError>;

    /// ListObjectsV2, one page: the keys with this prefix that come after `start_after`, at most
    /// 1,000, in their order.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn keys(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        prefix: &str,
        start_after: &str,
    ) -> Result<Vec<String>, CallError>;
}

/// Writes of objects. Only the command that captures a baseline holds it.
#[async_trait]
pub trait ObjectWriter: Send + Sync {
    /// PutObject with the expected owner of the bucket.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
        body: &[u8],
    ) -> Result<(), CallError>;
}
