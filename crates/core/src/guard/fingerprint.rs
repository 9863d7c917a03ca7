//! From facts to fingerprints.

use serde_json::Value;

use super::part::Fingerprint;
use super::view::RoleRecord;
use crate::baseline::sha256_of;
use crate::facts::{
    ConfigRuleFacts, DocumentFacts, EventRuleFacts, FunctionFacts, RemediationFacts,
};

/// What stands before the hash of a value that is not shown.
pub(super) const HASHED: &str = "sha256:";

/// The longest value that is kept as it is; an ARN fits.
const MOST_SHOWN: usize = 256;

/// The parameter that names the baseline, of a rule and of the runbook: a document cannot hold its own
/// hash, so that what is recorded cannot have it either.
const HASH_PARAMETERS: [&str; 2] = ["baselineSha256", "BaselineSha256"];

/// The variables of ours, which hold no secrets.
const OWN_VARIABLES: &str = "TRAILKEEPER_";

impl Fingerprint {
    fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let value = value.into();
        let kept = if value.chars().count() > MOST_SHOWN {
            hashed(&value)
        } else {
            value
        };
        self.0.insert(name.into(), kept);
        self
    }

    fn with_hashed(mut self, name: impl Into<String>, value: &str) -> Self {
        self.0.insert(name.into(), hashed(value));
        self
    }

    fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Of a rule of AWS Config: its function and each of its parameters.
    pub fn of_config_rule(rule: &ConfigRuleFacts) -> Self {
        let own = Self::default().with_some("source", rule.source.as_deref());
        let texts = rule.parameters.texts();
        let recorded = texts.filter(|(key, _)| !HASH_PARAMETERS.contains(key));
        recorded.fold(own, |own, (key, text)| {
            own.with(format!("parameter:{key}"), text)
        })
    }

    /// Of a remediation configuration: the document, its version, who starts it, its parameters.
    pub fn of_remediation(remediation: &RemediationFacts) -> Self {
        let own = Self::default()
            .with("document", &remediation.document)
            .with("automatic", remediation.automatic.to_string())
            .with_some("version", remediation.version.as_deref())
            .with_some(
                "resourceParameter",
                remediation.resource_parameter.as_deref(),
            );
        let parameters = remediation.parameters.iter();
        let recorded = parameters.filter(|(key, _)| !HASH_PARAMETERS.contains(&key.as_str()));
        recorded.fold(own, |own, (key, values)| {
            own.with(format!("parameter:{key}"), values.join(","))
        })
    }

    /// Of a rule of EventBridge: its pattern and targets. Its state is judged by itself.
    pub fn of_event_rule(rule: &EventRuleFacts) -> Self {
        let mut targets = rule.targets.clone();
        targets.sort();
        let pattern = rule.pattern.as_deref().map(canonical);
        let own = Self::default().with("targets", targets.join(","));
        match pattern {
            Some(pattern) => own.with_hashed("pattern", &pattern),
            None => own,
        }
    }

    /// Of a function: its code, role, concurrency, resource policy and environment. Foreign
    /// variables may hold secrets and stand as hashes.
    pub fn of_function(function: &FunctionFacts) -> Self {
        let concurrency = function.reserved_concurrency.map(|count| count.to_string());
        let own = Self::default()
            .with("codeSha256", &function.code_sha256)
            .with("role", &function.role)
            .with_some("reservedConcurrency", concurrency.as_deref());
        let own = match &function.policy {
            Some(policy) => own.with_hashed("policy", &canonical(policy)),
            None => own,
        };
        function.environment.iter().fold(own, |own, (name, value)| {
            let key = format!("environment:{name}");
            if name.starts_with(OWN_VARIABLES) {
                own.with(key, value)
            } else {
                own.with_hashed(key, value)
            }
        })
    }

    /// Of a document: the default version and the hash of its content.
    pub fn of_runbook(document: &DocumentFacts) -> Self {
        Self::default()
            .with("hash", &document.hash)
            .with("version", &document.version)
    }

    /// Of a role: whom it trusts, what it may do, and its boundary.
    pub fn of_role(role: &RoleRecord) -> Self {
        let boundary = role.facts.boundary.as_ref().map(ToString::to_string);
        let trust = role.facts.trust.as_deref().unwrap_or_default();
        let own = Self::default()
            .with("arn", role.facts.arn.to_string())
            .with_hashed("trust", &canonical(trust))
            .with_some("boundary", boundary.as_deref());
        let own = role.inline.iter().fold(own, |own, policy| {
            let key = format!("inline:{}", policy.name);
            own.with_hashed(key, &canonical(&policy.document))
        });
        role.attached.iter().fold(own, |own, policy| {
            own.with(format!("attached:{}", policy.arn), "attached")
        })
    }
}

/// A JSON text in one form, whatever its layout and order; any other text as it is.
fn canonical(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.to_owned(), |json| json.to_string())
}

fn hashed(text: &str) -> String {
    HASHED.to_owned() + &sha256_of(text.as_bytes())
}
