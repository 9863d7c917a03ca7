//! The audit trail: what is wanted of it, what was seen of it, and what is wrong with it.
//!
//! The evaluator and the remediator use the same examination, so that a trail is COMPLIANT
//! exactly when there is nothing left to repair.

pub mod catalogue;
pub mod coverage;
pub mod examine;
pub mod finding;
pub mod reads;
pub mod requirements;
pub mod verdict;
pub mod view;

pub use coverage::ManagementCoverage;
pub use examine::{Examination, Note, examine};
pub use finding::{Code, Finding};
pub use reads::Read;
pub use requirements::{InsightType, ManagementEvents, Requirements};
pub use verdict::{Verdict, judge};
pub use view::TrailView;
