//! State set up past the rules of the API: for tests, scenarios and the demo.

mod function;
mod rule;

pub use rule::{EvaluationSeed, RecorderSeed, ResultTokenSeed, RuleSeed};
