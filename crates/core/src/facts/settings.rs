//! Settings of a part in one form, so that layout and order are no change.

use std::collections::BTreeMap;

use serde_json::Value;

/// Settings by the names that AWS gives them (`Source.SourceDetails` for one within another), each
/// in one form. One that is empty or absent is not in it.
pub type Settings = BTreeMap<String, String>;

/// The settings with these names in what a service answers.
pub fn settings_in(answer: &Value, names: &[&str]) -> Settings {
    let found = names.iter().filter_map(|name| {
        let pointer = format!("/{}", name.replace('.', "/"));
        let text = match plain(answer.pointer(&pointer)?)? {
            Value::String(text) => text,
            other => other.to_string(),
        };
        Some(((*name).to_owned(), text))
    });
    found.collect()
}

/// The value without what is empty, and with its lists in order: none of them is one in which the
/// order says something.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().filter_map(plain).collect();
            items.sort_by_key(ToString::to_string);
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.filter_map(|(name, value)| Some((name.clone(), plain(value)?)));
            let members: serde_json::Map<_, _> = members.collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        other => Some(other.clone()),
    }
}
