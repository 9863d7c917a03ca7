//! What SSM would refuse in a document, and what it would accept and should not be there.

mod actions;
mod asks;
mod flow;
mod parameters;
mod references;

use crate::document::{Document, read};
use crate::finding::{Finding, Findings, Severity};
use crate::node::Position;
use crate::syntax::parse;

/// The largest document SSM takes, in bytes.
const LARGEST: usize = 65_536;
/// Above so many steps a document is suspicious; no quota is published.
const MANY_STEPS: usize = 100;

/// A document that SSM would refuse, or that could only fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document has {} error(s), the first at line {}: {}", .0.len(), self.first_line(), self.first_message())]
pub struct Refused(pub Vec<Finding>);

impl Refused {
    fn first_line(&self) -> u32 {
        self.0.first().map_or(0, |finding| finding.at.line)
    }

    fn first_message(&self) -> &str {
        self.0.first().map_or("", |finding| &finding.message)
    }
}

/// Everything there is to say about a document, in the order of its text.
pub fn check(text: &str) -> Vec<Finding> {
    examine(text).1
}

/// Reads a document that is to be run.
///
/// # Errors
/// The findings of severity error, if there are any.
pub fn load(text: &str) -> Result<Document, Refused> {
    let (document, findings) = examine(text);
    let errors: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    match document {
        Some(document) if errors.is_empty() => Ok(document),
        _ => Err(Refused(errors)),
    }
}

fn examine(text: &str) -> (Option<Document>, Vec<Finding>) {
    let mut findings = Findings::default();
    let start = Position { line: 1, column: 1 };
    if text.len() > LARGEST {
        findings.error(
            "document-too-large",
            start,
            format!("the document has {} bytes", text.len()),
            format!("SSM takes at most {LARGEST}"),
        );
    }
    let node = match parse(text) {
        Ok(node) => node,
        Err(error) => {
            let help = syntax_help(text, error.at);
            findings.error("syntax", error.at, error.message, help);
            return (None, findings.sorted());
        }
    };
    let document = read(&node, &mut findings);
    if let Some(document) = &document {
        parameters::check(document, &mut findings);
        actions::check(document, &mut findings);
        flow::check(document, &mut findings);
        references::check(document, &mut findings);
        if document.all_steps().len() > MANY_STEPS {
            let message = format!("the document has {} steps", document.all_steps().len());
            findings.warning(
                "many-steps",
                start,
                message,
                "split it into several documents",
            );
        }
    }
    (document, findings.sorted())
}

fn syntax_help(text: &str, at: Position) -> &'static str {
    let line = usize::try_from(at.line.saturating_sub(1)).unwrap_or_default();
    let line = text.lines().nth(line).unwrap_or_default();
    if line.contains(": {{") || line.contains("- {{") {
        "put a reference in quotes: \"{{ Name }}\""
    } else {
        "make it valid YAML or JSON"
    }
}
