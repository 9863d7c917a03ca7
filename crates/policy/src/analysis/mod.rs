//! What the policies of a role really grant, and where they grant more than they must.
//!
//! A grant is an action, a resource pattern and a condition of an Allow statement. It is too broad
//! if the resource is `*` or as wide as a resource type of the action, or if an action pattern
//! means more than one access level above list. It counts as far as no Deny cancels it, the
//! boundary lets it through and its condition can hold.
//!
//! What is not seen limits the verdict: service and resource control policies, session policies,
//! and resource policies that name the role's sessions.

mod actions;
mod arn;
mod boundary;
mod deny;
mod draft;
mod escalation;
mod explain;
mod finding;
mod granted;
mod grave;
mod judge;
mod narrowing;
mod parsed;
mod reach;
mod report;
mod shape;
mod subject;

pub use finding::{Breadth, FindingCode, PolicyFinding, Severity};
pub use parsed::{ParsedDocument, ParsedSubject, is_partition, partition_of, percent_decoded};
pub use subject::{AttachedDocument, DocumentKind, Subject};

use crate::action_table::ActionTable;
use crate::document::Effect;
use escalation::Escalation;
use judge::{Case, Grant};

/// Judges everything that the policies of `subject` allow, together: a Deny in one cancels what
/// another allows, and the boundary cuts all of them.
#[must_use]
pub fn analyse(subject: &Subject<'_>) -> Vec<PolicyFinding> {
    let policies: Vec<ParsedDocument<'_>> = subject
        .policies
        .iter()
        .copied()
        .map(ParsedDocument::new)
        .collect();
    let boundary = subject.boundary.map(ParsedDocument::new);
    analyse_parsed(&ParsedSubject {
        partition: subject.partition,
        account: subject.account,
        region: subject.region,
        policies: &policies.iter().collect::<Vec<_>>(),
        boundary: boundary.as_ref(),
        suggest_from: Some(Severity::Info),
    })
}

/// As [`analyse`], for documents that have been read before.
#[must_use]
pub fn analyse_parsed(subject: &ParsedSubject<'_, '_>) -> Vec<PolicyFinding> {
    let case = Case::of(subject);
    let mut findings = Vec::new();
    let mut escalation = Escalation::new(&case);
    for document in subject.policies {
        findings.extend(shape::unreadable(document));
        for statement in document.statements() {
            shape::statement(document, statement, &mut findings);
            let Some(grant) = Grant::of(document, statement, subject.partition)
                .filter(|_| statement.effect == Effect::Allow)
            else {
                continue;
            };
            findings.extend(shape::unknown(document, statement, &grant.actions));
            let admin = report::statement(&case, &grant, &mut findings);
            escalation.add(grant, admin);
        }
    }
    findings.extend(escalation.findings());
    findings.extend(subject.boundary.and_then(shape::unreadable));
    findings
}

/// Judges one document by itself, as `policy check` does: percent-encoding is undone, and what
/// could be attached beside it is not known.
#[must_use]
pub fn analyse_document(name: &str, text: &str, partition: &str) -> Vec<PolicyFinding> {
    let text = percent_decoded(text);
    let document = AttachedDocument {
        name,
        kind: DocumentKind::CustomerManaged,
        text: &text,
    };
    analyse(&Subject {
        partition,
        account: None,
        region: None,
        policies: &[document],
        boundary: None,
    })
}

/// The day of the action table that findings rest on.
#[must_use]
pub fn table_date() -> &'static str {
    ActionTable::get().date()
}
