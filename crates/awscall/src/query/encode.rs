//! Inputs into forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::form::instant;
use crate::service::{Service, ServiceProtocol};
use crate::shapes::{Kind, Member, QueryOperation, Shape, Shapes};

type Pairs = Vec<(String, String)>;

/// The members of an input as a form has them; the error says what does not fit.
pub(super) fn form(
    service: &Service,
    operation: &QueryOperation,
    input: &Map<String, Value>,
) -> Result<Pairs, String> {
    let mut encoder = Encoder {
        shapes: Shapes::of(service.name),
        ec2: service.protocol == ServiceProtocol::Ec2,
        pairs: Pairs::new(),
    };
    match operation.input {
        Some(shape) => {
            let input = Value::Object(input.clone());
            encoder.value(Kind::Shape(shape), &input, "")?;
        }
        None => {
            if let Some(name) = input.keys().next() {
                return Err(format!("takes no input, and was given {name}"));
            }
        }
    }
    Ok(encoder.pairs)
}

struct Encoder {
    shapes: Option<&'static Shapes>,
    ec2: bool,
    pairs: Pairs,
}

impl Encoder {
    fn value(&mut self, kind: Kind, value: &Value, prefix: &str) -> Result<(), String> {
        let Kind::Shape(name) = kind else {
            let text = scalar(kind, value).map_err(|problem| format!("{prefix} {problem}"))?;
            self.pairs.push((prefix.to_owned(), text));
            return Ok(());
        };
        let shape = self.shapes.and_then(|shapes| shapes.shape(name));
        match (shape, value) {
            (Some(Shape::Structure(members)), Value::Object(given)) => {
                self.structure(members, given, prefix)
            }
            (Some(Shape::List(item, wire)), Value::Array(items)) => {
                self.list(*item, wire, items, prefix)
            }
            (Some(Shape::Map(inner, key, value)), Value::Object(entries)) => {
                self.map(*inner, (key, value), entries, prefix)
            }
            (Some(Shape::List(..)), _) => Err(format!("{prefix} must be a list")),
            _ => Err(format!("{prefix} must be a map")),
        }
    }

    fn structure(
        &mut self,
        members: &[Member],
        given: &Map<String, Value>,
        prefix: &str,
    ) -> Result<(), String> {
        // boto3 neither sends nor gives a member that is null.
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let known = members.iter().find(|member| member.name == name);
            let known = known.ok_or_else(|| {
                let names: Vec<&str> = members.iter().map(|member| member.name).collect();
                let place = joined(prefix, name);
                format!("has no member {place}; there are {}", names.join(", "))
            })?;
            let wire = if self.ec2 {
                capitalized(known.wire)
            } else {
                known.wire.to_owned()
            };
            self.value(known.kind, value, &joined(prefix, &wire))?;
        }
        Ok(())
    }

    fn list(
        &mut self,
        item: Kind,
        wire: &str,
        items: &[Value],
        prefix: &str,
    ) -> Result<(), String> {
        if items.is_empty() && !self.ec2 {
            self.pairs.push((prefix.to_owned(), String::new()));
        }
        // ec2 flattens every list, the others none here.
        let prefix = match self.ec2 {
            true => prefix.to_owned(),
            false => joined(prefix, wire),
        };
        for (number, value) in (1_usize..).zip(items) {
            self.value(item, value, &format!("{prefix}.{number}"))?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        inner: Kind,
        (key, value): (&str, &str),
        entries: &Map<String, Value>,
        prefix: &str,
    ) -> Result<(), String> {
        for (number, (name, entry)) in (1_usize..).zip(entries) {
            let place = format!("{prefix}.entry.{number}");
            self.pairs.push((joined(&place, key), name.clone()));
            self.value(inner, entry, &joined(&place, value))?;
        }
        Ok(())
    }
}

fn joined(prefix: &str, name: &str) -> String {
    match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}.{name}"),
    }
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The text of a value. A run's values may be texts where boto3 wants numbers and booleans.
fn scalar(kind: Kind, value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return Err("must be one value".to_owned());
        }
    };
    match kind {
        Kind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Ok("true".to_owned()),
            "false" => Ok("false".to_owned()),
            _ => Err("must be true or false".to_owned()),
        },
        Kind::Integer if text.trim().parse::<i64>().is_err() => {
            Err("must be a whole number".to_owned())
        }
        Kind::Float if text.trim().parse::<f64>().is_err() => Err("must be a number".to_owned()),
        Kind::Time => time(&text).ok_or_else(|| "must be a time".to_owned()),
        Kind::Blob => Ok(STANDARD.encode(text)),
        Kind::Text | Kind::Json | Kind::Integer | Kind::Float | Kind::Shape(_) => Ok(text),
    }
}

fn time(text: &str) -> Option<String> {
    let seconds = text.parse::<i64>().ok();
    let time = match seconds {
        Some(seconds) => jiff::Timestamp::from_second(seconds).ok()?,
        None => instant(text)?,
    };
    let format = match time.subsec_microsecond() {
        0 => "%Y-%m-%dT%H:%M:%SZ",
        _ => "%Y-%m-%dT%H:%M:%S.%6fZ",
    };
    Some(time.strftime(format).to_string())
}
