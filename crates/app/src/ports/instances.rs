//! EC2.

use async_trait::async_trait;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::InstanceFacts;

/// Reads of instances.
#[async_trait]
pub trait InstanceReader: Send + Sync {
    /// DescribeInstances of these ids, at most 1,000, all pages. Instances that EC2 does not know
    /// (yet) are left out of the answer.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn describe_instances(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError>;
}
