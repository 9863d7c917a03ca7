//! Placeholder.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// Answers one operation of this service.
pub(crate) fn dispatch(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(not_implemented(call))
}
