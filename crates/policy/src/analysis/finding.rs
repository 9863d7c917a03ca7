//! What is wrong with a grant.

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$of])* $variant,)*
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word for it in reports.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// What reports call `text`.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// How bad a finding is, from the least.
    Severity {
        /// Good to know: nothing is granted now.
        Info = "info";
        /// Cannot be narrowed by the author, or hardly.
        Advisory = "advisory";
        /// Reads, or grants that a condition narrows.
        Low = "low";
        /// Writes on more than must be.
        Medium = "medium";
        /// Rights over permissions or secrets, whole services, or writes on all of a type.
        High = "high";
        /// Everything on everything.
        Critical = "critical";
    }
}

words! {
    /// The kinds of finding. Never renamed.
    FindingCode {
        /// All actions on all resources.
        FullAdmin = "full-admin";
        /// A combination of rights with which the role can give itself any other.
        PrivilegeEscalation = "privilege-escalation";
        /// An action pattern that stands for more than it must.
        WildcardAction = "wildcard-action";
        /// All resources, where the action knows narrower ones.
        WildcardResource = "wildcard-resource";
        /// An Allow of everything but what is named.
        NotAction = "not-action";
        /// An Allow on everything but what is named.
        NotResource = "not-resource";
        /// An ARN that stands for every resource of its type.
        TypeWideResource = "type-wide-resource";
        /// A write for which IAM knows no narrower resource.
        UnscopeableWrite = "unscopeable-write";
        /// A grant that only the boundary, or a Deny, holds back.
        LatentGrant = "latent-grant";
        /// An action that the table does not know; it is not judged.
        UnknownAction = "unknown-action";
        /// A document that cannot be read.
        InvalidPolicy = "invalid-policy";
    }
}

/// What makes a grant broad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Breadth {
    /// `*`, `?` or NotAction in what is allowed to be done.
    pub actions: bool,
    /// `*`, NotResource or a type-wide ARN in what it is allowed on.
    pub resources: bool,
}

/// One broad grant and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFinding {
    /// The kind of finding.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// What makes it broad; filters of rules go by this.
    pub breadth: Breadth,
    /// The policy's name.
    pub policy: String,
    /// The statement: its Sid, else its position from 1 as `#2`; empty where the document as a
    /// whole is meant.
    pub statement: String,
    /// The line on which the place begins, from 1; 0 for the document as a whole.
    pub line: usize,
    /// The column, from 1, in characters; 0 for the document as a whole.
    pub column: usize,
    /// The action pattern as written.
    pub action_pattern: String,
    /// The worst few of the actions that are meant, worst first.
    pub actions: Vec<String>,
    /// How many actions are meant.
    pub action_count: usize,
    /// The resource pattern as written.
    pub resource: String,
    /// Why this is a finding, in one sentence.
    pub why: String,
    /// The day of the action table that the finding rests on: `2026-10-27`.
    pub table_date: &'static str,
    /// What to write instead: a statement as JSON, or advice in words; empty where there is none.
    pub suggestion: String,
}
