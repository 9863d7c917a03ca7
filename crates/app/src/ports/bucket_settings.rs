//! S3: the settings of a log bucket, each S3's own XML text, so that nothing is lost between
//! reading one and putting it back.

use async_trait::async_trait;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::{AccountId, CallError, Region};

/// Reads of settings, every one with the expected owner.
#[async_trait]
pub trait BucketSettingsReader: Send + Sync {
    /// The setting's document in the bucket's Region. None where the bucket has none
    /// (`NoSuchLifecycleConfiguration` and its like).
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
    ) -> Result<Option<String>, CallError>;
}

/// Writes of settings, every one with the expected owner, and the making of a bucket.
#[async_trait]
pub trait BucketSettingsWriter: Send + Sync {
    /// Puts the setting's document in the bucket's Region. With none a lifecycle configuration is
    /// deleted; no other setting can be without a document once it had one.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
        document: Option<&str>,
    ) -> Result<(), CallError>;

    /// CreateBucket in `region`, with S3's defaults: no public access, the owner's objects only,
    /// encryption with S3's keys.
    ///
    /// # Errors
    /// The service's error, or that no answer came. `BucketAlreadyExists`: another account has
    /// the name.
    async fn create_bucket(&self, bucket: &str, region: &Region) -> Result<(), CallError>;
}
