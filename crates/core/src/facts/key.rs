//! A KMS key as DescribeKey describes it.

use crate::identity::Arn;

/// The state of a key, in KMS's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// Usable.
    Enabled,
    /// Switched off; EnableKey brings it back.
    Disabled,
    /// Waiting to be deleted; CancelKeyDeletion brings it back, disabled.
    PendingDeletion,
    /// Any other state (`PendingImport`, `Unavailable`, `Creating`, ...), none of them usable.
    Other(String),
}

impl KeyState {
    /// The state that KMS names `text`.
    pub fn from_name(text: &str) -> Self {
        match text {
            "Enabled" => Self::Enabled,
            "Disabled" => Self::Disabled,
            "PendingDeletion" | "PendingReplicaDeletion" => Self::PendingDeletion,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What DescribeKey says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// The key's ARN, also where the key was asked for by alias.
    pub arn: Arn,
    /// Its state.
    pub state: KeyState,
    /// Whether the key is customer managed: an AWS managed key's policy cannot be changed.
    pub customer_managed: bool,
}
