//! Pages of an answer, with tokens that only the operation which gave them accepts.

use serde_json::Value;

use crate::call::ApiError;

/// The page of `items` after `token`, at most `size` long, and the token of the next one.
pub(in crate::services) fn page<T>(
    operation: &str,
    items: Vec<T>,
    token: Option<&str>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let start = match token {
        None => 0,
        Some(token) => start_of(operation, token)
            .filter(|start| *start < items.len())
            .ok_or_else(not_ours)?,
    };
    let next = start.saturating_add(size);
    let more = next < items.len();
    let page = items.into_iter().skip(start).take(size).collect();
    Ok((page, more.then(|| format!("{operation}/{next}"))))
}

/// `{name: items}` with the token where there is one.
pub(in crate::services) fn answer(
    name: &str,
    (items, next): (Vec<Value>, Option<String>),
) -> Value {
    let mut members = serde_json::Map::new();
    members.insert(name.to_owned(), Value::Array(items));
    if let Some(token) = next {
        members.insert("NextToken".to_owned(), Value::String(token));
    }
    Value::Object(members)
}

fn start_of(operation: &str, token: &str) -> Option<usize> {
    let (named, start) = token.rsplit_once('/')?;
    (named == operation).then_some(())?;
    start.parse().ok()
}

fn not_ours() -> ApiError {
    let text = "The specified nextToken is not valid. Specify the nextToken string that was \
                returned in the previous response to get the next page of results.";
    ApiError::new("InvalidNextTokenException", text)
}
