//! What every finding code means, how bad it is, and which step repairs it.
//!
//! The one table from which docs/findings.md is made.

mod rows;

use std::fmt;

use super::finding::Code;
use crate::operation::Operation;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Could be better.
    Advisory,
    /// A small weakness.
    Low,
    /// A weakness.
    Medium,
    /// A serious weakness.
    High,
    /// The audit trail is blind, or about to be.
    Critical,
}

impl Severity {
    /// The severity as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Advisory => "advisory",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the repair does about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairedBy {
    /// These calls, in this order.
    Steps(&'static [Operation]),
    /// Nothing, for this reason.
    Not(&'static str),
}

/// What is to be said of a finding code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What it means, why it matters and what repairs it.
    pub paragraph: &'static str,
    /// The calls that repair it.
    pub repaired_by: RepairedBy,
}

/// All entries, one a code, in the order of the codes.
pub const ENTRIES: &[Entry] = rows::ENTRIES;

/// The entry of a code. Every code has one; a test compares the two lists.
pub fn entry(code: Code) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.code == code)
}

/// The text of docs/findings.md.
pub fn page() -> String {
    let mut text = String::from(INTRODUCTION);
    for entry in ENTRIES {
        text.push_str(&format!(
            "| [`{code}`](#{code}) | {severity} | {title} |\n",
            code = entry.code,
            severity = entry.severity,
            title = entry.title,
        ));
    }
    for entry in ENTRIES {
        text.push_str(&section(entry));
    }
    text.push_str(NOTES);
    text
}

const INTRODUCTION: &str = "\
# Findings of the trail rule

Made from the table in `crates/core/src/cloudtrail/catalogue/rows.rs`; do not edit it here.

An annotation in AWS Config begins with one of these codes, then names the fact that shows it:
`trail-not-logging: org-audit stopped 2026-03-02T09:57:12Z`. Several findings stand in the order
of this table. Codes are never renamed.

| code | severity | what is wrong |
|---|---|---|
";

const NOTES: &str = "
# Notes

A note makes no verdict bad. With the parameter strictVisibility each is `could-not-verify` instead.

- `policy-not-visible`: bucket, key or the whole trail belong to another account and cannot be read
  from this one, as in a central log archive or for an organization trail seen from a member. The
  delivery fields of GetTrailStatus are the evidence.
- `policy-undetermined`: a Deny in a bucket or key policy depends on something that is not known
  here. The delivery fields are the evidence.
- `insights-not-offered`: CloudTrail Insights does not exist in the trail's Region.
";

fn section(entry: &Entry) -> String {
    let repair = match entry.repaired_by {
        RepairedBy::Steps(steps) => steps
            .iter()
            .map(|step| format!("`{step}`"))
            .collect::<Vec<_>>()
            .join(", "),
        RepairedBy::Not(reason) => format!("nothing: {reason}"),
    };
    format!(
        "\n## {code}\n\n**{title}** ({severity})\n\n{paragraph}\n\nRepaired by {repair}.\n",
        code = entry.code,
        title = entry.title,
        severity = entry.severity,
        paragraph = entry.paragraph,
    )
}
