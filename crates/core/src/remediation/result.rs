//! What came of a repair, as the runbook's step hands it on.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::escape::one_line;
use crate::facts::Trail;
use crate::finding::Code;
use crate::identity::{Arn, Region};

/// How a repair that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Something was wrong, and a re-read shows that it no longer is.
    Repaired,
    /// Nothing was wrong.
    AlreadyHealthy,
    /// Nothing was written; the steps say what would be.
    Planned,
    /// The trail belongs to another account, which alone can change it.
    NotOurs,
    /// Nothing was written: AWS Config started the run, the trail was repaired too often within
    /// the hour, and what is wrong can wait. No failure, for AWS Config would try again at once.
    RepairsExhausted,
}

impl Outcome {
    /// The outcome as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::AlreadyHealthy => "already-healthy",
            Self::Planned => "planned",
            Self::NotOurs => "not-ours",
            Self::RepairsExhausted => Code::RepairsExhausted.as_str(),
        }
    }
}

/// One line of a list in the result: `code: text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A stable code in kebab case.
    pub code: String,
    /// What it is about.
    pub text: String,
}

impl Entry {
    /// The line `code: text`.
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            text: text.into(),
        }
    }
}

/// In one line, whoever chose the text.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&format!("{}: {}", self.code, self.text)))
    }
}

/// The result of a repair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RepairResult {
    /// How it ended; none within a failure.
    pub outcome: Option<Outcome>,
    /// The trail, once it is known.
    pub trail_arn: Option<Arn>,
    /// Its home Region.
    pub trail_region: Option<Region>,
    /// Who did the damage, in one line.
    pub actor: Option<String>,
    /// Since when events are missing.
    pub gap_start: Option<Timestamp>,
    /// When logging was seen on again.
    pub gap_end: Option<Timestamp>,
    /// What was wrong: field, seen, wanted.
    pub changes: Vec<Entry>,
    /// What was done, or would be.
    pub steps: Vec<Entry>,
    /// What else the reader should know.
    pub notes: Vec<Entry>,
    /// What is still wrong.
    pub remaining: Vec<Entry>,
    /// Where the trail delivers to; for the search for who did it, and no output.
    pub delivery: Option<Box<Delivery>>,
}

/// Where a trail delivers to, which can be at fault as well as the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The trail: it names bucket and key.
    pub trail: Trail,
    /// The bucket's Region.
    pub bucket_region: Region,
}

impl RepairResult {
    /// The result as JSON, with all keys and never null: SSM takes no null for a declared output.
    /// Every text in it is in one line and fit to be shown.
    pub fn to_json(&self) -> Value {
        json!({
            "outcome": self.outcome.map_or("", Outcome::as_str),
            "trailArn": text(self.trail_arn.as_ref()),
            "trailRegion": text(self.trail_region.as_ref()),
            "actor": text(self.actor.as_ref()),
            "gapStart": text(self.gap_start.as_ref()),
            "gapEnd": text(self.gap_end.as_ref()),
            "changes": lines(&self.changes),
            "steps": lines(&self.steps),
            "notes": lines(&self.notes),
            "remaining": lines(&self.remaining),
        })
    }
}

/// A repair that failed, as the Lambda error that makes the runbook's step fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairFailure {
    /// The stable code in kebab case: `partly-repaired`.
    pub code: String,
    /// One sentence on what happened and what to do.
    pub message: String,
    /// How far the repair came.
    pub result: Box<RepairResult>,
}

impl RepairFailure {
    /// A failure that came before anything was known of the trail.
    pub fn early(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            result: Box::default(),
        }
    }

    /// The `errorType` of the Lambda error.
    pub fn error_type(&self) -> &str {
        &self.code
    }

    /// What happened and what to do, in one line. A service's message can hold line breaks; a reader
    /// of the second line must find the JSON there.
    pub fn sentence(&self) -> String {
        one_line(&self.message)
    }

    /// The `errorMessage` of the Lambda error: the sentence, and the result on the second line.
    pub fn error_message(&self) -> String {
        format!("{}\n{}", self.sentence(), self.result.to_json())
    }
}

impl fmt::Display for RepairFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.sentence())
    }
}

impl std::error::Error for RepairFailure {}

fn text<T: ToString>(value: Option<&T>) -> String {
    value
        .map(|value| one_line(&value.to_string()))
        .unwrap_or_default()
}

fn lines(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(Entry::to_string).collect()
}
