//! GetTrailStatus.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::find;
use super::input::text;
use super::trail::epoch;
use crate::call::{ApiError, Call};
use crate::seed::TrailStatus;
use crate::world::World;

pub(super) fn get_trail_status(world: &World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "Name")?.unwrap_or_default();
    let trail = find::here(world, call, id)?;
    Ok(trail.status_in(&call.region).to_json())
}

impl TrailStatus {
    /// Turns recording on or off at `now`.
    pub(super) fn switch(&mut self, on: bool, now: Timestamp) {
        self.is_logging = on;
        // CloudTrail writes the retired texts to the second
        let text = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        if on {
            self.start_logging_time = Some(now);
            self.time_logging_started = text;
        } else {
            self.stop_logging_time = Some(now);
            self.time_logging_stopped = text;
        }
    }

    /// The status of a shadow that appears at `now` and records as this trail does.
    pub(super) fn as_new_shadow(&self, now: Timestamp) -> Self {
        Self {
            is_logging: self.is_logging,
            start_logging_time: self.is_logging.then_some(now),
            ..Self::default()
        }
    }

    fn to_json(&self) -> Value {
        let mut out = Map::new();
        let mut set = |name: &str, value: Value| out.insert(name.to_owned(), value);
        set("IsLogging", json!(self.is_logging));
        let times = [
            ("LatestDeliveryTime", self.delivery.time),
            ("LatestNotificationTime", self.notification.time),
            ("StartLoggingTime", self.start_logging_time),
            ("StopLoggingTime", self.stop_logging_time),
            (
                "LatestCloudWatchLogsDeliveryTime",
                self.cloud_watch_logs.time,
            ),
            ("LatestDigestDeliveryTime", self.digest.time),
        ];
        for (name, time) in times {
            if let Some(time) = time {
                set(name, epoch(time));
            }
        }
        let errors = [
            ("LatestDeliveryError", &self.delivery.error),
            ("LatestNotificationError", &self.notification.error),
            (
                "LatestCloudWatchLogsDeliveryError",
                &self.cloud_watch_logs.error,
            ),
            ("LatestDigestDeliveryError", &self.digest.error),
        ];
        for (name, error) in errors {
            if let Some(error) = error {
                set(name, json!(error));
            }
        }
        set("TimeLoggingStarted", json!(self.time_logging_started));
        set("TimeLoggingStopped", json!(self.time_logging_stopped));
        for name in [
            "LatestDeliveryAttemptTime",
            "LatestNotificationAttemptTime",
            "LatestNotificationAttemptSucceeded",
            "LatestDeliveryAttemptSucceeded",
        ] {
            set(name, json!(""));
        }
        Value::Object(out)
    }
}
