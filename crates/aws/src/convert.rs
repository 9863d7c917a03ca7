//! Small conversions that several adapters share.

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use serde_json::Value;

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

/// A time of an answer in JSON: seconds since 1970.
pub(crate) fn epoch(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64()?;
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

/// A text of an answer in JSON that is there.
pub(crate) fn member(value: &Value, name: &str) -> Option<String> {
    text(value.get(name)?.as_str().map(str::to_owned))
}

/// The items of a list of an answer in JSON; an absent list is empty.
pub(crate) fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let list = value.get(name).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// A time for a request. Whole milliseconds: what the services keep.
pub(crate) fn date_time(value: Timestamp) -> DateTime {
    DateTime::from_millis(value.as_millisecond())
}
