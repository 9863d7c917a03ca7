//! Answers as XML.

use serde_json::Value;

use super::super::xml::{escaped, time};

/// Members that are maps, which are written as entries.
const MAPS: [&str; 2] = ["Attributes", "SummaryMap"];

/// `value` as the element `name`; absent values are no element.
pub(super) fn element(name: &str, value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    let content = match value {
        Value::Object(members) if MAPS.contains(&name) => members
            .iter()
            .map(|(key, value)| {
                let key = escaped(key);
                let value = element("value", value);
                format!("<entry><key>{key}</key>{value}</entry>")
            })
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(member, value)| element(member, value))
            .collect(),
        Value::Array(items) => items.iter().map(|item| element("member", item)).collect(),
        Value::String(text) => escaped(text),
        // members that are points in time are numbers of seconds behind the door
        Value::Number(seconds) if name.ends_with("Date") => {
            seconds.as_f64().map_or(String::new(), time)
        }
        scalar => scalar.to_string(),
    };
    format!("<{name}>{content}</{name}>")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::element;

    #[test]
    fn maps_and_lists_have_their_forms() {
        let output = json!({
            "Attributes": {"Owner": "1 & 2"}, "Topics": [{"TopicArn": "a"}], "Absent": null,
        });
        let wanted = "<R><Attributes><entry><key>Owner</key><value>1 &amp; 2</value></entry>\
                      </Attributes><Topics><member><TopicArn>a</TopicArn></member></Topics></R>";
        assert_eq!(element("R", &output), wanted);
    }
}
