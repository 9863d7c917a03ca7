//! State that tests, scenarios and the demo set up past the rules of the API.

pub mod function;
pub mod rule;
