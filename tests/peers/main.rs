//! One test for each fault that other tools were read to have, under the number by which
//! docs/peers.md lists it.
#![expect(clippy::unwrap_used, reason = "test code")]

mod evaluator;
mod remediator;
mod selectors;
