//! The services that the parts live in: AWS Config's recorder, the key, GuardDuty.

use super::parts::SHOWN;
use super::{GuardView, Requirements};
use crate::escape;
use crate::facts::{DetectorFacts, Fact, KeyFacts, KeyState, RecorderFacts, TrailStatus};
use crate::finding::{Code, Finding};

pub(super) fn examine(requirements: &Requirements, view: &GuardView) -> Vec<Finding> {
    let mut findings = Vec::new();
    if requirements.recorder {
        findings.extend(known(view.recorders.as_ref(), |all| recorders(all)));
        findings.extend(known(view.channels.as_ref(), |all| {
            let text = "AWS Config has no delivery channel in this Region";
            let missing = Finding::new(Code::DeliveryChannelMissing, text);
            all.is_empty().then_some(missing).into_iter().collect()
        }));
    }
    if let Some(named) = &requirements.key {
        findings.extend(match &view.key {
            Some(fact) if fact.is_absent() => {
                vec![Finding::new(
                    Code::KeyMissing,
                    format!("there is no key {named}"),
                )]
            }
            fact => known(fact.as_ref(), |facts| key(facts).into_iter().collect()),
        });
    }
    for name in &requirements.trails {
        let fact = view.trails.get(name);
        findings.extend(known(fact, |status| {
            trail(name, status.as_ref()).into_iter().collect()
        }));
    }
    if requirements.guard_duty {
        findings.extend(known(view.detectors.as_ref(), |all| detectors(all)));
    }
    findings
}

/// What is wrong with a known fact; that it is not known otherwise.
pub(super) fn known<T>(
    fact: Option<&Fact<T>>,
    wrong: impl FnOnce(&T) -> Vec<Finding>,
) -> Vec<Finding> {
    match fact {
        Some(Fact::Known(value)) => wrong(value),
        Some(Fact::Denied(error) | Fact::Unavailable(error)) => vec![Finding::unread(error)],
        None => Vec::new(),
    }
}

fn recorders(all: &[RecorderFacts]) -> Vec<Finding> {
    let works = |one: &RecorderFacts| one.recording && one.last_error.is_none();
    if all.iter().any(works) {
        return Vec::new();
    }
    let failing = all.iter().find(|recorder| recorder.recording);
    let text = match failing.or(all.first()) {
        Some(recorder) => {
            let state = if recorder.recording {
                "fails"
            } else {
                "is stopped"
            };
            let error = recorder.last_error.as_deref();
            let error = error.map_or_else(String::new, |error| {
                format!(": {}", escape::cut(error, SHOWN))
            });
            format!("the recorder {} {state}{error}", recorder.name)
        }
        None => "AWS Config has no recorder in this Region".to_owned(),
    };
    vec![Finding::new(Code::RecorderOff, text)]
}

/// A trail that does not say that it is logging counts as stopped.
fn trail(name: &str, status: Option<&TrailStatus>) -> Option<Finding> {
    let what = match status {
        Some(status) if status.is_logging == Some(true) => return None,
        Some(_) => "is stopped",
        None => "is not there",
    };
    let text = format!("the trail {name} {what}");
    Some(Finding::new(Code::GuardTrailOff, text))
}

fn key(facts: &KeyFacts) -> Option<Finding> {
    let (code, text) = match &facts.state {
        KeyState::Enabled => return None,
        KeyState::Disabled => (Code::KeyDisabled, "is disabled".to_owned()),
        KeyState::PendingDeletion => (
            Code::KeyPendingDeletion,
            "is scheduled for deletion".to_owned(),
        ),
        KeyState::Other(state) => (Code::KeyUnusable, format!("is {state}")),
    };
    Some(Finding::new(code, format!("{} {text}", facts.arn)))
}

fn detectors(all: &[DetectorFacts]) -> Vec<Finding> {
    if !all.iter().any(|detector| detector.enabled) {
        let text = match all.first() {
            Some(detector) => format!("the detector {} is suspended", detector.id),
            None => "GuardDuty has no detector in this Region".to_owned(),
        };
        return vec![Finding::new(Code::GuarddutyOff, text)];
    }
    let filters = all.iter().flat_map(|detector| &detector.archiving_filters);
    let suppressed = filters.map(|name| {
        let text =
            format!("the filter {name} archives GuardDuty's finding about a stopped trail unseen");
        Finding::new(Code::GuarddutySuppressed, text)
    });
    suppressed.collect()
}
