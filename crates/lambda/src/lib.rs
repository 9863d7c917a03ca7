//! The two Lambda functions: the evaluator behind the rules of AWS Config and of EventBridge, and
//! the remediator, a step of the runbook.
//!
//! Architecture invariants: a failure is a Lambda error with a stable code in kebab case as its
//! `errorType`, never an SDK's "service error"; no log line carries a result token, a credential
//! or an event; what the environment says is read once, by the binaries.

mod error;
pub mod evaluator;
mod invocation;
pub mod log;
pub mod remediator;
mod serve;
mod settings;

pub use error::HandlerError;
pub use invocation::Invocation;
pub use serve::{respond, serve};
pub use settings::Settings;
