//! Small conversions that several adapters share.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// A text that is there: services send "" for "none".
pub(crate) fn text(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

/// A list for a request: an empty one is left out.
pub(crate) fn list(values: &[String]) -> Option<Vec<String>> {
    (!values.is_empty()).then(|| values.to_vec())
}

/// A time of an answer; none where it lies outside the years that a timestamp can hold.
pub(crate) fn timestamp(value: Option<DateTime>) -> Option<Timestamp> {
    let nanoseconds = value?.as_nanos();
    Timestamp::from_nanosecond(nanoseconds).ok()
}

/// A time for a request. Whole milliseconds: what the services keep.
pub(crate) fn date_time(value: Timestamp) -> DateTime {
    DateTime::from_millis(value.as_millisecond())
}
