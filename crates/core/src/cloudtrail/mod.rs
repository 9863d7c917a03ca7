//! The audit trail: what is wanted of it, what was seen of it, and what is wrong with it.
//!
//! The evaluator and the remediator use the same examination, so that a trail is COMPLIANT
//! exactly when there is nothing left to repair.

pub mod finding;
pub mod requirements;
pub mod view;

pub use finding::{Code, Finding};
pub use requirements::{InsightType, ManagementEvents, Requirements};
pub use view::TrailView;
