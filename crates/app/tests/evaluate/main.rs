//! From the event to the report: which calls are made, and what is said.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "test code"
)]

mod account;
mod changed;
mod events;
mod guarded;
mod observing;
mod policies;
mod reading;
mod scheduled;
mod world;
