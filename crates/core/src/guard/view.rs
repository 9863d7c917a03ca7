//! What was seen of the guarded parts.

use std::collections::{BTreeMap, BTreeSet};

use super::part::{Fingerprint, GuardRecord, Part, PartKind};
use super::requirements::Requirements;
use crate::facts::{
    AttachedPolicy, ConfigRuleFacts, DeliveryChannelFacts, DetectorFacts, DocumentFacts,
    EvaluatedResource, EventRuleFacts, Executions, Fact, FunctionFacts, InlinePolicy, KeyFacts,
    RecorderFacts, RemediationExceptionFacts, RemediationFacts, RoleFacts, TrailStatus,
};

/// A role with everything that says what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRecord {
    /// The role.
    pub facts: RoleFacts,
    /// Its inline policies.
    pub inline: Vec<InlinePolicy>,
    /// The managed policies attached to it.
    pub attached: Vec<AttachedPolicy>,
    /// What the attached policies and the boundary say, by their ARNs.
    pub managed: BTreeMap<String, ManagedRecord>,
}

/// What a managed policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagedRecord {
    /// The version in force of a policy that AWS manages: its content is AWS's to change.
    Version(String),
    /// The document in force of a policy of the account.
    Document(String),
}

/// What was seen. A part that was not asked for is not in its map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuardView {
    /// The recorders of AWS Config.
    pub recorders: Option<Fact<Vec<RecorderFacts>>>,
    /// Its delivery channels.
    pub channels: Option<Fact<Vec<DeliveryChannelFacts>>>,
    /// Rules of AWS Config.
    pub config_rules: BTreeMap<String, Fact<Option<ConfigRuleFacts>>>,
    /// Remediation configurations, by rule.
    pub remediations: BTreeMap<String, Fact<Option<RemediationFacts>>>,
    /// Remediation exceptions, by rule.
    pub exceptions: BTreeMap<String, Fact<Vec<RemediationExceptionFacts>>>,
    /// The verdicts of the rules that have exceptions.
    pub verdicts: BTreeMap<String, Fact<Vec<EvaluatedResource>>>,
    /// The runs of the last hour that count as the product's own, by document.
    pub executions: BTreeMap<String, Fact<Executions>>,
    /// Rules of EventBridge.
    pub event_rules: BTreeMap<String, Fact<Option<EventRuleFacts>>>,
    /// Functions.
    pub functions: BTreeMap<String, Fact<Option<FunctionFacts>>>,
    /// SSM documents.
    pub runbooks: BTreeMap<String, Fact<Option<DocumentFacts>>>,
    /// Roles.
    pub roles: BTreeMap<String, Fact<Option<RoleRecord>>>,
    /// The trails that must be logging. None: there is none of this name.
    pub trails: BTreeMap<String, Fact<Option<TrailStatus>>>,
    /// The key.
    pub key: Option<Fact<KeyFacts>>,
    /// GuardDuty's detectors.
    pub detectors: Option<Fact<Vec<DetectorFacts>>>,
}

impl GuardView {
    /// The parts that must be looked at: those that are required by name, and those that were
    /// recorded.
    pub fn parts(requirements: &Requirements, record: Option<&GuardRecord>) -> BTreeSet<Part> {
        let named = [
            (PartKind::ConfigRule, &requirements.config_rules),
            (PartKind::EventRule, &requirements.event_rules),
            (PartKind::EventRule, &requirements.notification_rules),
            (PartKind::Function, &requirements.functions),
            (PartKind::Function, &requirements.invoked_functions),
            (PartKind::Runbook, &requirements.runbooks),
            (PartKind::Role, &requirements.roles),
        ];
        let named = named
            .into_iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| Part::new(kind, name)));
        let remediated = requirements.remediated_rules.keys();
        let remediated = remediated.map(|name| Part::new(PartKind::Remediation, name));
        let recorded = record
            .into_iter()
            .flat_map(|record| record.0.keys().cloned());
        named.chain(remediated).chain(recorded).collect()
    }

    /// The fingerprint of a part as it is now. None: it was not looked at.
    pub fn fingerprint(&self, part: &Part) -> Option<Fact<Option<Fingerprint>>> {
        let name = &part.name;
        match part.kind {
            PartKind::Recorder => named(
                self.recorders.as_ref(),
                |one| &one.name == name,
                Fingerprint::of_recorder,
            ),
            PartKind::DeliveryChannel => named(
                self.channels.as_ref(),
                |one| &one.name == name,
                Fingerprint::of_delivery_channel,
            ),
            PartKind::ConfigRule => seen(&self.config_rules, name, Fingerprint::of_config_rule),
            PartKind::Remediation => seen(&self.remediations, name, Fingerprint::of_remediation),
            PartKind::EventRule => seen(&self.event_rules, name, Fingerprint::of_event_rule),
            PartKind::Function => seen(&self.functions, name, Fingerprint::of_function),
            PartKind::Runbook => seen(&self.runbooks, name, Fingerprint::of_runbook),
            PartKind::Role => seen(&self.roles, name, Fingerprint::of_role),
        }
    }

    /// The record of everything that was seen, for a baseline.
    pub fn record(&self) -> GuardRecord {
        let names = [
            (
                PartKind::Recorder,
                listed(self.recorders.as_ref(), |one| &one.name),
            ),
            (
                PartKind::DeliveryChannel,
                listed(self.channels.as_ref(), |one| &one.name),
            ),
            (PartKind::ConfigRule, names(&self.config_rules)),
            (PartKind::Remediation, names(&self.remediations)),
            (PartKind::EventRule, names(&self.event_rules)),
            (PartKind::Function, names(&self.functions)),
            (PartKind::Runbook, names(&self.runbooks)),
            (PartKind::Role, names(&self.roles)),
        ];
        let parts = names
            .into_iter()
            .flat_map(|(kind, names)| names.into_iter().map(move |name| Part::new(kind, name)));
        let known = parts.filter_map(|part| match self.fingerprint(&part)? {
            Fact::Known(Some(fingerprint)) => Some((part, fingerprint)),
            _ => None,
        });
        GuardRecord(known.collect())
    }
}

fn names<T>(parts: &BTreeMap<String, T>) -> Vec<String> {
    parts.keys().cloned().collect()
}

fn listed<T>(all: Option<&Fact<Vec<T>>>, name: fn(&T) -> &String) -> Vec<String> {
    let all = all.and_then(Fact::known).into_iter().flatten();
    all.map(|one| name(one).clone()).collect()
}

fn named<T>(
    all: Option<&Fact<Vec<T>>>,
    is_it: impl Fn(&&T) -> bool,
    fingerprint: fn(&T) -> Fingerprint,
) -> Option<Fact<Option<Fingerprint>>> {
    Some(match all? {
        Fact::Known(all) => Fact::Known(all.iter().find(is_it).map(fingerprint)),
        Fact::Denied(error) => Fact::Denied(error.clone()),
        Fact::Unavailable(error) => Fact::Unavailable(error.clone()),
    })
}

fn seen<T>(
    parts: &BTreeMap<String, Fact<Option<T>>>,
    name: &str,
    fingerprint: fn(&T) -> Fingerprint,
) -> Option<Fact<Option<Fingerprint>>> {
    Some(match parts.get(name)? {
        Fact::Known(part) => Fact::Known(part.as_ref().map(fingerprint)),
        Fact::Denied(error) => Fact::Denied(error.clone()),
        Fact::Unavailable(error) => Fact::Unavailable(error.clone()),
    })
}
