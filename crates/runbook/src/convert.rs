//! Text forms, and the conversions between a selected value and an output's type.

use serde_json::{Number, Value};

/// The type of a step's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OutputType {
    /// A text: what an output is without a type.
    #[default]
    String,
    /// A list of texts.
    StringList,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A map.
    StringMap,
    /// A list of maps.
    MapList,
}

impl OutputType {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::String,
        Self::StringList,
        Self::Integer,
        Self::Boolean,
        Self::StringMap,
        Self::MapList,
    ];

    /// The type as documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::StringList => "StringList",
            Self::Integer => "Integer",
            Self::Boolean => "Boolean",
            Self::StringMap => "StringMap",
            Self::MapList => "MapList",
        }
    }

    /// The type a document names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A value that SSM does not convert to the type asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} cannot be taken as {}", wanted.as_str())]
pub struct Mismatch {
    /// What was found, for a reader.
    pub found: String,
    /// What it should have been.
    pub wanted: OutputType,
}

/// Takes a value as a type, by the conversions SSM has and no others.
///
/// # Errors
/// The value cannot be taken as that type.
pub fn convert(value: &Value, wanted: OutputType) -> Result<Value, Mismatch> {
    let converted = match wanted {
        OutputType::String => to_text(value),
        OutputType::StringList => to_text_list(value),
        OutputType::Integer => to_integer(value),
        OutputType::Boolean => to_boolean(value),
        OutputType::StringMap => value.is_object().then(|| value.clone()),
        OutputType::MapList => value
            .as_array()
            .filter(|items| items.iter().all(Value::is_object))
            .map(|_| value.clone()),
    };
    converted.ok_or_else(|| Mismatch {
        found: describe(value),
        wanted,
    })
}

fn to_text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Bool(_) | Value::Number(_) => Some(Value::String(text_of(value))),
        Value::Array(items) => only(items).and_then(to_text),
        Value::Null | Value::Object(_) => None,
    }
}

fn to_text_list(value: &Value) -> Option<Value> {
    match value {
        Value::Array(items) => items.iter().map(scalar_text).collect(),
        _ => Some(Value::Array(vec![scalar_text(value)?])),
    }
}

fn scalar_text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Some(Value::String(text_of(value))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn to_integer(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(value.clone()),
        Value::String(text) => integer(text).map(|number| Value::Number(Number::from(number))),
        Value::Array(items) => only(items).and_then(to_integer),
        _ => None,
    }
}

fn to_boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => boolean(text).map(Value::Bool),
        Value::Array(items) => only(items).and_then(to_boolean),
        _ => None,
    }
}

fn only(items: &[Value]) -> Option<&Value> {
    match items {
        [item] if !item.is_array() => Some(item),
        _ => None,
    }
}

/// A whole number written as text.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// `true` or `false` in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The text form of a value: a text as it is, everything else as JSON.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        _ => value.to_string(),
    }
}

/// The form in which a report shows a value: a list of texts.
pub(crate) fn report_form(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(text_of).collect(),
        _ => vec![text_of(value)],
    }
}

/// A value for a message: its kind, and the value where it is short.
pub(crate) fn describe(value: &Value) -> String {
    const LONGEST: usize = 120;
    let kind = match value {
        Value::Null => return "nothing".to_owned(),
        Value::Bool(_) => "the boolean",
        Value::Number(_) => "the number",
        Value::String(_) => "the text",
        Value::Array(_) => "the list",
        Value::Object(_) => "the map",
    };
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return format!("{kind} {text}");
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{kind} {cut}…")
}
