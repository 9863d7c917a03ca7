//! The machine's time, for a run.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_app::ports::Clock as _;
use trailkeeper_aws::SystemClock;
use trailkeeper_runbook::Clock;

/// The machine's clock as a run needs it.
pub(super) struct LocalClock;

#[async_trait]
impl Clock for LocalClock {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep(&self, duration: SignedDuration) {
        SystemClock.sleep(duration).await;
    }

    async fn expire(&self, duration: SignedDuration) {
        SystemClock.sleep(duration).await;
    }
}
