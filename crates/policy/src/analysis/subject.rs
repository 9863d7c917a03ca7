//! Whose policies are judged.

/// Where a document comes from, which decides what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// An inline policy: it can be edited.
    Inline,
    /// A managed policy of the account: a new version can be made.
    CustomerManaged,
    /// A policy of AWS: it can only be replaced by another.
    AwsManaged,
}

/// A policy document of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachedDocument<'a> {
    /// The policy's name; a file's path for a document that is attached to nothing.
    pub name: &'a str,
    /// Where it comes from.
    pub kind: DocumentKind,
    /// Its text, percent-decoded.
    pub text: &'a str,
}

/// A role with all its policies. What is not seen here limits the verdict: service and resource
/// control policies, session policies, and resource policies that name the role's sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The partition: `aws`.
    pub partition: &'a str,
    /// The account, for suggestions; none where documents are judged by themselves.
    pub account: Option<&'a str>,
    /// The Region, for suggestions; none where it is not known.
    pub region: Option<&'a str>,
    /// The identity policies, in any order.
    pub policies: &'a [AttachedDocument<'a>],
    /// The permissions boundary.
    pub boundary: Option<AttachedDocument<'a>>,
}
