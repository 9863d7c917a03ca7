//! Documents read, checked and run against a scripted AWS and a virtual clock.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod actions;
mod approval;
mod attach_profile;
mod branch;
mod cancel;
mod check;
mod detach_policy;
mod flow;
mod own_runbook;
mod parameters;
mod properties;
mod report;
mod retries;
mod selectors;
mod substitution;
mod support;
mod syntax;
mod variables;
mod world;
