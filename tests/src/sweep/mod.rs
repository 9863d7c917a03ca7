//! The sweep: every fault, every interleaving, every move of an attacker against the remediator,
//! with the invariants I1 to I10 checked after every call.
//!
//! Nothing here knows an operation of the remediator by name: which calls can fail is taken from
//! runs that are watched, what they can answer from the API models (`data/errors.txt`) and from
//! the answers themselves. A new operation of the remediator is swept without a change here.

mod attack;
mod evaluator;
mod events;
mod figures;
mod invariant;
mod kind;
mod loss;
mod memory;
mod model;
mod parallel;
mod points;
mod poll;
mod run;
mod script;
mod start;
mod turns;
mod unit;
mod visited;
mod watcher;

pub use attack::{Attack, Attacks};
pub use evaluator::evaluate_under;
pub use events::lost as lost_event;
pub use figures::{Counted, Figures};
pub use invariant::{Break, Invariant};
pub use memory::{Heard, Memory};
pub use model::Model;
pub use parallel::{Random, in_parallel};
pub use points::{Operation, Place, Point, Schedule, operations_of, places_in, places_of, points};
pub use poll::{finish, go_on};
pub use run::{Driver, Ended, play};
pub use script::{FaultLine, Script, shrink};
pub use start::{Clean, Start};
pub use turns::{Orders, Told, take_turns};
pub use unit::Grain;
pub use visited::Visited;
