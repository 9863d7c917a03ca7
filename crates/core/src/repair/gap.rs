//! The time without logging, for the report.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::request::{Answer, Request};
use crate::call_error::CallError;
use crate::facts::TrailStatus;
use crate::identity::Arn;

/// The gaps of the trails whose status was read: the search for a trail may look at several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gaps(BTreeMap<Arn, Gap>);

impl Gaps {
    /// Takes note of a status read.
    pub(crate) fn observe(
        &mut self,
        request: &Request,
        result: &Result<Answer, CallError>,
        at: Timestamp,
    ) {
        if let (Request::Status(arn), Ok(Answer::Status(status))) = (request, result) {
            let gap = self.0.entry(arn.clone()).or_default();
            gap.observe(status, at);
        }
    }

    /// The gap of the trail that the run is about.
    pub(crate) fn of(&self, trail: Option<&Arn>) -> Gap {
        let gap = trail.and_then(|arn| self.0.get(arn));
        gap.cloned().unwrap_or_default()
    }
}

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
    fn observe(&mut self, status: &TrailStatus, at: Timestamp) {
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
