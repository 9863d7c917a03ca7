//! `case/v1` files and the demo's account.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: a helper that fails is a failing test"
)]

mod broken;
mod cases;
mod demo;
mod instances;
mod listed;
mod support;
