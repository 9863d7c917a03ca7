//! What every finding code means, how bad it is, and which step repairs it.
//!
//! The one place from which docs/findings.md is made: a table for each rule.

mod guard;
mod instance;
mod shared;
mod trail;

use crate::finding::Code;
use crate::operation::Operation;

pub use crate::finding::Severity;

/// What the repair does about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairedBy {
    /// These calls, in this order.
    Steps(&'static [Operation]),
    /// A runbook that a person starts: its name and what it does.
    Runbook(&'static str, &'static str),
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

const fn row(
    code: Code,
    severity: Severity,
    repaired_by: RepairedBy,
    title: &'static str,
    paragraph: &'static str,
) -> Entry {
    Entry {
        code,
        severity,
        title,
        paragraph,
        repaired_by,
    }
}

/// The tables, in the order of the codes, each with its heading.
const TABLES: [(&str, &[Entry]); 4] = [
    ("Rule cloudtrail-enabled", trail::ENTRIES),
    ("All rules", shared::ENTRIES),
    ("Rule instance-profile", instance::ENTRIES),
    ("Rule guard", guard::ENTRIES),
];

/// All entries, one a code, in the order of the codes.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    TABLES.into_iter().flat_map(|(_, entries)| entries)
}

/// The entry of a code. Every code has one; a test compares the two lists.
pub fn entry(code: Code) -> Option<&'static Entry> {
    entries().find(|entry| entry.code == code)
}

/// How bad a finding of `code` is.
pub(crate) fn severity(code: Code) -> Severity {
    entry(code).map_or(Severity::Critical, |entry| entry.severity)
}

/// The text of docs/findings.md.
pub fn page() -> String {
    let mut text = String::from(INTRODUCTION);
    for (heading, entries) in TABLES {
        text.push_str(&format!("\n# {heading}\n\n{HEAD}"));
        for entry in entries {
            text.push_str(&format!(
                "| [`{code}`](#{code}) | {severity} | {title} |\n",
                code = entry.code,
                severity = entry.severity,
                title = entry.title,
            ));
        }
    }
    text.push_str("\n# The codes\n");
    for entry in entries() {
        text.push_str(&section(entry));
    }
    text.push_str(NOTES);
    text
}

const INTRODUCTION: &str = "\
# Findings of the rules

Made from the tables in `crates/core/src/catalogue`; do not edit it here.

An annotation in AWS Config begins with one of these codes, then names the fact that shows it:
`trail-not-logging: org-audit stopped 2026-03-02T09:57:12Z`. Codes are never renamed.

Several findings on a trail stand in the order of these tables, several on an instance worst first.
The severity of a finding about a policy is that of the very grant; the tables name the worst. The
parameter minimumSeverity of the rule instance-profile is for those alone: whatever else is found
counts always.
";

const HEAD: &str = "| code | severity | what is wrong |\n|---|---|---|\n";

const NOTES: &str = "
# Notes

A note makes no verdict bad. With the parameter strictVisibility each of these notes of the rule
cloudtrail-enabled is `could-not-verify` instead.

- `policy-not-visible`: bucket, key or the whole trail belong to another account and cannot be read
  from this one, as in a central log archive or for an organization trail seen from a member. The
  delivery fields of GetTrailStatus are the evidence.
- `policy-undetermined`: a Deny in a bucket or key policy depends on something that is not known
  here. The delivery fields are the evidence.
- `insights-not-offered`: CloudTrail Insights does not exist in the trail's Region.

These stay notes:

- `bucket-open-to-others`: a statement of the bucket's policy lets somebody in who is named and is
  not known to be ours; see the finding of that name.
- `trail-tags-added`: the trail has tags that the baseline does not name.
- `log-files-not-checked`: with checkLogFiles, log files or digests were not looked for: there are
  more than 50, the trail writes no digests, or it records for an organization.

Notes of the rule instance-profile:

- `exempt`: the role is exempt by the parameter exemptRoles and was not judged; its last day follows.
- `exemption-ended`: the role is named in exemptRoles, but its last day is over.
- `stale-not-withdrawn`: the results of earlier runs could not be listed to the end, so those on
  instances that are gone stand until the next run.
- `recorder-failing`: the recorder of AWS Config records with errors; instances are judged by what
  it knew last, and nothing is withdrawn.
- `below-minimum`: so many findings about policies are less severe than minimumSeverity, or left out
  by another parameter.

Notes of the rule guard:

- `recorder-started`, `event-rule-enabled`, `exception-cleared`: what the rule put right, where its
  parameter repair is true.
- `not-put-right`: such a call was refused; the finding stands.
";

fn section(entry: &Entry) -> String {
    let repair = match entry.repaired_by {
        RepairedBy::Steps(steps) => steps
            .iter()
            .map(|step| format!("`{step}`"))
            .collect::<Vec<_>>()
            .join(", "),
        RepairedBy::Runbook(name, steps) => format!("the runbook {name}: {steps}"),
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
