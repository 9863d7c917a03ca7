//! The product's own parts: whether they are there, at work, and as they were recorded.

use jiff::Timestamp;

use super::services::known;
use super::state::state;
use super::{GuardRecord, GuardView, Requirements};
use crate::escape;
use crate::facts::{Fact, RemediationExceptionFacts};
use crate::finding::{Code, Finding};
use crate::guard::budget::{MOST_REPAIRS, started_within};
use crate::guard::fingerprint::HASHED;
use crate::guard::part::{Fingerprint, Part, PartKind};
use crate::guard::plan::is_healthy;
use crate::identity::Caller;

/// The switch that turns the fast path off.
const KILL_SWITCH: &str = "environment:TRAILKEEPER_MODE";

/// The longest foreign text in a finding.
pub(super) const SHOWN: usize = 96;

pub(super) fn examine(
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
    record: Option<&GuardRecord>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for part in GuardView::parts(requirements, record) {
        let recorded = record.and_then(|record| record.0.get(&part));
        let seen = view.fingerprint(&part);
        findings.extend(known(seen.as_ref(), |now| match now {
            None if is_told(&part, requirements, view) => Vec::new(),
            None => vec![missing(&part)],
            Some(now) => recorded.map_or_else(Vec::new, |was| changes(&part, was, now)),
        }));
        let judged = state(&part, requirements, caller, view);
        // Where there is a record, mode and trust are compared with that.
        let compared = [Code::KillSwitchUsed, Code::GuardRoleChanged];
        let is_new = |one: &Finding| recorded.is_none() || !compared.contains(&one.code);
        findings.extend(judged.into_iter().filter(is_new));
    }
    findings
}

/// Whether it is told already that there is none of the kind at all.
fn is_told(part: &Part, requirements: &Requirements, view: &GuardView) -> bool {
    let is_empty = match part.kind {
        PartKind::Recorder => view.recorders.as_ref().and_then(none_of),
        PartKind::DeliveryChannel => view.channels.as_ref().and_then(none_of),
        _ => None,
    };
    requirements.recorder && is_empty == Some(true)
}

fn none_of<T>(all: &Fact<Vec<T>>) -> Option<bool> {
    all.known().map(Vec::is_empty)
}

fn missing(part: &Part) -> Finding {
    let text = format!("the {} {} is not there", part.kind.noun(), part.name);
    Finding::new(part.kind.missing(), text)
}

fn changes(part: &Part, was: &Fingerprint, now: &Fingerprint) -> Vec<Finding> {
    let (switch, others): (Vec<_>, Vec<_>) = was
        .differences(now)
        .partition(|(name, ..)| *name == KILL_SWITCH);
    let switched = switch
        .into_iter()
        .map(|change| (Code::KillSwitchUsed, change));
    let others = others
        .into_iter()
        .map(|change| (part.kind.changed(), change));
    let told = switched.chain(others).map(|(code, (name, was, now))| {
        let text = format!(
            "{} {}: {}",
            part.kind.noun(),
            part.name,
            change(name, was, now)
        );
        Finding::new(code, text)
    });
    told.collect()
}

fn change(name: &str, was: Option<&str>, now: Option<&str>) -> String {
    let shown = |value: &str| escape::cut(value, SHOWN);
    match (was, now) {
        (Some(was), Some(now)) if was.starts_with(HASHED) || now.starts_with(HASHED) => {
            format!("{name} is not what it was")
        }
        (Some(was), Some(now)) => format!("{name} is {}, was {}", shown(now), shown(was)),
        (Some(_), None) => format!("{name} is gone"),
        (None, _) => format!("{name} was added"),
    }
}

/// The exceptions that keep AWS Config from the next repair.
pub(super) fn exceptions(view: &GuardView) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (rule, fact) in &view.exceptions {
        let verdicts = view.verdicts.get(rule);
        findings.extend(known(Some(fact), |all| {
            let told = all
                .iter()
                .map(|one| exception(rule, one, is_healthy(verdicts, one)));
            told.collect()
        }));
    }
    findings
}

fn exception(rule: &str, exception: &RemediationExceptionFacts, is_healthy: bool) -> Finding {
    let when = if is_healthy {
        "the next repair"
    } else {
        "its repair"
    };
    let why = escape::cut(&exception.message, SHOWN);
    let why = Some(why).filter(|why| !why.is_empty());
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    let text = format!(
        "an exception of {rule} on {} {} blocks {when}{why}",
        exception.resource_type,
        escape::cut(&exception.resource_id, SHOWN),
    );
    Finding::new(Code::RemediationBlocked, text)
}

/// The runbooks that ran so often that somebody undoes what they repair.
pub(super) fn executions(view: &GuardView, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (document, fact) in &view.executions {
        findings.extend(known(Some(fact), |all| {
            let count = started_within(&all.runs, now);
            let text = if count >= MOST_REPAIRS {
                format!("{document} began {count} times within an hour")
            } else if all.is_cut {
                format!("{document} began more often within an hour than can be counted")
            } else {
                return Vec::new();
            };
            vec![Finding::new(Code::RepairsExhausted, text)]
        }));
    }
    findings
}
