//! The invariants by number, and how a break of one is told.

use std::fmt;

/// What must hold, by its number in the design; A4 is the fourth acceptance criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// No call of ours shrinks what is recorded.
    I1,
    /// The run after a good one writes nothing.
    I2,
    /// After the last fault the target is reached within 25 calls and 60 seconds.
    I3,
    /// A good end is only told where it is so.
    I4,
    /// No statement of others is lost, and the end is the same whatever came between.
    I5,
    /// Writes go to one trail, its bucket and its key.
    I6,
    /// What our own writes set off ends in no further write.
    I7,
    /// An event with a token ends in PutEvaluations or in an error.
    I8,
    /// No COMPLIANT while something that must be read is unread.
    I9,
    /// COMPLIANT exactly where there is nothing to repair.
    I10,
    /// At most two calls from the read that shows a stopped trail to StartLogging.
    A4,
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// Which.
    pub invariant: Invariant,
    /// What happened.
    pub text: String,
}

impl Break {
    /// A break of `invariant`.
    pub fn new(invariant: Invariant, text: impl Into<String>) -> Self {
        Self {
            invariant,
            text: text.into(),
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.text)
    }
}
