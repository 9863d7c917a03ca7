//! The audit trail: what is wanted of it, what was seen of it, and what is wrong with it.
//!
//! The evaluator and the remediator use the same examination, so that a trail is COMPLIANT
//! exactly when there is nothing left to repair.

mod containment;
pub mod coverage;
pub mod data_events;
pub mod examine;
pub mod reads;
pub mod requirements;
pub mod verdict;
pub mod view;

pub use crate::catalogue;
pub use crate::finding::{self, Code, Finding, Note};
pub use coverage::ManagementCoverage;
pub use examine::{Examination, examine};
pub use reads::Read;
pub use requirements::{InsightType, ManagementEvents, Requirements};
pub use verdict::{Verdict, judge};
pub use view::{Beside, TrailView};
