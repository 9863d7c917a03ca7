//! Pages of a listing: `MaxItems`, `Marker` and `IsTruncated`.

use serde_json::{Map, Value};

use super::input::{error, number, text};
use crate::call::{ApiError, Call};

/// Items of a page if the request does not say.
const USUAL: u64 = 100;

/// A piece of a listing.
pub(super) struct Piece<T> {
    pub(super) items: Vec<T>,
    marker: Option<String>,
}

impl<T> Piece<T> {
    /// The items from the request's marker on, as many as it asks for.
    pub(super) fn of(call: &Call, all: impl Iterator<Item = T>) -> Result<Self, ApiError> {
        let start = match text(call, "Marker")? {
            None => 0,
            Some(marker) => marker
                .strip_prefix(&format!("{}/", call.operation))
                .and_then(|start| start.parse::<usize>().ok())
                .ok_or_else(|| error("ValidationError", "Invalid Marker."))?,
        };
        let size = number(call, "MaxItems").unwrap_or(USUAL);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut rest = all.skip(start);
        let items: Vec<T> = rest.by_ref().take(size).collect();
        let more = rest.next().is_some();
        let marker = more.then(|| format!("{}/{}", call.operation, start + items.len()));
        Ok(Self { items, marker })
    }

    /// `members` with `IsTruncated` and the marker of the next page.
    pub(super) fn close(marker: Option<String>, mut members: Map<String, Value>) -> Value {
        members.insert("IsTruncated".to_owned(), Value::Bool(marker.is_some()));
        if let Some(marker) = marker {
            members.insert("Marker".to_owned(), Value::String(marker));
        }
        Value::Object(members)
    }

    /// The items and the next page's marker.
    pub(super) fn into_parts(self) -> (Vec<T>, Option<String>) {
        (self.items, self.marker)
    }
}

/// The listing `name` of a request.
pub(super) fn listing(
    call: &Call,
    name: &str,
    all: impl Iterator<Item = Value>,
) -> Result<Value, ApiError> {
    let (items, marker) = Piece::of(call, all)?.into_parts();
    let members = Map::from_iter([(name.to_owned(), Value::Array(items))]);
    Ok(Piece::<Value>::close(marker, members))
}
