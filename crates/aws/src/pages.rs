//! Listings that come in pages.

use std::collections::HashSet;
use std::future::Future;

use trailkeeper_core::{CallError, Operation};

use crate::error::invalid_response;

/// One page of a listing and the token of the next.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

/// The token of the next page, for a listing that is read page by page; none on the last page. The
/// token that was just used is an error: the listing would never end.
pub(crate) fn next_page(
    operation: Operation,
    resource: &str,
    token: Option<&str>,
    next: Option<String>,
) -> Result<Option<String>, CallError> {
    let next = next.filter(|next| !next.is_empty());
    match next.as_deref() == token && token.is_some() {
        true => Err(endless(operation, resource)),
        false => Ok(next),
    }
}

/// All pages. A token that comes twice is an error: the listing would never end, and one that is
/// cut must not pass for a whole one.
pub(crate) async fn all_pages<T, F, Answer>(
    operation: Operation,
    resource: &str,
    fetch: F,
) -> Result<Vec<T>, CallError>
where
    F: Fn(Option<String>) -> Answer,
    Answer: Future<Output = Result<Page<T>, CallError>>,
{
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    let mut token = None;
    loop {
        let (page, next) = fetch(token).await?;
        items.extend(page);
        let Some(next) = next.filter(|next| !next.is_empty()) else {
            return Ok(items);
        };
        if !seen.insert(next.clone()) {
            return Err(endless(operation, resource));
        }
        token = Some(next);
    }
}

fn endless(operation: Operation, resource: &str) -> CallError {
    let reason = "the service sent the same page token twice, the listing has no end";
    invalid_response(operation, resource, reason)
}
