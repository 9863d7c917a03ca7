//! The repair as a whole, on an account in memory: which steps it makes and in which order, when
//! it waits and reads again, and what it says in the end.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod adopted;
mod anew;
mod baseline;
mod bucket;
mod covers;
mod faults;
mod key;
mod key_names;
mod lost;
mod order;
mod organization;
mod parts;
mod reads;
mod run;
mod search;
mod selectors;
mod settings;
mod stage;
mod writes;
