//! What a row needs to hold, and what of it is seen in one way only.

use std::fmt;

/// A parameter without which not all that a row says holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The parameter of the rule (with a small first letter) or of the runbook (with a capital
    /// one); the baseline goes by [`BASELINE_WORDS`], since both have a parameter for it.
    pub parameter: &'static str,
    /// What is lost without it: codes that are not found, calls that are not made to undo it,
    /// settings that are not brought back, ways to perform it that are not undone. Empty: all.
    pub of: &'static [&'static str],
}

/// How a row names what `baselineSha256` and `BaselineSha256` name.
pub const BASELINE_WORDS: &str = "the baseline";

/// All of the row needs the baseline.
pub(super) const BASELINE: Need = need(BASELINE_WORDS);

/// All of the row needs this parameter.
pub(super) const fn need(parameter: &'static str) -> Need {
    Need { parameter, of: &[] }
}

impl Need {
    /// The same for a part of the row.
    pub(super) const fn of(self, of: &'static [&'static str]) -> Self {
        Self { of, ..self }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            [] => f.write_str(self.parameter),
            of => write!(f, "{} (for {})", self.parameter, of.join("; ")),
        }
    }
}

/// By what alone a way to perform an attack is seen, where the others are seen by more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Only {
    /// By the event of the call: the state that the rules read tells nothing of it.
    Event,
    /// By the rules, at their next run: no function of ours answers an event of it.
    Rule,
    /// By neither, since whoever would answer is silenced: the message that EventBridge sends of the
    /// call without him, and the alarm on missing evaluations, are what remains.
    Alarm,
}
