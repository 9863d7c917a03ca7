//! Organizations: the account's place in an organization.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::{OrganizationRole, World};

/// The organization as this account sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) role: OrganizationRole,
    pub(crate) organization_id: String,
    pub(crate) management_account: String,
    pub(crate) all_features: bool,
    pub(crate) cloudtrail_trusted_access: bool,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(not_implemented(call))
}
