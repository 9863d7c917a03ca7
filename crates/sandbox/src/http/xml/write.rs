//! JSON structures as XML.

use serde_json::Value;

use super::tables::{LISTS, RENAMED, TIMES};

/// Text as it stands between tags.
pub(in crate::http) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\r' => safe.push_str("&#13;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// `value` as the element `name`; absent values are no element.
pub(in crate::http) fn element(name: &str, value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    let kind = value.get("Type").filter(|_| name == "Grantee");
    let kind = kind.and_then(Value::as_str).map_or(String::new(), |kind| {
        format!(
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{}\"",
            escaped(kind)
        )
    });
    format!("<{name}{kind}>{}</{name}>", content(name, value))
}

/// What stands in the element `name` for `value`.
pub(in crate::http) fn content(name: &str, value: &Value) -> String {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(member, _)| !(name == "Grantee" && *member == "Type"))
            .map(|(member, value)| member_elements(member, value))
            .collect(),
        Value::Array(items) => items.iter().map(|item| element("member", item)).collect(),
        Value::Number(seconds) if TIMES.contains(&name) => {
            seconds.as_f64().map_or(String::new(), time)
        }
        Value::String(text) => escaped(text),
        Value::Null => String::new(),
        scalar => scalar.to_string(),
    }
}

fn member_elements(member: &str, value: &Value) -> String {
    if let Value::Array(items) = value {
        let listed = LISTS.iter().find(|(name, ..)| *name == member);
        let (outer, item) =
            listed.map_or((Some(member), "member"), |(_, outer, item)| (*outer, *item));
        let inner: String = items.iter().map(|value| element(item, value)).collect();
        return match outer {
            Some(outer) => format!("<{outer}>{inner}</{outer}>"),
            None => inner,
        };
    }
    let renamed = RENAMED.iter().find(|(name, _)| *name == member);
    let name = match renamed {
        Some((_, element)) => element,
        None if member == "Key" && value.is_object() => "S3Key",
        None => member,
    };
    element(name, value)
}

/// A point in time, given in seconds since 1970.
pub(in crate::http) fn time(seconds: f64) -> String {
    let at = jiff::Timestamp::from_millisecond((seconds * 1000.0).round() as i64);
    at.map_or(String::new(), |at| {
        at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    })
}
