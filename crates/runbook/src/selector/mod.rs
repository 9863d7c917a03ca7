//! Selectors: the part of JSONPath that SSM takes, in the dialect it takes.

mod evaluate;
mod parse;

use serde_json::Value;

/// A path into an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    written: String,
    segments: Vec<Segment>,
}

/// What a selector found.
#[derive(Debug, Clone, PartialEq)]
pub enum Selected {
    /// A path to one place: the value there, if there is one.
    One(Option<Value>),
    /// A path to any number of places: the values, in their order.
    Many(Vec<Value>),
}

impl Selected {
    /// The value an output is made of: none where nothing is, a list where there may be several.
    pub fn into_value(self) -> Option<Value> {
        match self {
            Self::One(value) => value.filter(|value| !value.is_null()),
            Self::Many(values) => Some(Value::Array(values)),
        }
    }
}

/// A text that is not a selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the selector {selector} cannot be read at character {at}: {reason}")]
pub struct SelectorError {
    /// The text.
    pub selector: String,
    /// The character at which reading stopped, counted from 1.
    pub at: usize,
    /// What is wrong there.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Segment {
    /// `.name`, `['name']`, `.'dotted name'`.
    Child(String),
    /// `[2]`, `[-1]`.
    Index(i64),
    /// `.*`, `[*]`.
    All,
    /// `[1:3]`.
    Slice(Option<i64>, Option<i64>),
    /// `[?(@.Key == 'x')]`.
    Filter(Filter),
    /// `..`: every value from here down.
    Descend,
}

#[derive(Debug, Clone, PartialEq)]
struct Filter {
    /// From the item on.
    path: Vec<Segment>,
    /// None: the path must lead somewhere.
    test: Option<(Relation, Value)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Selector {
    /// The selector as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it leads to one place at most.
    pub fn is_definite(&self) -> bool {
        self.segments
            .iter()
            .all(|segment| matches!(segment, Segment::Child(_) | Segment::Index(_)))
    }
}
