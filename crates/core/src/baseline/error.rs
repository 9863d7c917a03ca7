//! Why a baseline cannot be used.

use crate::identity::{AccountId, Arn};

/// Why a baseline cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// The bytes are not those that were captured.
    #[error("its SHA-256 is {seen}, not {expected}; capture a new one and name its hash")]
    HashMismatch {
        /// The hash of what is there.
        seen: String,
        /// The hash that is required.
        expected: String,
    },
    /// It was written by another version.
    #[error("its version is {0}, and this program reads version 1; capture a new one")]
    UnknownVersion(String),
    /// It is of another account.
    #[error("it was captured in account {0}; capture one here")]
    OtherAccount(AccountId),
    /// It is of another trail.
    #[error("it was captured of {0}; capture one of this trail")]
    OtherTrail(Arn),
    /// It is larger than any baseline.
    #[error("it has {bytes} bytes, more than {most}; capture a new one")]
    TooLarge {
        /// How large it is.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// It is no baseline.
    #[error("it cannot be read: {0}; capture a new one")]
    BadContent(String),
}

impl BaselineError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HashMismatch { .. } => "baseline-hash-mismatch",
            Self::UnknownVersion(_) => "baseline-unknown-version",
            Self::OtherAccount(_) => "baseline-other-account",
            Self::OtherTrail(_) => "baseline-other-trail",
            Self::TooLarge { .. } => "baseline-too-large",
            Self::BadContent(_) => "baseline-bad-content",
        }
    }
}
