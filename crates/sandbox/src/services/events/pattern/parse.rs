//! Reading a pattern.

use serde_json::{Map, Value};

use super::matcher::{Affix, Comparison, Matcher, Network, Wildcard};
use super::{Field, InvalidPattern, Node};

/// EventBridge compares numbers within these bounds only.
const LARGEST_NUMBER: f64 = 5_000_000_000.0;
const OR: &str = "$or";

type Parsed<T> = Result<T, InvalidPattern>;

fn invalid<T>(reason: impl Into<String>) -> Parsed<T> {
    Err(InvalidPattern(reason.into()))
}

pub(super) fn pattern(text: &str) -> Parsed<Node> {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return invalid(format!("it is not a JSON text: {error}")),
    };
    match value {
        Value::Object(members) => node(&members),
        _ => invalid("Filter is not an object"),
    }
}

fn node(members: &Map<String, Value>) -> Parsed<Node> {
    if members.is_empty() {
        return invalid("Empty objects are not allowed");
    }
    let mut read = Node {
        fields: Vec::new(),
        either: Vec::new(),
    };
    for (name, value) in members {
        match value {
            Value::Array(choices) if name == OR => read.either = either(choices)?,
            _ if name == OR => return invalid("\"$or\" must be an array of objects"),
            Value::Object(inner) => {
                read.fields.push((name.clone(), Field::Inner(node(inner)?)));
            }
            Value::Array(list) => {
                let leaf = leaf(name, list)?;
                read.fields.push((name.clone(), Field::Leaf(leaf)));
            }
            _ => return invalid(format!("\"{name}\" must be an object or an array")),
        }
    }
    Ok(read)
}

fn either(choices: &[Value]) -> Parsed<Vec<Node>> {
    if choices.len() < 2 {
        return invalid("\"$or\" must have at least two elements");
    }
    let one = |choice: &Value| match choice {
        Value::Object(members) => node(members),
        _ => invalid("\"$or\" must be an array of objects"),
    };
    choices.iter().map(one).collect()
}

fn leaf(name: &str, list: &[Value]) -> Parsed<Vec<Matcher>> {
    if list.is_empty() {
        return invalid(format!("Empty arrays are not allowed: \"{name}\""));
    }
    let one = |value: &Value| match value {
        Value::Object(filter) => matcher(filter),
        Value::Array(_) => invalid(format!("\"{name}\": arrays in arrays are not allowed")),
        scalar => Ok(Matcher::Equals(scalar.clone())),
    };
    list.iter().map(one).collect()
}

/// The one member of a filter.
fn only(filter: &Map<String, Value>) -> Parsed<(&str, &Value)> {
    let mut members = filter.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name.as_str(), value)),
        _ => invalid("Only one key allowed in match expression"),
    }
}

fn matcher(filter: &Map<String, Value>) -> Parsed<Matcher> {
    let (name, value) = only(filter)?;
    match name {
        "exists" => match value.as_bool() {
            Some(wanted) => Ok(Matcher::Exists(wanted)),
            None => invalid("exists match pattern must be either true or false."),
        },
        "numeric" => numeric(value).map(Matcher::Numeric),
        "anything-but" => anything_but(value).map(Matcher::AnythingBut),
        "cidr" => cidr(value).map(Matcher::Cidr),
        _ => of_text(name, value),
    }
}

/// The filters that `anything-but` can turn round too.
fn of_text(name: &str, value: &Value) -> Parsed<Matcher> {
    match name {
        "prefix" => affix(name, value).map(Matcher::Prefix),
        "suffix" => affix(name, value).map(Matcher::Suffix),
        "equals-ignore-case" => Ok(Matcher::EqualsIgnoreCase(text(name, value)?.to_owned())),
        "wildcard" => wildcard(text(name, value)?).map(Matcher::Wildcard),
        _ => invalid(format!("Unrecognized match type {name}")),
    }
}

fn text<'a>(name: &str, value: &'a Value) -> Parsed<&'a str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => invalid(format!("{name} match pattern must be a string")),
    }
}

