//! The repair of a trail: what is asked for and what came of it.

mod budget;
mod destinations;
mod parameters;
pub mod request;
pub mod result;

pub use budget::{Budget, MOST_RUNS_READ, Repairs};
pub use destinations::{Destinations, NotAllowed};
pub use request::{Mode, RepairRequest, RequestError};
pub use result::{Delivery, Entry, Outcome, RepairFailure, RepairResult};
