//! The AWS Config custom rule protocol: the event, the parameters, the evaluations.

mod evaluation;

pub use evaluation::{Compliance, Evaluation};
