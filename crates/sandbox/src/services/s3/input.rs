//! Reading the members of an input structure.

use serde_json::Value;

use crate::call::ApiError;

/// A required string member.
pub(super) fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    optional(input, name).ok_or_else(|| missing(name))
}

/// A string member, if given.
pub(super) fn optional<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

/// A required structure.
pub(super) fn structure<'a>(input: &'a Value, name: &str) -> Result<&'a Value, ApiError> {
    input
        .get(name)
        .filter(|value| value.is_object())
        .ok_or_else(|| missing(name))
}

/// A number of things to list, between 1 and `most`; `most` where it is not given.
pub(super) fn count(input: &Value, name: &str, most: usize) -> Result<usize, ApiError> {
    match input.get(name) {
        None | Some(Value::Null) => Ok(most),
        Some(given) => given
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| {
                invalid_argument(format!(
                    "Argument {name} must be an integer between 0 and 2147483647"
                ))
            }),
    }
}

pub(super) fn invalid_argument(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidArgument", text)
}

pub(super) fn malformed_xml() -> ApiError {
    ApiError::new(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

fn missing(name: &str) -> ApiError {
    ApiError::new(
        "InvalidRequest",
        format!("Missing required parameter in input: \"{name}\""),
    )
}

/// The structure with one more member, if there is a value for it.
pub(super) fn with(mut structure: Value, name: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Some(members), Some(value)) = (structure.as_object_mut(), value) {
        members.insert(name.to_owned(), value.into());
    }
    structure
}
