//! Pure decisions: facts in, findings and plans out.
//!
//! Architecture invariant: nothing here does I/O, waits, or reads a clock, the environment or a
//! file. Time, ids and randomness come in as values, so the same facts always give the same
//! verdict and the same plan.

pub mod baseline;
pub mod call_error;
pub mod catalogue;
pub mod cloudtrail;
pub mod config_rule;
pub mod digest;
pub mod escape;
pub mod facts;
pub mod fast_path;
pub mod finding;
pub mod guard;
pub mod identity;
pub mod incident;
pub mod instance_profile;
mod naming;
pub mod operation;
mod parameter;
pub mod remediation;
pub mod repair;
pub mod threats;
pub mod write_request;

pub use call_error::{CallError, ErrorClass};
pub use facts::Fact;
pub use finding::{Code, Finding, Note, Severity};
pub use identity::{AccountId, Arn, Caller, Region};
pub use operation::Operation;
