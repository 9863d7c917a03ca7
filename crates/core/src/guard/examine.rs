//! What is wrong with the guarded parts.

mod events;
mod invoked;
mod notified;
mod parts;
mod services;
mod state;
mod trusted;

use jiff::Timestamp;

use super::part::GuardRecord;
use super::requirements::Requirements;
use super::view::GuardView;
use crate::finding::Finding;
use crate::identity::Caller;

/// What is wrong, in the order of the codes. `record` is what the baseline holds, where there is
/// one; `now` is when the view was taken.
///
/// A part that could not be read is `could-not-verify`, never in order.
pub fn examine(
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
    record: Option<&GuardRecord>,
    now: Timestamp,
) -> Vec<Finding> {
    let mut findings = services::examine(requirements, view);
    findings.extend(parts::examine(requirements, caller, view, record));
    findings.extend(events::examine(requirements, caller, view));
    findings.extend(notified::examine(requirements, view));
    findings.extend(parts::exceptions(view));
    findings.extend(parts::executions(view, now));
    findings.sort_by_key(|finding| finding.code);
    findings.dedup();
    findings
}
