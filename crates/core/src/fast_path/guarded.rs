//! The product's own parts, by name.

use std::collections::BTreeSet;

use super::table::Handler;
use crate::config_rule::{RuleParameters, whole_name, whole_role};
use crate::facts::RemediationFacts;

/// The bus on which AWS itself puts events.
const DEFAULT_BUS: &str = "default";

/// The names of the product's own parts in an account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guarded {
    /// Rules of AWS Config.
    pub config_rules: BTreeSet<String>,
    /// Rules of EventBridge.
    pub event_rules: BTreeSet<String>,
    /// Functions.
    pub functions: BTreeSet<String>,
    /// SSM documents.
    pub runbooks: BTreeSet<String>,
    /// Roles.
    pub roles: BTreeSet<String>,
    /// Trails that keep events flowing.
    pub trails: BTreeSet<String>,
    /// The ids of runs of the documents.
    pub runs: BTreeSet<String>,
}

impl Guarded {
    /// The parts that the parameters of the rule `guard` name. Whether those are good is that
    /// rule's affair: what can be read counts.
    pub fn of_guard(parameters: &RuleParameters) -> Self {
        let text = |key: &str| parameters.value(key)?.as_str();
        let prefix = text("namePrefix").map(str::trim);
        let names = |keys: &[&str]| {
            let texts = keys.iter().filter_map(|key| text(key));
            let items = texts.flat_map(|text| text.split(','));
            let plain = items.map(|item| item.split('=').next().unwrap_or_default().trim());
            plain
                .filter(|name| !name.is_empty())
                .map(|name| whole_name(prefix, name))
                .collect()
        };
        let roles = text("roles").unwrap_or_default().split(',');
        let roles = roles.map(str::trim).filter(|name| !name.is_empty());
        let suffix = text("roleSuffix").map(str::trim);
        let roles = roles.map(|name| whole_role(prefix, suffix, name)).collect();
        Self {
            config_rules: names(&["configRules", "remediatedRules"]),
            event_rules: names(&["eventRules", "notificationRules"]),
            functions: names(&["functions", "invokedFunctions"]),
            runbooks: names(&["runbooks"]),
            roles,
            trails: names(&["trails"]),
            ..Self::default()
        }
    }

    /// The parts that a rule's remediation needs: the runbook, the function that it invokes and
    /// the role that it takes on.
    pub fn of_remediation(remediation: &RemediationFacts) -> Self {
        let named = |key: &str| {
            let values = remediation.parameters.get(key).into_iter().flatten();
            values.filter(|value| !value.is_empty()).cloned().collect()
        };
        Self {
            config_rules: [remediation.rule.clone()].into(),
            runbooks: [remediation.document.clone()].into(),
            functions: named("RemediatorFunctionName"),
            roles: named("AutomationAssumeRole"),
            ..Self::default()
        }
    }

    /// Both together.
    pub fn and(mut self, other: Self) -> Self {
        self.config_rules.extend(other.config_rules);
        self.event_rules.extend(other.event_rules);
        self.functions.extend(other.functions);
        self.runbooks.extend(other.runbooks);
        self.roles.extend(other.roles);
        self.trails.extend(other.trails);
        self.runs.extend(other.runs);
        self
    }

    /// The names among `names` that are of parts of ours. AWS Config's recorder and GuardDuty's
    /// detector are one of a kind in a Region. Events of AWS are on the default bus only.
    pub fn ours(&self, handler: Handler, names: &[String]) -> Vec<String> {
        let default_bus = [DEFAULT_BUS.to_owned()].into();
        let known = match handler {
            Handler::Recorder | Handler::Detector => return names.to_vec(),
            Handler::EventBus => &default_bus,
            Handler::Run => &self.runs,
            Handler::ConfigRule => &self.config_rules,
            Handler::EventRule => &self.event_rules,
            Handler::Function => &self.functions,
            Handler::Document => &self.runbooks,
            Handler::Role | Handler::RoleTrust => &self.roles,
            Handler::Trail => &self.trails,
            _ => return Vec::new(),
        };
        let known: BTreeSet<&str> = known.iter().map(|name| plain(handler, name)).collect();
        let is_ours = |name: &&String| known.contains(plain(handler, name));
        names.iter().filter(is_ours).cloned().collect()
    }
}

/// The name in whatever form a call or a setting has it: an ARN, or a function's partial ARN or
/// one with an alias.
fn plain(handler: Handler, text: &str) -> &str {
    match handler {
        Handler::Function => match text
            .split_once(":function:")
            .or(text.split_once("function:"))
        {
            Some((_, rest)) => rest.split(':').next().unwrap_or(rest),
            None => match text.split(':').collect::<Vec<_>>().as_slice() {
                [account, name, ..] if account.parse::<u64>().is_ok() => name,
                [name, ..] => name,
                [] => text,
            },
        },
        _ if text.starts_with("arn:") => text.rsplit(['/', ':']).next().unwrap_or(text),
        _ => text,
    }
}
