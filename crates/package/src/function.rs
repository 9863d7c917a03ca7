//! The functions.

use std::fmt;

/// A function of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Behind the AWS Config rules.
    Evaluator,
    /// Behind the runbook's steps.
    Remediator,
}

impl Function {
    /// Every function.
    pub const ALL: [Self; 2] = [Self::Evaluator, Self::Remediator];

    /// The name of its program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Evaluator => "evaluator",
            Self::Remediator => "remediator",
        }
    }

    /// The parameter of the template that says where its archive is.
    pub fn key_parameter(self) -> &'static str {
        match self {
            Self::Evaluator => "EvaluatorS3Key",
            Self::Remediator => "RemediatorS3Key",
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
