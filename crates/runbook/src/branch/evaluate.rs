//! Which way a branch goes.

use serde_json::Value;

use super::{Branch, Comparison, Condition, Operator};
use crate::convert::{boolean, describe, text_of};
use crate::document::Target;
use crate::substitute::{Scope, Unresolved, substitute};

/// A condition that can be neither true nor false.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// A reference has no value.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    /// A value is not what the operator compares.
    #[error("{operator} compares {wanted}, and was given {found}", operator = operator.as_str())]
    Operand {
        /// The operator.
        operator: Operator,
        /// What it compares.
        wanted: &'static str,
        /// What it was given.
        found: String,
    },
}

impl Branch {
    /// Where the run goes; none: on in order.
    ///
    /// # Errors
    /// A condition reached before one held that can be neither true nor false.
    pub fn choose(&self, scope: &dyn Scope) -> Result<Option<&Target>, ConditionError> {
        for choice in &self.choices {
            if choice.condition.holds(scope)? {
                return Ok(Some(&choice.next_step));
            }
        }
        Ok(self.default.as_ref())
    }
}

impl Condition {
    /// Whether the condition holds; what comes after the deciding part is not looked at.
    ///
    /// # Errors
    /// It can be neither true nor false.
    pub fn holds(&self, scope: &dyn Scope) -> Result<bool, ConditionError> {
        match self {
            Self::And(conditions) => {
                for condition in conditions {
                    if !condition.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(conditions) => {
                for condition in conditions {
                    if condition.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(condition) => Ok(!condition.holds(scope)?),
            Self::Compare(comparison) => comparison.holds(scope),
        }
    }
}

impl Comparison {
    fn holds(&self, scope: &dyn Scope) -> Result<bool, ConditionError> {
        let left = substitute(&self.variable, scope)?;
        let right = substitute(&self.operand, scope)?;
        match self.operator {
            Operator::StringEquals
            | Operator::EqualsIgnoreCase
            | Operator::StartsWith
            | Operator::EndsWith
            | Operator::Contains => {
                let (left, right) = (self.text(&left)?, self.text(&right)?);
                Ok(compare_texts(self.operator, &left, &right))
            }
            Operator::BooleanEquals => Ok(self.boolean(&left)? == self.boolean(&right)?),
            Operator::NumericEquals
            | Operator::NumericGreater
            | Operator::NumericLesser
            | Operator::NumericGreaterOrEquals
            | Operator::NumericLesserOrEquals => {
                let (left, right) = (self.number(&left)?, self.number(&right)?);
                Ok(compare_numbers(self.operator, left, right))
            }
        }
    }

    fn text(&self, value: &Value) -> Result<String, ConditionError> {
        match value {
            Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(text_of(value)),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(self.not("texts", value)),
        }
    }

    fn number(&self, value: &Value) -> Result<f64, ConditionError> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        };
        number.ok_or_else(|| self.not("numbers", value))
    }

    fn boolean(&self, value: &Value) -> Result<bool, ConditionError> {
        let read = match value {
            Value::Bool(value) => Some(*value),
            Value::String(text) => boolean(text),
            _ => None,
        };
        read.ok_or_else(|| self.not("booleans", value))
    }

    fn not(&self, wanted: &'static str, value: &Value) -> ConditionError {
        ConditionError::Operand {
            operator: self.operator,
            wanted,
            found: describe(value),
        }
    }
}

fn compare_texts(operator: Operator, left: &str, right: &str) -> bool {
    match operator {
        Operator::EqualsIgnoreCase => left.to_lowercase() == right.to_lowercase(),
        Operator::StartsWith => left.starts_with(right),
        Operator::EndsWith => left.ends_with(right),
        Operator::Contains => left.contains(right),
        _ => left == right,
    }
}

fn compare_numbers(operator: Operator, left: f64, right: f64) -> bool {
    match operator {
        Operator::NumericGreater => left > right,
        Operator::NumericLesser => left < right,
        Operator::NumericGreaterOrEquals => left >= right,
        Operator::NumericLesserOrEquals => left <= right,
        _ => left == right,
    }
}
