//! A document's text: what is accepted, and what is known of it afterwards.

use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};
use trailkeeper_runbook as runbook;

use crate::call::ApiError;

/// The largest document, in bytes.
const LARGEST: usize = 65_536;

/// A text that was accepted.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) text: Arc<str>,
    /// `YAML` or `JSON`.
    pub(super) format: &'static str,
    pub(super) document: Arc<runbook::Document>,
}

impl Content {
    /// The text's SHA-256 in hexadecimal digits.
    pub(super) fn hash(&self) -> String {
        let digest = Sha256::digest(self.text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Reads a text in `format`, which is JSON if none is given.
pub(super) fn read(text: &str, format: Option<&str>) -> Result<Content, ApiError> {
    if text.len() > LARGEST {
        let text = format!("The size limit of a document is {LARGEST} bytes.");
        return Err(ApiError::new("MaxDocumentSizeExceeded", text));
    }
    let format = match format.unwrap_or("JSON") {
        "YAML" => "YAML",
        "JSON" => json(text)?,
        other => {
            return Err(invalid(format!(
                "The document format {other} is not supported for Automation documents."
            )));
        }
    };
    let document = runbook::load(text).map_err(|error| refusal(&error))?;
    Ok(Content {
        text: text.into(),
        format,
        document: Arc::new(document),
    })
}

fn json(text: &str) -> Result<&'static str, ApiError> {
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Ok("JSON"),
        Err(error) => Err(invalid(format!(
            "JSON not well-formed. at Line: {}, Column: {}",
            error.line(),
            error.column()
        ))),
    }
}

fn refusal(error: &runbook::Refused) -> ApiError {
    let version = error
        .0
        .iter()
        .find(|finding| finding.code == "schema-version");
    if let Some(finding) = version {
        let text = format!("The document schema is not supported: {}.", finding.message);
        return ApiError::new("InvalidDocumentSchemaVersion", text);
    }
    let lines: Vec<String> = error
        .0
        .iter()
        .map(|finding| format!("line {}: {}", finding.at.line, finding.message))
        .collect();
    invalid(lines.join("; "))
}

pub(super) fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidDocumentContent", text)
}
