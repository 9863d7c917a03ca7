//! The forms of values: as boto3 takes and gives them, as the wire holds them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Map, Number, Value};

use crate::service::Service;

/// What is known of the members of one operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Members<'a> {
    pub(crate) service: &'a Service,
    pub(crate) operation: &'a str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Time,
    Blob,
    Plain,
}

impl Members<'_> {
    fn kind(&self, member: &str) -> Kind {
        if self.service.is_time(self.operation, member) {
            Kind::Time
        } else if self.service.is_blob(self.operation, member) {
            Kind::Blob
        } else {
            Kind::Plain
        }
    }

    fn walk(&self, value: Value, kind: Kind, change: fn(Kind, Value) -> Value) -> Value {
        match value {
            // boto3 neither sends nor gives a member that is null.
            Value::Object(members) => {
                let set = members.into_iter().filter(|(_, value)| !value.is_null());
                let changed = set.map(|(name, value)| {
                    let value = self.walk(value, self.kind(&name), change);
                    (name, value)
                });
                Value::Object(changed.collect::<Map<_, _>>())
            }
            Value::Array(values) => {
                let changed = values
                    .into_iter()
                    .map(|value| self.walk(value, kind, change));
                Value::Array(changed.collect())
            }
            other => change(kind, other),
        }
    }
}

/// An input, as the wire holds it: a time is a number of seconds, bytes are base64.
pub(crate) fn to_wire(members: Members<'_>, input: Value) -> Value {
    members.walk(input, Kind::Plain, |kind, value| match (kind, &value) {
        (Kind::Time, Value::String(text)) => epoch(text).map_or(value, Value::Number),
        (Kind::Blob, Value::String(text)) => Value::String(STANDARD.encode(text)),
        _ => value,
    })
}

/// An answer, as a run reads it: a time and bytes are texts.
pub(crate) fn from_wire(members: Members<'_>, answer: Value) -> Value {
    members.walk(answer, Kind::Plain, |kind, value| match (kind, &value) {
        (Kind::Time, Value::Number(seconds)) => time_text(seconds).map_or(value, Value::String),
        (Kind::Blob, Value::String(text)) => bytes_text(text).map_or(value, Value::String),
        _ => value,
    })
}

/// The text of a time: Python's `isoformat()`, which is also what the AWS CLI prints. Which text
/// SSM makes of boto3's datetime is not documented; this one is an input again everywhere.
fn time_text(seconds: &Number) -> Option<String> {
    let micros = seconds.as_f64()? * 1e6;
    // No time that an AWS service can mean is out of this range; a float beyond it is not exact.
    if micros.abs() > 9e17 {
        return None;
    }
    Some(printed(
        Timestamp::from_microsecond(micros.round() as i64).ok()?,
    ))
}

/// A time as Python's `isoformat()` prints it.
pub(crate) fn printed(time: Timestamp) -> String {
    let format = match time.subsec_microsecond() {
        0 => "%Y-%m-%dT%H:%M:%S+00:00",
        _ => "%Y-%m-%dT%H:%M:%S.%6f+00:00",
    };
    time.strftime(format).to_string()
}

/// The seconds since 1970 of a time as text; boto3 takes a time without an offset as UTC.
fn epoch(text: &str) -> Option<Number> {
    if let Ok(number) = text.parse::<f64>() {
        return in_seconds(number);
    }
    in_seconds(instant(text)?.as_microsecond() as f64 / 1e6)
}

/// A time as text; one without an offset is UTC.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| utc(text.parse::<DateTime>().ok()?))
        .or_else(|| utc(text.parse::<Date>().ok()?.at(0, 0, 0, 0)))
}

fn utc(time: DateTime) -> Option<Timestamp> {
    time.to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned: Zoned| zoned.timestamp())
}

// botocore sends whole seconds as an integer.
fn in_seconds(seconds: f64) -> Option<Number> {
    if seconds.fract() == 0.0 && seconds.abs() < 1e15 {
        return Some(Number::from(seconds as i64));
    }
    Number::from_f64(seconds)
}

/// Bytes as text; base64 where they are not UTF-8, so that nothing is lost.
pub(crate) fn bytes_text(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}
