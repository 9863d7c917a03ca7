//! Repair of the audit trail, decided step by step from what is seen.
//!
//! [`next`] is a pure function: goal, view and time in, one action out. A driver performs the
//! action, records what came of it in the [`View`], and asks again; a process that is killed
//! starts over from the facts and arrives at the same end.
//!
//! Architecture invariants: no step can shrink what a trail records (a checker refuses any plan
//! that could); writes go only to the one trail, its bucket and its key; "repaired" is said only
//! after everything was read again and nothing is left to do.

mod ask;
mod baseline_steps;
mod beside;
mod check;
mod conclusion;
mod desired;
mod gap;
mod goal;
mod journal;
mod locate;
mod next;
mod plan;
mod reaction;
mod remaining;
mod request;
mod selectors;
mod step;
mod store_steps;
mod survey;
mod trail_steps;
mod view;

pub use check::Refusal;
pub use conclusion::Ending;
pub use goal::{Goal, Limits};
pub use journal::{Attempt, Effect};
pub use next::{Next, next};
pub use plan::{Plan, PlannedStep};
pub use reaction::{Part, Reaction, reaction};
pub use request::{Answer, Request};
pub use selectors::covers;
pub use step::{Step, StepKind};
pub use view::View;
