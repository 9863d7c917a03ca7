//! Why an event was not answered.

use trailkeeper_core::AccountId;
use trailkeeper_core::config_rule::{DispatchError, EventError};

use crate::submit::SubmitError;

/// An event that could not be answered; the invocation has to fail, so that it is seen.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The event cannot be read.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It comes from a rule of another account.
    #[error(
        "the rule belongs to account {rule} and this function to account {function}; this version \
         takes on no role in another account: deploy function and rule together in account \
         {rule}, in many accounts with a stack set"
    )]
    CrossAccount {
        /// The rule's account.
        rule: AccountId,
        /// The account of the function, which its credentials are for.
        function: AccountId,
    },
    /// It is for no rule of ours, or for several.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// AWS Config did not take the report.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl EvaluateError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Event(error) => error.code(),
            Self::CrossAccount { .. } => "cross-account-rule",
            Self::Dispatch(error) => error.code(),
            Self::Submit(error) => error.code(),
        }
    }
}
