//! A baseline that need not be in the log bucket.

use std::sync::Arc;

use async_trait::async_trait;
use trailkeeper_app::ports::ObjectReader;
use trailkeeper_core::baseline::key_of;
use trailkeeper_core::{AccountId, CallError, Region};

use crate::account::Account;

/// The account's objects, and among them a baseline.
pub(super) struct Held {
    key: String,
    bytes: Vec<u8>,
    behind: Arc<dyn ObjectReader>,
}

impl Held {
    /// The account's objects, with these bytes under the key of their hash.
    pub(super) fn of(sha256: &str, bytes: Vec<u8>, account: &Account) -> Arc<Self> {
        Arc::new(Self {
            key: key_of(sha256),
            bytes,
            behind: account.ports.objects.clone(),
        })
    }
}

#[async_trait]
impl ObjectReader for Held {
    async fn object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        if key == self.key {
            return Ok(self.bytes.clone());
        }
        self.behind.object(bucket, region, owner, key).await
    }

    async fn has_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<bool, CallError> {
        self.behind.has_object(bucket, region, owner, key).await
    }

    async fn keys(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        prefix: &str,
        start_after: &str,
    ) -> Result<Vec<String>, CallError> {
        let behind = &self.behind;
        behind
            .keys(bucket, region, owner, prefix, start_after)
            .await
    }
}
