//! What the policies of a role really grant, and where they grant more than they must.

mod finding;
mod subject;

pub use finding::{Breadth, FindingCode, PolicyFinding, Severity};
pub use subject::{AttachedDocument, DocumentKind, Subject};

/// Judges everything that the policies of `subject` allow, together: a Deny in one cancels what
/// another allows, and the boundary cuts all of them.
#[must_use]
pub fn analyse(_subject: &Subject<'_>) -> Vec<PolicyFinding> {
    Vec::new()
}
