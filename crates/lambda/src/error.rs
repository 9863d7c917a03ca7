//! The error of an invocation.

use std::error::Error;
use std::fmt;

use lambda_runtime::Diagnostic;
use trailkeeper_app::evaluate::EvaluateError;
use trailkeeper_app::fast_path::AnswerError;
use trailkeeper_aws::SessionError;
use trailkeeper_core::escape::one_line;
use trailkeeper_core::remediation::RepairFailure;

/// A failed invocation, as Lambda reports it. Runbooks and metric filters match on the type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {error_message}")]
pub struct HandlerError {
    /// The `errorType`: a stable code in kebab case.
    pub error_type: String,
    /// The `errorMessage`: what happened and what to do.
    pub error_message: String,
}

impl HandlerError {
    /// An error with this code and text.
    pub fn new(error_type: impl Into<String>, error_message: impl Into<String>) -> Self {
        Self {
            error_type: error_type.into(),
            error_message: error_message.into(),
        }
    }

    pub(crate) fn out_of_time() -> Self {
        let text = "the function's time was up before the work was done; give the function more \
             time, and see whether it can reach the services' endpoints";
        Self::new("out-of-time", text)
    }

    /// The first line of the message, without the JSON that a repair appends.
    pub fn sentence(&self) -> &str {
        self.error_message.lines().next().unwrap_or_default()
    }
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        Self {
            error_type: error.error_type,
            error_message: error.error_message,
        }
    }
}

impl From<EvaluateError> for HandlerError {
    fn from(error: EvaluateError) -> Self {
        Self::new(error.code(), chain(&error))
    }
}

impl From<AnswerError> for HandlerError {
    fn from(error: AnswerError) -> Self {
        Self::new(error.code(), chain(&error))
    }
}

impl From<RepairFailure> for HandlerError {
    fn from(failure: RepairFailure) -> Self {
        Self::new(failure.error_type(), failure.error_message())
    }
}

impl From<SessionError> for HandlerError {
    fn from(error: SessionError) -> Self {
        Self::new("bad-setting", chain(&error))
    }
}

/// An error with its causes: Lambda knows one text only. A service's message in it can repeat what
/// others wrote.
fn chain(error: &dyn Error) -> String {
    one_line(&Causes(error).to_string())
}

struct Causes<'a>(&'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        match self.0.source() {
            Some(source) => write!(f, ": {}", Self(source)),
            None => Ok(()),
        }
    }
}
