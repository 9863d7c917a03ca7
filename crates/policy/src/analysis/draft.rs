//! What all findings on statements have in common.

use super::finding::{Breadth, FindingCode, PolicyFinding, Severity};
use super::parsed::ParsedDocument;
use crate::action_table::ActionTable;
use crate::document::{Statement, Text};
use crate::error::Place;

/// How many actions and patterns a finding names.
pub(super) const NAMED: usize = 5;

/// Patterns as written, the first few of many.
pub(super) fn joined(texts: &[&Text<'_>]) -> String {
    let few = texts.iter().take(NAMED).map(|text| text.value.as_ref());
    let few = few.collect::<Vec<&str>>().join(", ");
    match texts.len().checked_sub(NAMED) {
        None | Some(0) => few,
        Some(more) => format!("{few} and {more} more"),
    }
}

/// A finding that still says nothing but where.
pub(super) fn blank(
    document: &ParsedDocument<'_>,
    statement: &Statement<'_>,
    code: FindingCode,
    at: Option<usize>,
) -> PolicyFinding {
    let place = at.map_or(statement.place, |at| place(document, statement, at));
    PolicyFinding {
        code,
        severity: Severity::Info,
        breadth: Breadth::default(),
        policy: document.name().to_owned(),
        statement: document.label(statement),
        line: place.line,
        column: place.column,
        action_pattern: String::new(),
        actions: Vec::new(),
        action_count: 0,
        resource: String::new(),
        why: String::new(),
        table_date: ActionTable::get().date(),
        suggestion: String::new(),
    }
}

/// Counts from the statement on, so that a long document costs no more for each finding.
fn place(document: &ParsedDocument<'_>, statement: &Statement<'_>, at: usize) -> Place {
    let text = document.policy().map_or("", |policy| policy.text());
    let step = Place::of(
        text.get(statement.span.start..at).unwrap_or_default(),
        usize::MAX,
    );
    let before = if step.line == 1 {
        statement.place.column - 1
    } else {
        0
    };
    Place {
        line: statement.place.line + step.line - 1,
        column: before + step.column,
    }
}
