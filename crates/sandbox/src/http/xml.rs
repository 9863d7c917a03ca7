//! JSON structures as XML and back, by the member tables of the S3 API model.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// A list: its member name, the element around the items if there is one, and an item's element.
type List = (&'static str, Option<&'static str>, &'static str);

const LISTS: [List; 20] = [
    ("Buckets", Some("Buckets"), "Bucket"),
    ("Grants", Some("AccessControlList"), "Grant"),
    ("TargetGrants", Some("TargetGrants"), "Grant"),
    ("TagSet", Some("TagSet"), "Tag"),
    ("Tags", None, "Tag"),
    ("Contents", None, "Contents"),
    ("CommonPrefixes", None, "CommonPrefixes"),
    ("Versions", None, "Version"),
    ("DeleteMarkers", None, "DeleteMarker"),
    ("Deleted", None, "Deleted"),
    ("Errors", None, "Error"),
    ("Objects", None, "Object"),
    ("Rules", None, "Rule"),
    ("Transitions", None, "Transition"),
    (
        "NoncurrentVersionTransitions",
        None,
        "NoncurrentVersionTransition",
    ),
    ("Events", None, "Event"),
    ("FilterRules", None, "FilterRule"),
    ("TopicConfigurations", None, "TopicConfiguration"),
    ("QueueConfigurations", None, "QueueConfiguration"),
    (
        "LambdaFunctionConfigurations",
        None,
        "CloudFunctionConfiguration",
    ),
];

/// Members whose element has another name.
const RENAMED: [(&str, &str); 4] = [
    ("MFADelete", "MfaDelete"),
    ("TopicArn", "Topic"),
    ("QueueArn", "Queue"),
    ("LambdaFunctionArn", "CloudFunction"),
];

const TIMES: [&str; 3] = ["CreationDate", "LastModified", "Date"];

const FLAGS: [&str; 8] = [
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "BucketKeyEnabled",
    "ExpiredObjectDeleteMarker",
    "IgnorePublicAcls",
    "Quiet",
    "RestrictPublicBuckets",
    "IsPublic",
];

const NUMBERS: [&str; 10] = [
    "Days",
    "DaysAfterInitiation",
    "MaxKeys",
    "Minutes",
    "NewerNoncurrentVersions",
    "NoncurrentDays",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
    "Priority",
    "Years",
];

/// How deep a document may nest.
const DEEPEST: usize = 16;

/// Text as it stands between tags.
pub(super) fn escaped(text: &str) -> String {
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
pub(super) fn element(name: &str, value: &Value) -> String {
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
pub(super) fn content(name: &str, value: &Value) -> String {
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

fn time(seconds: f64) -> String {
    let at = jiff::Timestamp::from_millisecond((seconds * 1000.0).round() as i64);
    at.map_or(String::new(), |at| {
        at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    })
}

/// One element of a document that was read.
#[derive(Debug, Default)]
struct Node {
    name: String,
    kind: Option<String>,
    text: String,
    children: Vec<Node>,
}

/// The structure that the document's root element holds; nothing if it is not well-formed.
pub(super) fn structure(document: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(document).ok()?;
    let root = read(text)?;
    Some(members_of(root))
}

fn read(text: &str) -> Option<Node> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                open.push(start(&tag));
                (open.len() <= DEEPEST).then_some(())?;
            }
            Event::Empty(tag) => open.last_mut()?.children.push(start(&tag)),
            Event::End(_) => {
                let done = open.pop()?;
                open.last_mut()?.children.push(done);
            }
            Event::Text(text) => {
                let text = text.decode().ok()?;
                open.last_mut()?.text.push_str(&text);
            }
            Event::CData(text) => {
                let text = text.decode().ok()?;
                open.last_mut()?.text.push_str(&text);
            }
            Event::GeneralRef(reference) => {
                let letter = match reference.resolve_char_ref().ok()? {
                    Some(letter) => letter,
                    None => named(&reference.decode().ok()?)?,
                };
                open.last_mut()?.text.push(letter);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut document = open.pop()?;
    (open.is_empty() && document.children.len() == 1).then_some(())?;
    document.children.pop()
}

fn start(tag: &BytesStart<'_>) -> Node {
    let kind = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == b"type")
        .map(|attribute| String::from_utf8_lossy(&attribute.value).into_owned());
    Node {
        name: String::from_utf8_lossy(tag.local_name().as_ref()).into_owned(),
        kind,
        ..Node::default()
    }
}

fn named(reference: &str) -> Option<char> {
    Some(match reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn members_of(node: Node) -> Value {
    let mut members = Map::new();
    if let Some(kind) = node.kind.filter(|_| node.name == "Grantee") {
        members.insert("Type".to_owned(), Value::String(kind));
    }
    for child in node.children {
        add(&mut members, &node.name, child);
    }
    Value::Object(members)
}

fn add(members: &mut Map<String, Value>, parent: &str, child: Node) {
    let wrapped = LISTS
        .iter()
        .find(|(_, outer, _)| *outer == Some(child.name.as_str()));
    if let Some((member, ..)) = wrapped {
        let items = child.children.into_iter().map(value_of).collect();
        members.insert((*member).to_owned(), Value::Array(items));
        return;
    }
    let single = child.name == "Tag" && parent != "And"; // a filter has one tag, an And has many
    let listed = LISTS
        .iter()
        .find(|(_, outer, item)| outer.is_none() && *item == child.name && !single);
    let Some((member, ..)) = listed else {
        let renamed = RENAMED.iter().find(|(_, element)| *element == child.name);
        let name = match renamed {
            Some((member, _)) => (*member).to_owned(),
            None if child.name == "S3Key" => "Key".to_owned(),
            None => child.name.clone(),
        };
        members.insert(name, value_of(child));
        return;
    };
    let list = members
        .entry(*member)
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut() {
        list.push(value_of(child));
    }
}

/// Elements whose structure may be empty.
const STRUCTURES: [&str; 4] = ["Rule", "Filter", "Expiration", "LoggingEnabled"];

fn value_of(node: Node) -> Value {
    if !node.children.is_empty() || STRUCTURES.contains(&node.name.as_str()) {
        return members_of(node);
    }
    let name = node.name.as_str();
    if FLAGS.contains(&name)
        && let Ok(flag) = node.text.trim().to_ascii_lowercase().parse::<bool>()
    {
        return Value::Bool(flag);
    }
    if NUMBERS.contains(&name)
        && let Ok(number) = node.text.trim().parse::<i64>()
    {
        return Value::from(number);
    }
    Value::String(node.text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{element, structure};

    #[test]
    fn structures_survive_the_way_there_and_back() {
        let cases = [
            (
                "VersioningConfiguration",
                json!({"Status": "Enabled", "MFADelete": "Disabled"}),
            ),
            (
                "ServerSideEncryptionConfiguration",
                json!({"Rules": [{
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "a&b<c>",
                    },
                    "BucketKeyEnabled": true,
                }]}),
            ),
            (
                "LifecycleConfiguration",
                json!({"Rules": [
                    {"ID": "a", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
                    {"ID": "b", "Filter": {"And": {"Tags": [
                        {"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"},
                    ]}}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
                    {"ID": "c", "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
                ]}),
            ),
            (
                "AccessControlPolicy",
                json!({"Owner": {"ID": "x"}, "Grants": [
                    {"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "FULL_CONTROL"},
                ]}),
            ),
            (
                "NotificationConfiguration",
                json!({"TopicConfigurations": [{
                    "TopicArn": "arn:aws:sns:x", "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a"}]}},
                }]}),
            ),
        ];
        for (root, value) in cases {
            let document = element(root, &value);
            assert_eq!(structure(document.as_bytes()), Some(value), "{document}");
        }
    }

    #[test]
    fn broken_documents_are_refused() {
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        for document in [
            "",
            "<a>",
            "<a></b>",
            "text",
            "<a/><b/>",
            "<a>&x;</a>",
            &deep,
        ] {
            assert_eq!(structure(document.as_bytes()), None, "{document}");
        }
    }
}
