//! Virtual time.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_app::ports::Clock;

use crate::account::Sandbox;

#[async_trait]
impl Clock for Sandbox {
    fn now(&self) -> Timestamp {
        Sandbox::now(self)
    }

    /// Moves the virtual clock on at once; a negative duration is no wait. What falls due is left
    /// to [`Sandbox::settle`].
    async fn sleep(&self, duration: SignedDuration) {
        if duration.is_positive() {
            self.advance(duration);
        }
    }
}
