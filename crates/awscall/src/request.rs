//! A request, before it is signed.

use serde_json::{Map, Value};
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::failure::not_sent;

/// Which of SigV4's two habits a service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigningStyle {
    /// Every service but S3.
    Common,
    /// S3: the path is taken as it stands, and the body's hash is a header.
    S3,
}

/// A request, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) signing_name: &'static str,
    pub(crate) signing_region: String,
    pub(crate) style: SigningStyle,
}

/// A part of a path: everything but unreserved characters is escaped.
pub(crate) fn path_segment(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// A member that must be there, as text.
pub(crate) fn required<'i>(
    input: &'i Map<String, Value>,
    member: &str,
) -> Result<&'i str, ApiFailure> {
    let given = input.get(member).and_then(Value::as_str);
    given.filter(|text| !text.is_empty()).ok_or_else(|| {
        let reason = format!("{member} is missing, or is not a text");
        not_sent("ParamValidation", FailureKind::Other, &reason)
    })
}

/// Input members that travel as headers, where they are there.
pub(crate) fn header_members(
    input: &Map<String, Value>,
    pairs: &[(&str, &'static str)],
) -> Result<Vec<(&'static str, String)>, ApiFailure> {
    let set = pairs
        .iter()
        .filter_map(|(member, header)| Some((*member, *header, input.get(*member)?)))
        .filter(|(.., value)| !value.is_null());
    set.map(|(member, header, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        // A line break would end the header.
        if text.chars().any(char::is_control) {
            let reason = format!("{member} holds a control character");
            return Err(not_sent("ParamValidation", FailureKind::Other, &reason));
        }
        Ok((header, text))
    })
    .collect()
}
