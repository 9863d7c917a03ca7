//! The rule `guard`: its parameters, what it finds, what it records and what it puts right.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code"
)]

mod examine;
mod fingerprints;
mod invoked;
mod notified;
mod parameters;
mod permissions;
mod plan;
mod presence;
mod record;
mod rules;
mod settings;
mod support;
