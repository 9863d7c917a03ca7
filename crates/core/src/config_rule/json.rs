//! Reading of loosely typed JSON: AWS Config writes the same thing in several ways.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::event::EventError;
use crate::identity::AccountId;

/// Epoch numbers from here on can only be milliseconds: as seconds they lie after the year 5000.
const FIRST_MILLISECOND: f64 = 1e11;

/// A JSON object and where in the event it stands.
pub(crate) struct Place<'a> {
    fields: &'a Map<String, Value>,
    path: String,
}

impl<'a> Place<'a> {
    /// The object `value`, which stands at `path`.
    pub(crate) fn new(value: &'a Value, path: impl Into<String>) -> Result<Self, EventError> {
        let path = path.into();
        match value {
            Value::Object(fields) => Ok(Self { fields, path }),
            _ => Err(EventError::malformed(path, "is not an object")),
        }
    }

    /// The event itself, whose fields are named without a path.
    pub(crate) fn root(event: &'a Value) -> Result<Self, EventError> {
        let whole = Self::new(event, "event")?;
        Ok(Self {
            path: String::new(),
            ..whole
        })
    }

    /// Where the field `name` stands.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// The first of `names` that is there and not null.
    pub(crate) fn value(&self, names: &[&str]) -> Option<&'a Value> {
        let mut values = names.iter().filter_map(|name| self.fields.get(*name));
        values.find(|value| !value.is_null())
    }

    /// The field as `read` understands it; none where it is absent or null.
    fn read<T>(
        &self,
        names: &[&str],
        expected: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, EventError> {
        let Some(value) = self.value(names) else {
            return Ok(None);
        };
        let wrong = || self.wrong(names, expected);
        read(value).map(Some).ok_or_else(wrong)
    }

    /// The error that a field is not what it should be.
    pub(crate) fn wrong(&self, names: &[&str], expected: &'static str) -> EventError {
        EventError::malformed(self.path(names.first().unwrap_or(&"")), expected)
    }

    /// A text; numbers are taken as their text.
    pub(crate) fn text(&self, names: &[&str]) -> Result<Option<String>, EventError> {
        self.read(names, "is not a text", |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// A text that must be there and not empty.
    pub(crate) fn required_text(&self, names: &[&str]) -> Result<String, EventError> {
        let text = self.text(names)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| self.wrong(names, "is missing"))
    }

    /// A boolean, also in words; false where it is absent.
    pub(crate) fn flag(&self, names: &[&str]) -> Result<bool, EventError> {
        let flag = self.read(names, "is neither true nor false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => crate::parameter::boolean(text).ok(),
            _ => None,
        })?;
        Ok(flag.unwrap_or_default())
    }

    /// An account id; written as a number it has lost its leading zeros.
    pub(crate) fn account(&self, names: &[&str]) -> Result<Option<AccountId>, EventError> {
        self.read(
            names,
            "is not an account id of 12 digits",
            |value| match value {
                Value::String(text) => text.parse().ok(),
                Value::Number(number) => format!("{:0>12}", number.as_u64()?).parse().ok(),
                _ => None,
            },
        )
    }

    /// A time: RFC 3339, or seconds or milliseconds since 1970.
    pub(crate) fn time(&self, names: &[&str]) -> Result<Option<Timestamp>, EventError> {
        self.read(names, "is not a time", |value| match value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => from_epoch(number.as_f64()?),
            _ => None,
        })
    }

    /// A time that must be there.
    pub(crate) fn required_time(&self, names: &[&str]) -> Result<Timestamp, EventError> {
        self.time(names)?
            .ok_or_else(|| self.wrong(names, "is missing"))
    }
}

fn from_epoch(number: f64) -> Option<Timestamp> {
    let scale = if number.abs() < FIRST_MILLISECOND {
        1e3
    } else {
        1.0
    };
    // Milliseconds are all that AWS Config records, and all that a double holds exactly. The
    // conversion saturates, and the saturated value is out of range for a time.
    Timestamp::from_millisecond((number * scale).round() as i64).ok()
}

/// The JSON in a text; a value that is already decoded stays as it is.
pub(crate) fn decoded(value: &Value) -> Result<Value, serde_json::Error> {
    match value {
        Value::String(text) => serde_json::from_str(text),
        other => Ok(other.clone()),
    }
}
