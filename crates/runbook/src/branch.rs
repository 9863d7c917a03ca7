//! `aws:branch`: the first choice that holds says where the run goes.

mod evaluate;
mod read;

pub use evaluate::ConditionError;
pub(crate) use read::read_branch;

use crate::document::Target;
use crate::node::Node;

/// What a branch chooses from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Branch {
    /// The choices, in their order.
    pub choices: Vec<Choice>,
    /// Where the run goes when none holds.
    pub default: Option<Target>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What must hold.
    pub condition: Condition,
    /// Where the run goes then.
    pub next_step: Target,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of them.
    And(Vec<Condition>),
    /// One of them at least.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A comparison.
    Compare(Comparison),
}

/// A variable compared with an operand.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub variable: Node,
    /// How.
    pub operator: Operator,
    /// With what.
    pub operand: Node,
}

/// How a variable is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The same text.
    StringEquals,
    /// The same text but for upper and lower case.
    EqualsIgnoreCase,
    /// The text begins so.
    StartsWith,
    /// The text ends so.
    EndsWith,
    /// The text has this in it.
    Contains,
    /// The same number.
    NumericEquals,
    /// A greater number.
    NumericGreater,
    /// A lesser number.
    NumericLesser,
    /// A greater number or the same.
    NumericGreaterOrEquals,
    /// A lesser number or the same.
    NumericLesserOrEquals,
    /// The same boolean.
    BooleanEquals,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::StringEquals,
        Self::EqualsIgnoreCase,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::NumericEquals,
        Self::NumericGreater,
        Self::NumericLesser,
        Self::NumericGreaterOrEquals,
        Self::NumericLesserOrEquals,
        Self::BooleanEquals,
    ];

    /// The operator as documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StringEquals => "StringEquals",
            Self::EqualsIgnoreCase => "EqualsIgnoreCase",
            Self::StartsWith => "StartsWith",
            Self::EndsWith => "EndsWith",
            Self::Contains => "Contains",
            Self::NumericEquals => "NumericEquals",
            Self::NumericGreater => "NumericGreater",
            Self::NumericLesser => "NumericLesser",
            Self::NumericGreaterOrEquals => "NumericGreaterOrEquals",
            Self::NumericLesserOrEquals => "NumericLesserOrEquals",
            Self::BooleanEquals => "BooleanEquals",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.as_str() == name)
    }
}
