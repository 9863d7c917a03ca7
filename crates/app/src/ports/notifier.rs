//! SNS.

use async_trait::async_trait;
use trailkeeper_core::{Arn, CallError};

/// Sends messages.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Publish. The subject has under 100 characters, all of them printable ASCII.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn publish(&self, topic: &Arn, subject: &str, message: &str) -> Result<(), CallError>;
}
