//! How the tests write policies down and read findings.

use trailkeeper_policy::analysis::{
    AttachedDocument, DocumentKind, FindingCode, PolicyFinding, Severity, Subject, analyse,
};

/// A document with these statements, in the current version.
pub(crate) fn document(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

/// An Allow statement; the arguments are JSON.
pub(crate) fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": {resource}}}"#)
}

/// A Deny statement; the arguments are JSON.
pub(crate) fn deny(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Deny", "Action": {action}, "Resource": {resource}}}"#)
}

/// An Allow statement with a condition.
pub(crate) fn allow_if(action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Action": {action}, "Resource": {resource},
            "Condition": {condition}}}"#
    )
}

/// Judges a customer managed policy with these statements.
pub(crate) fn judge(statements: &str) -> Vec<PolicyFinding> {
    judge_text(&document(statements), DocumentKind::CustomerManaged)
}

/// Judges a text.
pub(crate) fn judge_text(text: &str, kind: DocumentKind) -> Vec<PolicyFinding> {
    let policies = [attached("policy", kind, text)];
    analyse(&subject(&policies, None))
}

/// Judges an inline policy under a boundary.
pub(crate) fn judge_bounded(statements: &str, boundary: &str) -> Vec<PolicyFinding> {
    let (policy, boundary) = (document(statements), document(boundary));
    let policies = [attached("policy", DocumentKind::Inline, &policy)];
    let boundary = attached("boundary", DocumentKind::CustomerManaged, &boundary);
    analyse(&subject(&policies, Some(boundary)))
}

pub(crate) fn attached<'a>(
    name: &'a str,
    kind: DocumentKind,
    text: &'a str,
) -> AttachedDocument<'a> {
    AttachedDocument { name, kind, text }
}

pub(crate) fn subject<'a>(
    policies: &'a [AttachedDocument<'a>],
    boundary: Option<AttachedDocument<'a>>,
) -> Subject<'a> {
    Subject {
        partition: "aws",
        account: Some("111122223333"),
        region: Some("eu-west-1"),
        policies,
        boundary,
    }
}

/// Codes and severities, `wildcard-action high`, in order.
pub(crate) fn shown(findings: &[PolicyFinding]) -> Vec<String> {
    let show = |one: &PolicyFinding| format!("{} {}", one.code, one.severity);
    findings.iter().map(show).collect()
}

/// The one finding of this code.
#[track_caller]
pub(crate) fn the(findings: &[PolicyFinding], code: FindingCode) -> &PolicyFinding {
    let mut found = findings.iter().filter(|one| one.code == code);
    match (found.next(), found.next()) {
        (Some(one), None) => one,
        _ => panic!("not one {code} in {findings:#?}"),
    }
}

/// The worst severity, if there is a finding.
pub(crate) fn worst(findings: &[PolicyFinding]) -> Option<Severity> {
    findings.iter().map(|one| one.severity).max()
}
