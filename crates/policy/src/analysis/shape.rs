//! What is wrong with documents themselves, and what the table does not know.

use super::actions::Actions;
use super::draft::{NAMED, blank, joined};
use super::finding::{FindingCode, PolicyFinding, Severity};
use super::parsed::ParsedDocument;
use crate::action_table::ActionTable;
use crate::document::{Effect, Statement, Text};

/// The finding on a text that is no policy.
pub(super) fn unreadable(document: &ParsedDocument<'_>) -> Option<PolicyFinding> {
    let error = document.policy().err()?;
    Some(PolicyFinding {
        code: FindingCode::InvalidPolicy,
        severity: Severity::High,
        breadth: super::Breadth::default(),
        policy: document.name().to_owned(),
        statement: String::new(),
        line: error.line(),
        column: error.column(),
        action_pattern: String::new(),
        actions: Vec::new(),
        action_count: 0,
        resource: String::new(),
        why: format!("the policy cannot be read: {}", error.message()),
        table_date: ActionTable::get().date(),
        suggestion: String::new(),
    })
}

/// What IAM would refuse in an identity policy.
pub(super) fn statement(
    document: &ParsedDocument<'_>,
    statement: &Statement<'_>,
    out: &mut Vec<PolicyFinding>,
) {
    let mut invalid = |severity, why: String| {
        out.push(PolicyFinding {
            severity,
            why,
            ..blank(document, statement, FindingCode::InvalidPolicy, None)
        });
    };
    if statement.principal.is_some() {
        let why = "a policy of a role names no principal: this one is for a resource";
        invalid(Severity::Medium, why.to_owned());
    }
    if statement.resource.is_none() {
        let why = "the statement has no `Resource` or `NotResource`, so IAM does not take it";
        invalid(Severity::Medium, why.to_owned());
    }
    let sid = statement
        .sid
        .as_ref()
        .filter(|sid| document.repeated().contains(sid));
    if let Some(sid) = sid {
        let why = format!("another statement has the Sid {sid}, too, so IAM does not take it");
        invalid(Severity::Low, why);
    }
}

/// The actions of an Allow that the table does not know; a Deny of them takes nothing away.
pub(super) fn unknown(
    document: &ParsedDocument<'_>,
    statement: &Statement<'_>,
    actions: &Actions<'_>,
) -> Option<PolicyFinding> {
    let texts: Vec<&Text<'_>> = actions.unknown().collect();
    let first = texts
        .first()
        .filter(|_| statement.effect == Effect::Allow)?;
    let why = match texts.iter().all(|text| text.value.contains(':')) {
        true => format!(
            "the action table of {} does not know it, so it is not judged",
            ActionTable::get().date()
        ),
        false => {
            "an action is written with the prefix of its service, as in `s3:GetObject`".to_owned()
        }
    };
    Some(PolicyFinding {
        action_pattern: joined(&texts),
        actions: texts
            .iter()
            .take(NAMED)
            .map(|text| text.value.to_string())
            .collect(),
        action_count: texts.len(),
        why,
        ..blank(
            document,
            statement,
            FindingCode::UnknownAction,
            Some(first.offset),
        )
    })
}
