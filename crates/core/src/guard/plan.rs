//! What is put right: nothing that could let anybody do more than before.

use super::requirements::Requirements;
use super::view::GuardView;
use crate::config_rule::Compliance;
use crate::facts::{EvaluatedResource, Fact, RemediationExceptionFacts};

/// One write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardStep {
    /// StartConfigurationRecorder.
    StartRecorder {
        /// The recorder.
        name: String,
    },
    /// EnableRule.
    EnableEventRule {
        /// The rule.
        name: String,
    },
    /// DeleteRemediationExceptions for one resource, which is healthy again.
    ClearException {
        /// The rule.
        rule: String,
        /// The resource's type.
        resource_type: String,
        /// Its id.
        resource_id: String,
    },
}

impl GuardStep {
    /// The step in the words of a note.
    pub fn note(&self) -> (&'static str, String) {
        match self {
            Self::StartRecorder { name } => ("recorder-started", name.clone()),
            Self::EnableEventRule { name } => ("event-rule-enabled", name.clone()),
            Self::ClearException {
                rule, resource_id, ..
            } => ("exception-cleared", format!("{rule} {resource_id}")),
        }
    }
}

/// The steps that the rule may take; none where it is not asked to.
pub fn plan(requirements: &Requirements, view: &GuardView) -> Vec<GuardStep> {
    if !requirements.repair {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if requirements.recorder {
        steps.extend(recorder(view));
    }
    // Only rules that are required by name: another one may be off on purpose.
    let event_rules = requirements.event_rules.iter();
    for name in event_rules.chain(&requirements.notification_rules) {
        let rule = view.event_rules.get(name).and_then(Fact::known);
        let rule = rule.and_then(Option::as_ref);
        if rule.is_some_and(|rule| rule.state == "DISABLED") {
            steps.push(GuardStep::EnableEventRule { name: name.clone() });
        }
    }
    for (rule, fact) in &view.exceptions {
        let verdicts = view.verdicts.get(rule);
        let exceptions = fact.known().into_iter().flatten();
        let healthy = exceptions.filter(|one| is_healthy(verdicts, one));
        steps.extend(healthy.map(|one| GuardStep::ClearException {
            rule: rule.clone(),
            resource_type: one.resource_type.clone(),
            resource_id: one.resource_id.clone(),
        }));
    }
    steps
}

/// A recorder that is there, with a channel to deliver through, and stopped. There is at most one
/// that a customer manages.
fn recorder(view: &GuardView) -> Option<GuardStep> {
    let recorders = view.recorders.as_ref()?.known()?;
    let has_channel = !view.channels.as_ref()?.known()?.is_empty();
    let is_off = recorders.iter().all(|recorder| !recorder.recording);
    let name = recorders.first()?.name.clone();
    (has_channel && is_off).then_some(GuardStep::StartRecorder { name })
}

/// Whether the rule's verdict on the resource is COMPLIANT. Until that is known it is not.
pub(super) fn is_healthy(
    verdicts: Option<&Fact<Vec<EvaluatedResource>>>,
    exception: &RemediationExceptionFacts,
) -> bool {
    let verdicts = verdicts.and_then(Fact::known).into_iter().flatten();
    let mut same = verdicts.filter(|verdict| {
        verdict.resource_type == exception.resource_type
            && verdict.resource_id == exception.resource_id
    });
    same.any(|verdict| verdict.compliance == Compliance::Compliant)
}
