//! New statements as text.

use super::SERVICE;
use crate::json::write::{Json, Layout};

/// A statement that lets CloudTrail do one thing.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) sid: &'static str,
    pub(super) action: &'static str,
    pub(super) resources: Vec<String>,
    pub(super) conditions: Vec<Operand>,
}

/// One operator, key and value of a condition.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    operator: &'static str,
    key: String,
    value: String,
}

impl Operand {
    pub(super) fn new(operator: &'static str, key: &str, value: &str) -> Self {
        Self {
            operator,
            key: key.to_owned(),
            value: value.to_owned(),
        }
    }
}

impl Draft {
    /// The statement under a `Sid`.
    pub(super) fn write(&self, sid: &str, layout: &Layout) -> String {
        let text = |value: &str| Json::Text(value.to_owned());
        let principal = Json::Object(vec![("Service".to_owned(), text(SERVICE))]);
        let members = [
            ("Sid", text(sid)),
            ("Effect", text("Allow")),
            ("Principal", principal),
            ("Action", text(self.action)),
            ("Resource", self.resource()),
            ("Condition", self.condition()),
        ];
        let json = Json::Object(members.map(|(key, value)| (key.to_owned(), value)).into());
        let mut out = String::new();
        json.write(layout, 0, &mut out);
        out
    }

    fn resource(&self) -> Json {
        match self.resources.as_slice() {
            [one] => Json::Text(one.clone()),
            many => Json::List(many.iter().cloned().map(Json::Text).collect()),
        }
    }

    fn condition(&self) -> Json {
        let mut operators: Vec<(&'static str, Vec<(String, Json)>)> = Vec::new();
        for Operand {
            operator,
            key,
            value,
        } in &self.conditions
        {
            let line = (key.clone(), Json::Text(value.clone()));
            match operators.iter_mut().find(|(name, _)| name == operator) {
                Some((_, lines)) => lines.push(line),
                None => operators.push((operator, vec![line])),
            }
        }
        let object = |(name, lines): (&str, _)| (name.to_owned(), Json::Object(lines));
        Json::Object(operators.into_iter().map(object).collect())
    }
}
