//! Whether there is time for one more step.

use jiff::{SignedDuration, Timestamp};

use crate::ports::Clock;

/// The least time that is kept for the report.
const KEPT_FOR_REPORT: SignedDuration = SignedDuration::from_secs(5);

/// Steps of about the same length that must all end before a deadline.
pub(super) struct Pace<'a> {
    clock: &'a dyn Clock,
    deadline: Timestamp,
    begun: Option<Timestamp>,
    longest: SignedDuration,
}

impl<'a> Pace<'a> {
    pub(super) fn new(clock: &'a dyn Clock, deadline: Timestamp) -> Self {
        Self {
            clock,
            deadline,
            begun: None,
            longest: SignedDuration::ZERO,
        }
    }

    /// Begins a step, unless the deadline is nearer than two of the longest so far and the report.
    pub(super) fn has_time(&mut self) -> bool {
        let now = self.clock.now();
        if let Some(begun) = self.begun.replace(now) {
            self.longest = self.longest.max(now.duration_since(begun));
        }
        let needed = self.longest.saturating_add(self.longest);
        let needed = needed.saturating_add(KEPT_FOR_REPORT);
        self.deadline.duration_since(now) > needed
    }
}
