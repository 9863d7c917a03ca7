//! Why an event was not answered.

use trailkeeper_core::config_rule::{DispatchError, EventError};

use crate::submit::SubmitError;

/// An event that could not be answered; the invocation has to fail, so that it is seen.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The event cannot be read.
    #[error(transparent)]
    Event(#[from] EventError),
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
            Self::Dispatch(error) => error.code(),
            Self::Submit(error) => error.code(),
        }
    }
}
