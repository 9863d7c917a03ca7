//! Answers into JSON, with the model's names and types.

use serde_json::{Map, Number, Value};

use crate::form::{bytes_text, instant, printed};
use crate::service::Service;
use crate::shapes::{Kind, QueryOperation, Shape, Shapes};
use crate::xml::Element;

/// The output in an answer. What the model does not know is left out, as boto3 does.
pub(super) fn output(service: &Service, operation: &QueryOperation, root: &Element) -> Value {
    let wrapped = operation.wrapper.and_then(|wrapper| root.child(wrapper));
    let element = wrapped.unwrap_or(root);
    let decoder = Decoder(Shapes::of(service.name));
    operation
        .output
        .map(|shape| decoder.value(Kind::Shape(shape), element))
        .unwrap_or_else(|| Value::Object(Map::new()))
}

struct Decoder(Option<&'static Shapes>);

impl Decoder {
    fn value(&self, kind: Kind, element: &Element) -> Value {
        let Kind::Shape(name) = kind else {
            return scalar(kind, &element.text);
        };
        match self.0.and_then(|shapes| shapes.shape(name)) {
            Some(Shape::Structure(members)) => {
                let told = members.iter().filter_map(|member| {
                    let found = element.child(member.wire)?;
                    Some((member.name.to_owned(), self.value(member.kind, found)))
                });
                Value::Object(told.collect())
            }
            Some(Shape::List(item, _)) => {
                let items = element.children.iter();
                items.map(|child| self.value(*item, child)).collect()
            }
            Some(Shape::Map(inner, key, value)) => {
                let entries = element.children.iter().filter_map(|entry| {
                    let name = entry.child(key)?.text.clone();
                    Some((name, self.value(*inner, entry.child(value)?)))
                });
                Value::Object(entries.collect())
            }
            None => Value::Null,
        }
    }
}

/// A text that is not what it should be stays a text: nothing is lost.
fn scalar(kind: Kind, text: &str) -> Value {
    let plain = || Value::String(text.to_owned());
    match kind {
        Kind::Boolean => Value::Bool(text.trim() == "true"),
        Kind::Integer => number(text.trim().parse::<i64>().ok().map(Number::from), plain),
        Kind::Float => number(text.trim().parse().ok().and_then(Number::from_f64), plain),
        Kind::Time => instant(text.trim()).map_or_else(plain, |time| Value::String(printed(time))),
        Kind::Blob => bytes_text(text.trim()).map_or_else(plain, Value::String),
        Kind::Json => serde_json::from_str(&decoded(text)).unwrap_or_else(|_| plain()),
        Kind::Text | Kind::Shape(_) => plain(),
    }
}

fn number(number: Option<Number>, plain: impl Fn() -> Value) -> Value {
    number.map_or_else(plain, Value::Number)
}

/// A percent-encoded text; an escape that is none stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).filter(|_| *first == b'%');
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
