//! The verdict on the account, from the trails that were examined.

use super::coverage::ManagementCoverage;
use super::examine::{Examination, Note, examine};
use super::finding::{Code, Finding};
use super::requirements::Requirements;
use super::view::TrailView;
use crate::call_error::CallError;
use crate::config_rule::Compliance;
use crate::facts::{Fact, Trail};
use crate::identity::{Arn, Caller};

use jiff::Timestamp;

/// Whether the account has the trail that is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The trail that is spoken of: the healthy one, else the one nearest to it. None where there
    /// is no such trail.
    pub trail: Option<Arn>,
    /// What is wrong, in the order of the catalogue; nothing where the account is COMPLIANT.
    pub findings: Vec<Finding>,
    /// What else the reader should know of that trail.
    pub notes: Vec<Note>,
}

impl Verdict {
    /// The verdict in AWS Config's words.
    pub fn compliance(&self) -> Compliance {
        if self.findings.is_empty() {
            Compliance::Compliant
        } else {
            Compliance::NonCompliant
        }
    }

    /// The reason in full, not yet cut to an annotation's length.
    pub fn reason(&self) -> String {
        let healthy = self.trail.as_ref().filter(|_| self.findings.is_empty());
        let mut parts: Vec<String> = healthy.iter().map(|arn| arn.to_string()).collect();
        parts.extend(self.findings.iter().map(Finding::to_string));
        parts.extend(self.notes.iter().map(Note::to_string));
        parts.join("; ")
    }
}

/// Whether `wanted`, a trail's name or ARN, means this trail.
pub fn is_named(wanted: &str, trail: &Trail) -> bool {
    if wanted.contains(':') {
        wanted == trail.arn.to_string()
    } else {
        wanted == trail.name
    }
}

/// Judges the account by its trails. One healthy trail is enough. `failures` are the calls that
/// should have told which trails there are and did not: with any of them no trail is called
/// missing.
pub fn judge(
    requirements: &Requirements,
    caller: &Caller,
    views: &[TrailView],
    failures: &[CallError],
    now: Timestamp,
) -> Verdict {
    let together = coverage_together(requirements, caller, views, now);
    let wanted = requirements.trail.as_deref();
    let nearest = views
        .iter()
        .filter(|view| wanted.is_none_or(|name| is_named(name, &view.trail)))
        .map(|view| (view, examine(requirements, caller, view, &together, now)))
        .min_by_key(|(view, examined)| (examined.findings.len(), view.trail.arn.clone()));
    let mut verdict = match nearest {
        Some((view, examined)) => of_trail(view, examined),
        None => Verdict {
            trail: None,
            findings: missing(wanted, caller, failures),
            notes: Vec::new(),
        },
    };
    if verdict.compliance() == Compliance::NonCompliant {
        for failure in failures {
            let evidence = format!("{} {}", failure.operation, failure.code);
            let finding = Finding::new(Code::CouldNotVerify, evidence);
            if !verdict.findings.contains(&finding) {
                verdict.findings.push(finding);
            }
        }
    }
    verdict
}

fn of_trail(view: &TrailView, examined: Examination) -> Verdict {
    Verdict {
        trail: Some(view.trail.arn.clone()),
        findings: examined.findings,
        notes: examined.notes,
    }
}

/// A trail that a failed call may have hidden is not called missing; the failures become the
/// findings.
fn missing(wanted: Option<&str>, caller: &Caller, failures: &[CallError]) -> Vec<Finding> {
    if let Some(first) = failures.first() {
        let evidence = format!("{} {}", first.operation, first.code);
        return vec![Finding::new(Code::CouldNotVerify, evidence)];
    }
    let account = &caller.account;
    let evidence = match wanted {
        Some(name) => format!("account {account} has no trail {name}"),
        None => format!("account {account} has no trail"),
    };
    vec![Finding::new(Code::TrailMissing, evidence)]
}

/// What the trails record together that are healthy but for the management events they leave out.
/// Any other fault (stopped, one Region only, not delivered) spoils what a trail records.
fn coverage_together(
    requirements: &Requirements,
    caller: &Caller,
    views: &[TrailView],
    now: Timestamp,
) -> ManagementCoverage {
    let alone = ManagementCoverage::default();
    views
        .iter()
        .filter(|view| {
            examine(requirements, caller, view, &alone, now)
                .findings
                .iter()
                .all(|finding| is_about_coverage(finding.code))
        })
        .filter_map(|view| view.selectors.as_ref().and_then(Fact::known))
        .map(ManagementCoverage::of)
        .fold(alone.clone(), |all, one| all.union(&one))
}

fn is_about_coverage(code: Code) -> bool {
    matches!(
        code,
        Code::ManagementEventsMissing | Code::ManagementEventsNarrowed
    )
}
