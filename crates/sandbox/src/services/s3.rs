//! S3: buckets, as far as a log archive and its guard need them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The buckets by name; names are unique across accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) buckets: BTreeMap<String, Bucket>,
}

/// One bucket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket {
    pub(crate) owner: String,
    pub(crate) region: String,
    pub(crate) policy: Option<String>,
    pub(crate) requester_pays: bool,
    pub(crate) bucket_keys: bool,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(not_implemented(call))
}
