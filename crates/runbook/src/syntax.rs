//! YAML and JSON into nodes. JSON is read as the YAML it is, so both keep their places.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::{Location, Spanned};

use crate::node::{Member, Node, NodeValue, Position};

/// A text that is neither YAML nor JSON, or in which a key stands twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text cannot be read as YAML or JSON at line {}, column {}: {message}", at.line, at.column)]
pub struct SyntaxError {
    /// Where reading stopped.
    pub at: Position,
    /// What was found there.
    pub message: String,
}

/// Reads YAML or JSON.
///
/// # Errors
/// The place where the text stops being YAML or JSON, or repeats a key of the same map.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    serde_saphyr::from_str::<Node>(text).map_err(|error| {
        let error = error.without_snippet();
        let at = error.location().map_or_else(Position::default, position);
        SyntaxError {
            at,
            message: message(&error.to_string()),
        }
    })
}

/// The reader's own sentence: its place is kept apart, and its advice on settings helps nobody here.
fn message(full: &str) -> String {
    let line = full.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let line = match (line.starts_with("line "), line.split_once(": ")) {
        (true, Some((_, rest))) => rest,
        _ => line,
    };
    let line = line.split(", set DuplicateKeyPolicy").next();
    let line = line.and_then(|line| line.split(" at line ").next());
    line.unwrap_or_default().to_owned()
}

fn position(location: Location) -> Position {
    Position {
        line: u32::try_from(location.line()).unwrap_or_default(),
        column: u32::try_from(location.column()).unwrap_or_default(),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<NodeValue>::deserialize(deserializer)?;
        Ok(Self {
            at: position(spanned.referenced),
            value: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for NodeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = NodeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<NodeValue, E> {
        Ok(NodeValue::Null)
    }

    fn visit_none<E: Error>(self) -> Result<NodeValue, E> {
        Ok(NodeValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<NodeValue, D::Error> {
        NodeValue::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<NodeValue, E> {
        Ok(NodeValue::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<NodeValue, E> {
        Ok(NodeValue::Number(Number::from(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<NodeValue, E> {
        Ok(NodeValue::Number(Number::from(value)))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<NodeValue, E> {
        Err(E::custom(format!("{value} is too large a number")))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<NodeValue, E> {
        Err(E::custom(format!("{value} is too large a number")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<NodeValue, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(NodeValue::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<NodeValue, E> {
        Ok(NodeValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<NodeValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(NodeValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<NodeValue, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = access.next_entry::<Spanned<String>, Node>()? {
            members.push(Member {
                key_at: position(key.referenced),
                key: key.value,
                value,
            });
        }
        Ok(NodeValue::Map(members))
    }
}
