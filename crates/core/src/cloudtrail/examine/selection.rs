//! What the trail's event and insight selectors tell, of a trail of this account.

use super::super::coverage::ManagementCoverage;
use super::super::requirements::InsightType;
use super::Subject;
use crate::facts::{Fact, InsightSelector};

/// What this trail records, and what of the wanted nobody records.
fn lacking(subject: &Subject<'_>) -> Option<(ManagementCoverage, String)> {
    let selectors = subject.view.selectors.as_ref().and_then(Fact::known)?;
    let own = ManagementCoverage::of(selectors);
    let missing = own
        .union(subject.other)
        .missing(subject.requirements.management_events)
        .filter(|_| subject.is_own())?;
    Some((own, missing))
}

pub(super) fn management_missing(subject: &Subject<'_>) -> Option<String> {
    lacking(subject)
        .filter(|(own, _)| own.is_empty())
        .map(|_| format!("{} records no management events", subject.name()))
}

pub(super) fn management_narrowed(subject: &Subject<'_>) -> Option<String> {
    lacking(subject)
        .filter(|(own, _)| !own.is_empty())
        .map(|(_, missing)| format!("{} leaves out {missing}", subject.name()))
}

pub(super) fn insights_missing(subject: &Subject<'_>) -> Option<String> {
    let present = subject.view.insights.as_ref().and_then(Fact::known)?;
    let missing: Vec<&str> = subject
        .requirements
        .insights
        .iter()
        .filter(|kind| !present.iter().any(|one| watches_management(one, **kind)))
        .map(|kind| kind.as_str())
        .collect();
    (subject.is_own() && !missing.is_empty())
        .then(|| format!("{} lacks {}", subject.name(), missing.join(", ")))
}

/// Categories given without Management switch Insights on management events off.
fn watches_management(selector: &InsightSelector, kind: InsightType) -> bool {
    let categories = &selector.event_categories;
    selector.insight_type == kind.as_str()
        && (categories.is_empty() || categories.iter().any(|one| one == "Management"))
}
