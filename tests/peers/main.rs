//! One test for each fault that other tools were read to have, named by the fault's number.
#![expect(clippy::unwrap_used, reason = "test code")]

mod evaluator;
mod instances;
mod remediator;
mod selectors;
