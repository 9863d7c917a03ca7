//! The system's clock.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_app::ports::Clock;

/// The time of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the Clock port's one real source"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Waits for `duration`; a negative one is no wait.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the Clock port's one real wait"
    )]
    async fn sleep(&self, duration: SignedDuration) {
        if let Ok(duration) = duration.try_into() {
            tokio::time::sleep(duration).await;
        }
    }
}
