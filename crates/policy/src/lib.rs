//! The IAM policy language, as far as a guard of audit trails needs it.
//!
//! [`Policy::parse`] reads a document and keeps the place of everything in it;
//! [`Policy::decide`] answers whether it lets an AWS service do one thing; the
//! [`cloudtrail`] module asks the questions CloudTrail delivery depends on and
//! adds the statements that are missing without touching the others.
//!
//! Nothing here does I/O, reads a clock or an environment.

pub mod action_table;
pub mod analysis;
pub mod cloudtrail;
pub mod condition;
pub mod context;
pub mod decide;
pub mod document;
mod error;
pub mod exposure;
mod json;
pub mod matching;
pub mod suggest;

pub use condition::Truth;
pub use context::{Context, ContextValue};
pub use decide::{Decision, ServiceRequest, StatementRef};
pub use document::{Effect, Policy, Statement, Version};
pub use error::{Place, PolicyError};
