//! References replaced by values.

use serde_json::{Map, Value};

use crate::convert::text_of;
use crate::node::{Node, NodeValue};
use crate::reference::{Part, Reference, parts};

/// Where values come from.
pub trait Scope {
    /// The value of a reference.
    ///
    /// # Errors
    /// Why there is none.
    fn value(&self, reference: &Reference) -> Result<Value, Unresolved>;
}

/// A reference without a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{{{{ {reference} }}}} has no value: {reason}")]
pub struct Unresolved {
    /// What was referred to.
    pub reference: Reference,
    /// Why there is no value.
    pub reason: String,
}

/// Replaces the references in a value. One that stands alone keeps its type; within a longer text
/// its text form is put in.
///
/// # Errors
/// The first reference without a value.
pub fn substitute(node: &Node, scope: &dyn Scope) -> Result<Value, Unresolved> {
    match &node.value {
        NodeValue::Text(text) => substitute_text(text, scope),
        NodeValue::List(items) => list(items, scope),
        NodeValue::Map(members) => {
            let mut map = Map::new();
            for member in members {
                map.insert(member.key.clone(), substitute(&member.value, scope)?);
            }
            Ok(Value::Object(map))
        }
        NodeValue::Null | NodeValue::Boolean(_) | NodeValue::Number(_) => Ok(node.to_json()),
    }
}

/// Replaces the references in a text.
pub(crate) fn substitute_text(text: &str, scope: &dyn Scope) -> Result<Value, Unresolved> {
    let parts = parts(text);
    if let [Part::Reference(reference)] = parts.as_slice() {
        return scope.value(reference);
    }
    let mut whole = String::new();
    for part in &parts {
        match part {
            Part::Literal(literal) => whole.push_str(literal),
            Part::Reference(reference) => whole.push_str(&text_of(&scope.value(reference)?)),
        }
    }
    Ok(Value::String(whole))
}

/// A list written as `["{{ list }}"]` is that list, not a list of one list.
fn list(items: &[Node], scope: &dyn Scope) -> Result<Value, Unresolved> {
    let values: Vec<Value> = items
        .iter()
        .map(|item| substitute(item, scope))
        .collect::<Result<_, _>>()?;
    let written_as_text = matches!(items, [item] if item.text().is_some());
    match <[Value; 1]>::try_from(values) {
        Ok([Value::Array(inner)]) if written_as_text => Ok(Value::Array(inner)),
        Ok([value]) => Ok(Value::Array(vec![value])),
        Err(values) => Ok(Value::Array(values)),
    }
}
