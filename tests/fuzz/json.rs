//! Edits of JSON, also of JSON in a text within JSON, as AWS Config and CloudTrail send it.

use serde_json::Value;

/// What became of a value.
enum Walk {
    /// The place comes later.
    Later,
    /// It was here.
    Done,
    /// It was here, and the value is to go.
    Gone,
}

/// The document with another value at `place`, counted from the root in the order of the
/// document, modulo what is there; none removes it.
pub(crate) fn change(
    text: &str,
    place: usize,
    mut to: impl FnMut(&Value) -> Option<Value>,
) -> String {
    let Ok(mut document) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    let mut left = place % count(&document);
    match walk(&mut document, &mut left, &mut to) {
        Walk::Gone => String::new(),
        Walk::Done | Walk::Later => document.to_string(),
    }
}

/// The value at a place.
pub(crate) fn value_at(text: &str, place: usize) -> Option<Value> {
    let mut found = None;
    change(text, place, |value| {
        found = Some(value.clone());
        None
    });
    found
}

/// The object or list in a text.
fn inner(value: &Value) -> Option<Value> {
    let text = value.as_str().filter(|text| text.starts_with(['{', '[']))?;
    serde_json::from_str(text).ok()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        other => inner(other).map_or(0, |value| count(&value)),
    }
}

fn walk(value: &mut Value, left: &mut usize, to: &mut dyn FnMut(&Value) -> Option<Value>) -> Walk {
    if *left == 0 {
        return match to(value) {
            None => Walk::Gone,
            Some(other) => {
                *value = other;
                Walk::Done
            }
        };
    }
    *left -= 1;
    match value {
        Value::Array(items) => {
            for at in 0..items.len() {
                let item = items.get_mut(at).unwrap();
                match walk(item, left, to) {
                    Walk::Later => continue,
                    Walk::Gone => drop(items.remove(at)),
                    Walk::Done => {}
                }
                return Walk::Done;
            }
        }
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                match walk(members.get_mut(&name).unwrap(), left, to) {
                    Walk::Later => continue,
                    Walk::Gone => drop(members.remove(&name)),
                    Walk::Done => {}
                }
                return Walk::Done;
            }
        }
        text => {
            if let Some(mut document) = inner(text) {
                let end = walk(&mut document, left, to);
                if !matches!(end, Walk::Later) {
                    *text = Value::from(document.to_string());
                    return end;
                }
            }
        }
    }
    Walk::Later
}
