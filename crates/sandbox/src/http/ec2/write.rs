//! Answers as XML.

use serde_json::{Map, Value};

use super::tables::{RENAMED, TIMES};
use crate::http::xml::{escaped, time};

/// What stands in an element for `value`.
pub(super) fn content(value: &Value) -> String {
    match value {
        Value::Object(members) => object(members),
        Value::Array(items) => items
            .iter()
            .map(|item| format!("<item>{}</item>", content(item)))
            .collect(),
        Value::String(text) => escaped(text),
        Value::Null => String::new(),
        scalar => scalar.to_string(),
    }
}

fn object(members: &Map<String, Value>) -> String {
    let member = |(name, value): (&String, &Value)| {
        let element = element_name(name, value);
        let inner = match value.as_f64().filter(|_| TIMES.contains(&name.as_str())) {
            Some(seconds) => time(seconds),
            None => content(value),
        };
        format!("<{element}>{inner}</{element}>")
    };
    let there = members.iter().filter(|(_, value)| !value.is_null());
    there.map(member).collect()
}

fn element_name(name: &str, value: &Value) -> String {
    // an instance's state is a structure, all others are words
    if name == "State" && value.is_object() {
        return "instanceState".to_owned();
    }
    if let Some((_, element)) = RENAMED.iter().find(|(member, _)| *member == name) {
        return (*element).to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::content;

    #[test]
    fn lists_are_sets_of_items() {
        let output = json!({"Reservations": [{"Instances": [{
            "InstanceId": "i-1",
            "State": {"Code": 16, "Name": "running"},
            "Monitoring": {"State": "disabled"},
            "LaunchTime": 0,
            "PublicDnsName": "",
            "Tags": [{"Key": "a", "Value": "<b>"}],
        }]}], "NextToken": null});
        let wanted = "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
                      <launchTime>1970-01-01T00:00:00.000Z</launchTime>\
                      <monitoring><state>disabled</state></monitoring><dnsName></dnsName>\
                      <instanceState><code>16</code><name>running</name></instanceState>\
                      <tagSet><item><key>a</key><value>&lt;b&gt;</value></item></tagSet>\
                      </item></instancesSet></item></reservationSet>";
        assert_eq!(content(&output), wanted);
    }
}
