//! Edits of a text: of its JSON values, of its characters, of its bytes.

use bolero::TypeGenerator;
use serde_json::Value;

use crate::json;

/// What somebody might put anywhere.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "*",
    "?",
    "-",
    "%",
    "%22",
    "%C3%28",
    "\"",
    "\\",
    "\\ud800",
    "\u{0}",
    "\r\n\r\n",
    "\u{202e}fdp.exe",
    "\u{feff}",
    "\u{61c}\u{ad}\u{3164}\u{fe0f}\u{fff9}",
    "\u{e0041}\u{e0100}",
    "\u{1f6a8}\u{301}",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "18446744073709551616",
    "-0.0000001",
    "[]",
    "{}",
    "[null]",
    "{\"\":{}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{{ StepOne.Out }}",
    "${aws:username}",
    "${",
    "arn:aws:iam::111122223333:role/x",
    "arn:::::",
    "arn:aws:s3:::b/*?${*}",
    "2026-03-02T10:00:00Z",
    "9999-12-31T23:59:60+23:59",
    "AWS::EC2::Instance",
    "global",
    "&a [*a, *a]",
    "!!binary x",
    "- |\n  x",
    "<x><![CDATA[",
    "' OR 1=1 --",
    "../../etc/passwd",
];

/// One edit. Numbers are taken modulo what is there.
#[derive(Debug, Clone, TypeGenerator)]
pub(crate) enum Edit {
    /// Another value for one of the JSON values.
    Put { place: u16, what: u8 },
    /// The text of a JSON value so often.
    Repeat { place: u16, times: u8 },
    /// One of the JSON values for another one.
    Copy { from: u16, to: u16 },
    /// A JSON value goes, with its name.
    Remove { place: u16 },
    /// Something is written into the text.
    Insert { at: u16, what: u8 },
    /// Something of the text goes.
    Cut { at: u16, length: u8 },
    /// Any bytes at all.
    Bytes { at: u16, bytes: Vec<u8> },
}

impl Edit {
    /// The text with the edit; edits of JSON leave what is no JSON as it is.
    pub(crate) fn apply(&self, text: &str) -> String {
        match self {
            Self::Put { place, what } => {
                let put = |_: &Value| Some(valued(hostile(*what)));
                json::change(text, (*place).into(), put)
            }
            Self::Repeat { place, times } => {
                json::change(text, (*place).into(), |value| repeated(value, *times))
            }
            Self::Copy { from, to } => {
                let value = json::value_at(text, (*from).into());
                json::change(text, (*to).into(), |_| value.clone())
            }
            Self::Remove { place } => json::change(text, (*place).into(), |_| None),
            Self::Insert { at, what } => replaced(text, *at, 0, hostile(*what).as_bytes()),
            Self::Cut { at, length } => replaced(text, *at, *length, &[]),
            Self::Bytes { at, bytes } => replaced(text, *at, 0, bytes),
        }
    }
}

fn hostile(what: u8) -> &'static str {
    HOSTILE
        .get(usize::from(what) % HOSTILE.len())
        .copied()
        .unwrap_or_default()
}

/// The JSON value that a text is, else the text.
fn valued(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

fn repeated(value: &Value, times: u8) -> Option<Value> {
    let times = usize::from(times);
    Some(match value {
        Value::String(text) => Value::from(text.repeat(times.min(4096 / (text.len() + 1)))),
        other => Value::from(vec![other.clone(); times.min(12)]),
    })
}

/// `text` with `bytes` in the place of `length` characters; what is no UTF-8 becomes U+FFFD.
fn replaced(text: &str, at: u16, length: u8, bytes: &[u8]) -> String {
    let characters: Vec<char> = text.chars().collect();
    let (before, rest) = characters.split_at(usize::from(at) % (characters.len() + 1));
    let after = rest.iter().skip(length.into());
    let start = before.iter().copied();
    let middle = String::from_utf8_lossy(bytes).into_owned();
    start.chain(middle.chars()).chain(after.copied()).collect()
}
