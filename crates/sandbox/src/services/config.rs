//! Placeholder.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The state of this service.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

/// Answers one operation of this service.
pub(crate) fn dispatch(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(not_implemented(call))
}

/// Lets time pass.
pub(crate) fn pass_time(_world: &mut World, _to: jiff::Timestamp) {}
