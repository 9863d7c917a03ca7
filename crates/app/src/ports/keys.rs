//! KMS.

use async_trait::async_trait;
use trailkeeper_core::facts::KeyFacts;
use trailkeeper_core::{Arn, CallError, Region};

/// Reads of keys.
#[async_trait]
pub trait KeyReader: Send + Sync {
    /// DescribeKey by key id, ARN, alias name or alias ARN. The call goes to the Region of the
    /// ARN, or to `region` where `id` is no ARN.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn describe_key(&self, id: &str, region: &Region) -> Result<KeyFacts, CallError>;

    /// GetKeyPolicy of the policy `default`, in the Region of the ARN.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn key_policy(&self, key: &Arn) -> Result<String, CallError>;
}

/// Writes to keys, each in the Region of the key's ARN.
#[async_trait]
pub trait KeyWriter: Send + Sync {
    /// PutKeyPolicy of the policy `default`, with the lockout safety check on.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_key_policy(&self, key: &Arn, policy: &str) -> Result<(), CallError>;

    /// EnableKey.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn enable_key(&self, key: &Arn) -> Result<(), CallError>;

    /// CancelKeyDeletion, which leaves the key disabled.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn cancel_key_deletion(&self, key: &Arn) -> Result<(), CallError>;
}
