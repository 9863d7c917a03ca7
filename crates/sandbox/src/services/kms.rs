//! KMS: keys, their states and policies.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The keys by ARN and the aliases of this account, alias ARN to key ARN.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) keys: BTreeMap<String, Key>,
    pub(crate) aliases: BTreeMap<String, String>,
}

/// One key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) arn: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) state: KeyState,
    pub(crate) policy: String,
}

/// A key's state as DescribeKey reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    Enabled,
    Disabled,
    PendingDeletion,
    PendingImport,
    Unavailable,
}

/// Finds a key by key id, key ARN, alias name or alias ARN, as a call in `region` would.
pub(crate) fn find<'a>(_world: &'a World, _id: &str, _region: &str) -> Option<&'a Key> {
    None
}

/// Answers one operation of this service.
pub(crate) fn dispatch(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(not_implemented(call))
}
