//! Pages of an answer, with tokens that only the operation which gave them accepts.

use std::ops::Bound;

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

/// A resource: its type and its id.
type Resource = (String, String);

/// Where a listing by resource goes on: after the resource that `token` names. Such a listing
/// costs what its page costs, however many resources there are, and none is lost or told twice
/// when others come and go between two pages.
pub(in crate::services) fn after(
    operation: &str,
    token: Option<&str>,
) -> Result<Option<Bound<Resource>>, ApiError> {
    let Some(token) = token else {
        return Ok(None);
    };
    let named = token.strip_prefix(operation);
    let named = named.and_then(|rest| rest.strip_prefix('/')?.split_once('/'));
    let (kind, id) = named.ok_or_else(not_ours)?;
    Ok(Some(Bound::Excluded((kind.to_owned(), id.to_owned()))))
}

/// The first `size` of `items`, each told with its resource, and the token of the next page.
pub(in crate::services) fn first_page<'a, T>(
    operation: &str,
    items: impl Iterator<Item = (&'a Resource, T)>,
    size: usize,
) -> (Vec<T>, Option<String>) {
    let mut page = Vec::new();
    let mut last: Option<&Resource> = None;
    for (resource, item) in items {
        if page.len() == size {
            let token = last.map(|(kind, id)| format!("{operation}/{kind}/{id}"));
            return (page, token);
        }
        page.push(item);
        last = Some(resource);
    }
    (page, None)
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
