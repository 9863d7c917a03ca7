//! The verdict on the account, from the trails that were examined.

use super::coverage::ManagementCoverage;
use super::examine::{Examination, examine};
use super::finding::{Code, Finding, Note};
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
    let alone = ManagementCoverage::default();
    let examined: Vec<(&TrailView, Examination)> = views
        .iter()
        .map(|view| (view, examine(requirements, caller, view, &alone, now)))
        .collect();
    let together = coverage_together(&examined);
    let again = |(view, examined): (&_, Examination)| {
        let affected = examined.findings.iter().any(is_about_coverage);
        let examined = if affected {
            examine(requirements, caller, view, &together, now)
        } else {
            examined
        };
        (view.trail.arn.clone(), examined)
    };
    let wanted = requirements.trail.as_deref();
    let nearest = examined
        .into_iter()
        .filter(|(view, _)| wanted.is_none_or(|name| is_named(name, &view.trail)))
        .map(again)
        .min_by_key(|(arn, examined)| (examined.findings.len(), arn.clone()));
    match nearest {
        Some((arn, examined)) => of_trail(arn, examined, failures),
        None => without_trail(wanted, caller, failures),
    }
}

/// A failed listing may have hidden a better trail, which is told beside what was found.
fn of_trail(arn: Arn, examined: Examination, failures: &[CallError]) -> Verdict {
    let mut findings = examined.findings;
    if !findings.is_empty() {
        findings.extend(unlisted(failures));
    }
    findings.dedup();
    Verdict {
        trail: Some(arn),
        findings,
        notes: examined.notes,
    }
}

/// A trail that a failed call may have hidden is not called missing.
fn without_trail(wanted: Option<&str>, caller: &Caller, failures: &[CallError]) -> Verdict {
    let account = &caller.account;
    let missing = match wanted {
        Some(name) => format!("account {account} has no trail {name}"),
        None => format!("account {account} has no trail"),
    };
    let mut findings = unlisted(failures);
    findings.dedup();
    if findings.is_empty() {
        findings.push(Finding::new(Code::TrailMissing, missing));
    }
    Verdict {
        trail: None,
        findings,
        notes: Vec::new(),
    }
}

fn unlisted(failures: &[CallError]) -> Vec<Finding> {
    failures.iter().map(Finding::unread).collect()
}

/// What the trails record together that are healthy but for the management events they leave out.
/// Any other fault (stopped, one Region only, not delivered) spoils what a trail records.
fn coverage_together(examined: &[(&TrailView, Examination)]) -> ManagementCoverage {
    examined
        .iter()
        .filter(|(_, examined)| examined.findings.iter().all(is_about_coverage))
        .filter_map(|(view, _)| view.selectors.as_ref().and_then(Fact::known))
        .map(ManagementCoverage::of)
        .fold(ManagementCoverage::default(), |all, one| all.union(&one))
}

fn is_about_coverage(finding: &Finding) -> bool {
    matches!(
        finding.code,
        Code::ManagementEventsMissing | Code::ManagementEventsNarrowed
    )
}
