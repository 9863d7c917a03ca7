//! From the event to the report: which calls are made, and what is said.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "test code"
)]

mod account;
mod attribution;
mod baseline;
mod changed;
mod events;
mod guarded;
mod guarded_reads;
mod observing;
mod policies;
mod reading;
mod scheduled;
mod world;
