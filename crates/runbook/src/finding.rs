//! What a check says about a document.

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::node::Position;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// SSM refuses the document, or the step can only fail.
    Error,
    /// The document is accepted, and probably does not do what is meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing to look at in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable code in kebab case.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Where it is.
    pub at: Position,
    /// What is there.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Finding", 6)?;
        fields.serialize_field("code", self.code)?;
        fields.serialize_field("severity", self.severity.as_str())?;
        fields.serialize_field("line", &self.at.line)?;
        fields.serialize_field("column", &self.at.column)?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("help", &self.help)?;
        fields.end()
    }
}

/// Where the parts of a check put what they find.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        at: Position,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(code, Severity::Error, at, message.into(), help.into());
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        at: Position,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(code, Severity::Warning, at, message.into(), help.into());
    }

    fn push(
        &mut self,
        code: &'static str,
        severity: Severity,
        at: Position,
        message: String,
        help: String,
    ) {
        self.0.push(Finding {
            code,
            severity,
            at,
            message,
            help,
        });
    }

    /// In the order of the text.
    pub(crate) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| (finding.at, finding.severity));
        self.0
    }
}
