//! Points in time between our types and the JSON protocols.

use jiff::Timestamp;
use serde_json::Value;

/// A point in time as the JSON protocols write it: seconds since 1970, to the millisecond.
pub(crate) fn to_epoch(at: Timestamp) -> Value {
    let milliseconds = at.as_millisecond();
    if milliseconds % 1000 == 0 {
        return Value::from(milliseconds / 1000);
    }
    Value::from(milliseconds as f64 / 1000.0)
}

/// A point in time from the number of seconds since 1970.
pub(crate) fn from_epoch(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64()?;
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}