fn affix(name: &str, value: &Value) -> Parsed<Affix> {
    let (value, ignore_case) = match value {
        Value::Object(filter) => match only(filter)? {
            ("equals-ignore-case", inner) => (inner, true),
            (other, _) => return invalid(format!("Unrecognized match type {other} in {name}")),
        },
        value => (value, false),
    };
    Ok(Affix {
        text: text(name, value)?.to_owned(),
        ignore_case,
    })
}

fn anything_but(value: &Value) -> Parsed<Vec<Matcher>> {
    match value {
        Value::Object(filter) => {
            let (name, value) = only(filter)?;
            match value {
                Value::Array(list) if !list.is_empty() => {
                    list.iter().map(|item| of_text(name, item)).collect()
                }
                value => Ok(vec![of_text(name, value)?]),
            }
        }
        Value::Array(list) => {
            let strings = list.iter().all(Value::is_string);
            let numbers = list.iter().all(Value::is_number);
            if list.is_empty() || !strings && !numbers {
                return invalid("Inside anything-but list, either all values are number or string");
            }
            Ok(list.iter().cloned().map(Matcher::Equals).collect())
        }
        Value::String(_) | Value::Number(_) => Ok(vec![Matcher::Equals(value.clone())]),
        _ => invalid("Value of anything-but must be an array or single string/number value."),
    }
}

fn numeric(value: &Value) -> Parsed<Vec<(Comparison, f64)>> {
    let list = value.as_array().map(Vec::as_slice);
    let list = list.unwrap_or_default();
    let mut bounds = Vec::new();
    for pair in list.chunks(2) {
        let [operator, bound] = pair else {
            return invalid("Bad numeric range operator: each needs a number");
        };
        bounds.push((comparison(operator)?, number(bound)?));
    }
    use Comparison::{AtLeast, AtMost, Greater, Less};
    match bounds.as_slice() {
        [_] => Ok(bounds),
        [(Greater | AtLeast, low), (Less | AtMost, high)] if low < high => Ok(bounds),
        _ => invalid("Bad numeric range: one comparison, or a lower bound and then an upper one"),
    }
}

fn comparison(operator: &Value) -> Parsed<Comparison> {
    Ok(match operator.as_str() {
        Some("=") => Comparison::Equal,
        Some("<") => Comparison::Less,
        Some("<=") => Comparison::AtMost,
        Some(">") => Comparison::Greater,
        Some(">=") => Comparison::AtLeast,
        _ => return invalid(format!("Unrecognized numeric range operator: {operator}")),
    })
}

fn number(bound: &Value) -> Parsed<f64> {
    match bound.as_f64() {
        Some(number) if number.abs() <= LARGEST_NUMBER => Ok(number),
        _ => invalid(format!("Value must be a number within ±5.0e9: {bound}")),
    }
}

/// Takes a wildcard apart at its stars; a backslash makes a star or a backslash literal.
fn wildcard(text: &str) -> Parsed<Wildcard> {
    let mut pieces = vec![];
    let mut piece = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.peek() == Some(&'*') => {
                return invalid("Consecutive wildcard characters are not allowed");
            }
            '*' => pieces.push(std::mem::take(&mut piece)),
            '\\' => match letters.next() {
                Some(literal @ ('*' | '\\')) => piece.push(literal),
                _ => return invalid("Invalid escape character in a wildcard"),
            },
            letter => piece.push(letter),
        }
    }
    pieces.push(piece);
    Ok(Wildcard(pieces))
}

fn cidr(value: &Value) -> Parsed<Network> {
    let text = text("cidr", value)?;
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let malformed = || InvalidPattern(format!("Malformed CIDR, one '/' required: {text}"));
    let address: std::net::IpAddr = address.parse().map_err(|_| malformed())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits: u32 = bits.parse().map_err(|_| malformed())?;
    if bits > most {
        return Err(malformed());
    }
    Ok(Network { address, bits })
}
