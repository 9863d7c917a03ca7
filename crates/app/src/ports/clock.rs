//! Time.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// The only source of time and the only way to wait.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits for `duration`.
    async fn sleep(&self, duration: SignedDuration);
}
