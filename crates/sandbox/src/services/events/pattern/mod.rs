//! Event patterns: which events a rule wants. Pure; the matching follows EventBridge's documented
//! content filters.

mod matcher;
mod parse;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use matcher::Matcher;

/// Why a text is no event pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Event pattern is not valid. Reason: {0}")]
pub(crate) struct InvalidPattern(String);

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern(Node);

/// What an object of the event must hold.
#[derive(Debug, Clone, PartialEq)]
struct Node {
    /// All of these.
    fields: Vec<(String, Field)>,
    /// One of these (`$or`), if there are any.
    either: Vec<Node>,
}

/// What a member of the event must be.
#[derive(Debug, Clone, PartialEq)]
enum Field {
    Inner(Node),
    /// One of these.
    Leaf(Vec<Matcher>),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What EventBridge would say against it.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidPattern> {
        parse::pattern(text).map(Self)
    }

    /// Whether the rule of this pattern wants the event.
    pub(crate) fn matches(&self, event: &Value) -> bool {
        self.0.matches(Some(event))
    }
}

impl Node {
    /// An array stands for its elements: all that is wanted must be found in one and the same.
    fn matches(&self, value: Option<&Value>) -> bool {
        match value {
            Some(Value::Array(items)) if !items.is_empty() => {
                items.iter().any(|item| self.matches(Some(item)))
            }
            Some(Value::Object(members)) => self.fits(Some(members)),
            // what holds no members may still be wanted not to
            _ => self.fits(None),
        }
    }

    fn fits(&self, members: Option<&Map<String, Value>>) -> bool {
        let value = |name: &str| members.and_then(|members| members.get(name));
        let mut fields = self.fields.iter();
        fields.all(|(name, field)| field.matches(value(name)))
            && (self.either.is_empty() || self.either.iter().any(|node| node.fits(members)))
    }
}

impl Field {
    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Inner(node) => node.matches(value),
            Self::Leaf(matchers) => {
                let mut leaves = Vec::new();
                collect(value, &mut leaves);
                matchers.iter().any(|matcher| matcher.matches(&leaves))
            }
        }
    }
}

/// The values at the ends: those of an array are those of its elements, an object has none.
fn collect<'a>(value: Option<&'a Value>, leaves: &mut Vec<&'a Value>) {
    match value {
        None | Some(Value::Object(_)) => {}
        Some(Value::Array(items)) => items.iter().for_each(|item| collect(Some(item), leaves)),
        Some(scalar) => leaves.push(scalar),
    }
}
