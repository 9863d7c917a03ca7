//! Listings that come in pages.

use std::collections::HashSet;
use std::future::Future;

use trailkeeper_core::{CallError, Operation};

use crate::error::invalid_response;

/// One page of a listing and the token of the next.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

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
            let reason = "the service sent the same page token twice, the listing has no end";
            return Err(invalid_response(operation, resource, reason));
        }
        token = Some(next);
    }
}
