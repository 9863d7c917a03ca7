//! The repair of a trail: what is asked for and what came of it.

mod parameters;
pub mod request;
pub mod result;

pub use request::{Mode, RepairRequest, RequestError};
pub use result::{Entry, Outcome, RepairFailure, RepairResult};
