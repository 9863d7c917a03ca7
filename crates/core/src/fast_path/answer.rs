//! The answer to an event.

use serde::{Serialize, Serializer};

use crate::escape;

/// The most characters of a note's text.
const SHOWN: usize = 512;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing.
    #[default]
    None,
    /// A message was sent.
    Notified,
    /// The runbook was started.
    RepairStarted,
}

/// What else is to know: a stable code and the fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventNote {
    /// The code: `evaluation-coalesced`.
    pub code: &'static str,
    /// The fact; it may be empty.
    pub text: String,
}

impl EventNote {
    /// A note. The text is escaped and cut.
    pub fn new(code: &'static str, text: impl AsRef<str>) -> Self {
        Self {
            code,
            text: escape::cut(text.as_ref(), SHOWN),
        }
    }
}

impl Serialize for EventNote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::fmt::Display for EventNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.text.is_empty() {
            f.write_str(self.code)
        } else {
            write!(f, "{}: {}", self.code, self.text)
        }
    }
}

/// The answer to an event of EventBridge: `{action, executionId, notes}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventAnswer {
    /// What was done.
    pub action: Action,
    /// The runbook's execution, if one was started; else empty.
    pub execution_id: String,
    /// What else is to know.
    pub notes: Vec<EventNote>,
}
