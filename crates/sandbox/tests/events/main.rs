//! EventBridge through the account's door: rules, targets, and what reaches a function.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod attacks;
mod coverage;
mod delivery;
mod forwarding;
mod product;
mod records;
mod refusals;
mod rules;
mod support;
