//! Input validation, in the words of the JSON protocol's validator.

use serde_json::Value;

use crate::call::ApiError;

/// A required string of 1 to `longest` characters.
pub(super) fn text<'a>(
    input: &'a Value,
    member: &str,
    longest: usize,
) -> Result<&'a str, ApiError> {
    let Some(given) = input.get(member).and_then(Value::as_str) else {
        return Err(constraint(member, None, "Member must not be null"));
    };
    length(member, given, 1, longest)?;
    Ok(given)
}

/// Checks the number of characters.
pub(super) fn length(
    member: &str,
    given: &str,
    shortest: usize,
    longest: usize,
) -> Result<(), ApiError> {
    let count = given.chars().count();
    if count < shortest {
        let rule = format!("Member must have length greater than or equal to {shortest}");
        return Err(constraint(member, Some(given), &rule));
    }
    if count > longest {
        let rule = format!("Member must have length less than or equal to {longest}");
        return Err(constraint(member, Some(given), &rule));
    }
    Ok(())
}

/// The refusal of one member.
pub(super) fn constraint(member: &str, given: Option<&str>, rule: &str) -> ApiError {
    let mut chars = member.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    let wire: String = first.into_iter().chain(chars).collect();
    let value = given.map_or("null".to_owned(), |text| format!("'{text}'"));
    validation(format!(
        "1 validation error detected: Value {value} at '{wire}' failed to satisfy constraint: {rule}"
    ))
}

pub(super) fn validation(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", text)
}

/// An integer member within bounds; `otherwise` where it is not given.
pub(super) fn number(
    input: &Value,
    member: &str,
    bounds: std::ops::RangeInclusive<i64>,
    otherwise: i64,
) -> Result<i64, ApiError> {
    let given = match input.get(member) {
        None | Some(Value::Null) => return Ok(otherwise),
        Some(given) => given,
    };
    match given.as_i64() {
        Some(number) if bounds.contains(&number) => Ok(number),
        Some(number) if number < *bounds.start() => {
            let rule = format!(
                "Member must have value greater than or equal to {}",
                bounds.start()
            );
            Err(constraint(member, Some(&number.to_string()), &rule))
        }
        _ => {
            let rule = format!(
                "Member must have value less than or equal to {}",
                bounds.end()
            );
            Err(constraint(member, Some(&given.to_string()), &rule))
        }
    }
}

/// The structure with one more member, if there is a value for it.
pub(super) fn with(mut structure: Value, name: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Some(members), Some(value)) = (structure.as_object_mut(), value) {
        members.insert(name.to_owned(), value.into());
    }
    structure
}
