//! Time, as a run needs it.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// The time, and two ways to let it pass.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits on purpose: `aws:sleep`, the pause between two polls. A virtual clock moves on by
    /// that much and returns.
    async fn sleep(&self, duration: SignedDuration);

    /// Returns when a call that takes so long has to be given up. A virtual clock, on which no
    /// call waits for real, never returns: an answer that is late by its time is refused anyway.
    async fn expire(&self, duration: SignedDuration);
}
