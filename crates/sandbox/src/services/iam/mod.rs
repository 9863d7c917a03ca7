//! IAM: roles, instance profiles and managed policies. One state for all Regions.
//!
//! Users and groups are not modelled. What is written is seen at once by IAM's own reads; EC2 sees
//! a new instance profile some seconds later.

mod model;
mod names;
mod seeds;
mod visible;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use model::State;
pub(crate) use seeds::{seed_policy, seed_profile, seed_role};
pub(crate) use visible::{SeenProfile, profile_id, profile_named, profile_of_arn};

/// Answers one operation of this service.
pub(crate) fn dispatch(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(not_implemented(call))
}
