//! The rule `guard`: whether everything that keeps watch over the trail is still at work, and as it
//! was when it was healthy.
//!
//! Each part (a rule, its remediation, a function, ...) is reduced to a [`Fingerprint`]: named
//! values that must not change unnoticed. A baseline is a record of fingerprints; without one only
//! presence and state are judged.

mod budget;
mod examine;
mod fingerprint;
mod notification;
mod part;
mod plan;
mod requirements;
mod view;

pub use budget::{MOST_REPAIRS, REPAIR_WINDOW, is_exhausted, is_recent, started_within};
pub use examine::examine;
pub use notification::{failure_pattern, silencing_pattern, verdict_pattern};
pub use part::{Fingerprint, GuardRecord, Part, PartKind};
pub use plan::{GuardStep, plan};
pub use requirements::{BaselinePlace, Requirements};
pub use view::{GuardView, ManagedRecord, RoleRecord};
