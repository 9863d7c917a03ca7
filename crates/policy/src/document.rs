//! Policy documents: what was written, and where.

mod read;

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{Place, PolicyError};

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, which is also meant when none is given: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// Whether a statement permits or forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It permits.
    Allow,
    /// It forbids, whatever else permits.
    Deny,
}

/// A string of the document and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    /// The string, with its escapes resolved.
    pub value: Cow<'a, str>,
    /// The byte offset at which it begins.
    pub offset: usize,
}

/// A list that says what is meant, or everything but what is meant
/// (`Action` and `NotAction`, `Resource` and `NotResource`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<'a> {
    /// Only these.
    Only(Vec<Text<'a>>),
    /// Everything except these.
    AllBut(Vec<Text<'a>>),
}

/// The `Principal` or `NotPrincipal` of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalElement<'a> {
    /// `Principal`.
    Only(Principal<'a>),
    /// `NotPrincipal`.
    AllBut(Principal<'a>),
}

/// Who is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal<'a> {
    /// The plain string `"*"`.
    Everyone,
    /// Names by kind, in the order of the document.
    Named(Vec<(PrincipalKind, Vec<Text<'a>>)>),
}

/// The kinds of principal a policy can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// `AWS`: accounts, users, roles, sessions, or everyone.
    Aws,
    /// `Service`.
    Service,
    /// `Federated`.
    Federated,
    /// `CanonicalUser`.
    CanonicalUser,
}

/// One line of a `Condition` block: an operator, a key and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition<'a> {
    /// The operator as written, with prefix and suffix.
    pub operator: Text<'a>,
    /// The condition key as written.
    pub key: Text<'a>,
    /// The values; numbers and booleans as their text.
    pub values: Vec<Text<'a>>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Its position in the document, from zero.
    pub index: usize,
    /// Its bytes in the document, braces included.
    pub span: Range<usize>,
    /// Where it begins.
    pub place: Place,
    /// Its `Sid`.
    pub sid: Option<Cow<'a, str>>,
    /// Its `Effect`.
    pub effect: Effect,
    /// Its `Principal` or `NotPrincipal`; identity policies have none.
    pub principal: Option<PrincipalElement<'a>>,
    /// Its `Action` or `NotAction`.
    pub action: Selection<'a>,
    /// Its `Resource` or `NotResource`; trust policies have none.
    pub resource: Option<Selection<'a>>,
    /// Its `Condition`, flattened; all of these must hold.
    pub conditions: Vec<Condition<'a>>,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy<'a> {
    text: &'a str,
    version: Option<Version>,
    id: Option<Cow<'a, str>>,
    statements: Vec<Statement<'a>>,
    block: StatementBlock,
}

/// How the `Statement` element is written, which is what a splice must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StatementBlock {
    /// One object with these bytes, not in a list.
    Single(Range<usize>),
    /// A list with these bytes, brackets included.
    List(Range<usize>),
}

impl<'a> Policy<'a> {
    /// Reads a policy document.
    ///
    /// # Errors
    /// The text is not JSON, or not a policy: the error names line and column.
    pub fn parse(text: &'a str) -> Result<Self, PolicyError> {
        read::policy(text).map_err(|fault| fault.placed(text))
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The version, if the document gives one.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// Whether `${…}` is a policy variable in this document.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.version == Some(Version::V2012)
    }

    /// The `Id`, if the document gives one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The statements in order.
    #[must_use]
    pub fn statements(&self) -> &[Statement<'a>] {
        &self.statements
    }

    /// The bytes of a statement of this document.
    #[must_use]
    pub fn source(&self, statement: &Statement<'_>) -> &'a str {
        self.text.get(statement.span.clone()).unwrap_or_default()
    }

    /// The line and column of a byte offset, such as [`Text::offset`].
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        Place::of(self.text, offset)
    }

    pub(crate) fn block(&self) -> &StatementBlock {
        &self.block
    }
}
