//! CloudTrail: the tags of a trail.

use std::collections::BTreeMap;

use async_trait::async_trait;
use trailkeeper_core::{Arn, CallError, Region};

/// Reads of tags.
#[async_trait]
pub trait TagReader: Send + Sync {
    /// ListTags of one trail, all pages.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn tags(&self, region: &Region, arn: &Arn)
    -> Result<BTreeMap<String, String>, CallError>;
}

/// Writes of tags, which only add or overwrite.
#[async_trait]
pub trait TagWriter: Send + Sync {
    /// AddTags.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn add_tags(
        &self,
        region: &Region,
        arn: &Arn,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), CallError>;
}
