//! A map of the document, read key by key; what cannot be read becomes a finding.

use crate::convert::boolean;
use crate::finding::Findings;
use crate::node::{Node, NodeValue, Position};
use crate::suggest;

/// A map of known keys.
pub(crate) struct Fields<'a> {
    node: &'a Node,
    /// What the map is, for messages: `step Repair`.
    what: String,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(node: &'a Node, what: impl Into<String>) -> Self {
        Self {
            node,
            what: what.into(),
        }
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// Names every key that is not known.
    pub(crate) fn only(&self, known: &[&'static str], findings: &mut Findings) {
        for member in self.node.members() {
            if !known.contains(&member.key.as_str()) {
                findings.error(
                    "unknown-key",
                    member.key_at,
                    format!("{} has no key {}", self.what, member.key),
                    suggest::help(&member.key, known.iter().copied()),
                );
            }
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        let found = self.node.get(key)?;
        (found.value != NodeValue::Null).then_some(found)
    }

    pub(crate) fn require(&self, key: &str, findings: &mut Findings) -> Option<&'a Node> {
        let found = self.get(key);
        if found.is_none() {
            findings.error(
                "missing-key",
                self.node.at,
                format!("{} has no {key}", self.what),
                format!("add {key}"),
            );
        }
        found
    }

    pub(crate) fn text(&self, key: &str, findings: &mut Findings) -> Option<&'a str> {
        let node = self.get(key)?;
        let text = node.text();
        if text.is_none() {
            self.wrong_type(key, node, "a text", findings);
        }
        text
    }

    /// A boolean, or the text of one: real documents quote them.
    pub(crate) fn boolean(&self, key: &str, findings: &mut Findings) -> Option<bool> {
        let node = self.get(key)?;
        let read = match &node.value {
            NodeValue::Boolean(value) => Some(*value),
            NodeValue::Text(text) => boolean(text),
            _ => None,
        };
        if read.is_none() {
            self.wrong_type(key, node, "true or false", findings);
        }
        read
    }

    /// A whole number, or the text of one.
    pub(crate) fn count(&self, key: &str, findings: &mut Findings) -> Option<(u64, Position)> {
        let node = self.get(key)?;
        let read = match &node.value {
            NodeValue::Number(number) => number.as_u64(),
            NodeValue::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        if read.is_none() {
            self.wrong_type(key, node, "a whole number", findings);
        }
        Some((read?, node.at))
    }

    /// The items of a list.
    pub(crate) fn list(&self, key: &str, findings: &mut Findings) -> &'a [Node] {
        let Some(node) = self.get(key) else {
            return &[];
        };
        if !matches!(node.value, NodeValue::List(_)) {
            self.wrong_type(key, node, "a list", findings);
        }
        node.items()
    }

    /// A map.
    pub(crate) fn map(&self, key: &str, findings: &mut Findings) -> Option<&'a Node> {
        let node = self.get(key)?;
        if !node.is_map() {
            self.wrong_type(key, node, "a map", findings);
        }
        node.is_map().then_some(node)
    }

    pub(crate) fn wrong_type(&self, key: &str, node: &Node, wanted: &str, findings: &mut Findings) {
        findings.error(
            "wrong-type",
            node.at,
            format!("{key} of {} is {}", self.what, node.kind()),
            format!("write {wanted}"),
        );
    }
}
