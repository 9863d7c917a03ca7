//! The repair as a whole, on an account in memory: which steps it makes and in which order, when
//! it waits and reads again, and what it says in the end.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod baseline;
mod faults;
mod order;
mod run;
mod search;
mod selectors;
mod stage;
mod stores;
mod waits;
