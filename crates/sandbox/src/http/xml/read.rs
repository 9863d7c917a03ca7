//! XML documents as JSON structures.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::tables::{FLAGS, LISTS, NUMBERS, RENAMED};

/// How deep a document may nest.
const DEEPEST: usize = 16;

/// One element of a document that was read.
#[derive(Debug, Default)]
struct Node {
    name: String,
    kind: Option<String>,
    text: String,
    children: Vec<Node>,
}

/// The structure that the document's root element holds; nothing if it is not well-formed.
pub(in crate::http) fn structure(document: &[u8]) -> Option<Value> {
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
    let single = match child.name.as_str() {
        "Tag" => parent != "And", // a filter has one tag, an And has many
        "Rule" => parent == "ObjectLockConfiguration", // others have many
        _ => false,
    };
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
