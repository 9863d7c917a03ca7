//! Whether there is time for one more step.

use jiff::{SignedDuration, Timestamp};

use crate::ports::Clock;

/// The least time that is kept for the report: one call to AWS Config with its repetitions may
/// take 12 seconds, and some calls may be left.
const KEPT_FOR_REPORT: SignedDuration = SignedDuration::from_secs(20);

/// Steps of about the same length that must all end before a deadline.
pub(super) struct Pace<'a> {
    clock: &'a dyn Clock,
    deadline: Timestamp,
    begun: Option<Timestamp>,
    /// How long steps took of late: the last counts half, the one before a quarter, and so on.
    recent: SignedDuration,
}

impl<'a> Pace<'a> {
    pub(super) fn new(clock: &'a dyn Clock, deadline: Timestamp) -> Self {
        Self {
            clock,
            deadline,
            begun: None,
            recent: SignedDuration::ZERO,
        }
    }

    /// Begins a step, unless the deadline is nearer than two recent steps and the report. One as
    /// long as the last fits then in any case, and a single slow one is soon forgotten: the first
    /// may hold a listing of the whole account, which does not come again.
    pub(super) fn has_time(&mut self) -> bool {
        let now = self.clock.now();
        if let Some(begun) = self.begun.replace(now) {
            self.recent = self.recent.saturating_add(now.duration_since(begun)) / 2;
        }
        let needed = self.recent.saturating_add(self.recent);
        let needed = needed.saturating_add(KEPT_FOR_REPORT);
        self.deadline.duration_since(now) > needed
    }
}
