//! What is wrong with a document, and where.

/// A place in a text, counted from one; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let last_line = before.rsplit('\n').next().unwrap_or(before);
        Self {
            line: before.matches('\n').count() + 1,
            column: last_line.chars().count() + 1,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A document that is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy is not valid at {place}: {message}")]
pub struct PolicyError {
    kind: Kind,
    place: Place,
    message: String,
}

impl PolicyError {
    /// The stable code: `invalid-json`, `too-deep`, `duplicate-key`,
    /// `unknown-element` or `invalid-policy`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            Kind::Json => "invalid-json",
            Kind::Depth => "too-deep",
            Kind::Duplicate => "duplicate-key",
            Kind::UnknownElement => "unknown-element",
            Kind::Policy => "invalid-policy",
        }
    }

    /// Where it was noticed.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The line it was noticed on, from one.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// The character in the line, from one.
    #[must_use]
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Depth,
    Duplicate,
    UnknownElement,
    Policy,
}

/// An error that still knows only its byte offset.
#[derive(Debug)]
pub(crate) struct Fault {
    kind: Kind,
    offset: usize,
    message: String,
}

impl Fault {
    pub(crate) fn new(kind: Kind, offset: usize, message: impl Into<String>) -> Self {
        Self {
            kind,
            offset,
            message: message.into(),
        }
    }

    pub(crate) fn policy(offset: usize, message: impl Into<String>) -> Self {
        Self::new(Kind::Policy, offset, message)
    }

    pub(crate) fn placed(self, text: &str) -> PolicyError {
        PolicyError {
            kind: self.kind,
            place: Place::of(text, self.offset),
            message: self.message,
        }
    }
}
