//! An AWS account in memory: service models, a virtual clock and a fault script.
//!
//! The sandbox answers as AWS answers, also where that is inconvenient: it refuses what AWS
//! refuses and leaves undone what AWS leaves undone. Everything goes through one door,
//! [`Sandbox::call`]: JSON in and out, with the member names of the AWS API models. The ports and
//! the HTTP front are thin translations onto that door, so they cannot disagree about the state.
//!
//! Architecture invariant: the state never reads a clock, the environment or a random source; the
//! same calls from the same start give the same answers.

pub mod attacks;
pub mod call;
pub mod fault;
pub mod http;
pub mod scenario;
pub mod seed;
mod services;
pub mod view;
pub mod watch;
pub mod world;

mod account;
mod automation;
mod conversions;
mod ports;
mod refusal;

pub use account::{Function, Sandbox};
pub use call::{ApiError, Call, CallRecord, Failure};
pub use fault::{Fault, FaultKind, When};
pub use view::{Recorded, RecordedSettings, RecordedTrail};
pub use watch::Watch;
pub use world::{OrganizationRole, World};
