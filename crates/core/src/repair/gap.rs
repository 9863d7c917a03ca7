//! The time without logging, for the report.

use jiff::Timestamp;

use super::request::{Answer, Request};
use crate::call_error::CallError;
use crate::facts::TrailStatus;

/// From when to when nothing was recorded, as far as the trail's status tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gap {
    /// Logging stopped, or the last good delivery of a trail that could not deliver.
    pub(crate) start: Option<Timestamp>,
    /// Logging was seen on again.
    pub(crate) end: Option<Timestamp>,
    was_stopped: bool,
}

impl Gap {
    /// Takes note of a status read.
    pub(crate) fn observe(
        &mut self,
        request: &Request,
        result: &Result<Answer, CallError>,
        at: Timestamp,
    ) {
        if let (Request::Status(_), Ok(Answer::Status(status))) = (request, result) {
            self.observe_status(status, at);
        }
    }

    fn observe_status(&mut self, status: &TrailStatus, at: Timestamp) {
        match status.is_logging {
            Some(false) => {
                self.was_stopped = true;
                self.start = self.start.or(status.stop_logging_time);
            }
            Some(true) if self.was_stopped => {
                self.end = self.end.or(status.start_logging_time).or(Some(at));
            }
            Some(true) if status.delivery_error.is_some() => {
                self.start = self.start.or(status.delivery_time);
            }
            _ => {}
        }
    }
}
