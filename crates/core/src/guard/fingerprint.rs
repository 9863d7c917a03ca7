//! From facts to fingerprints.

use serde_json::Value;

use super::part::Fingerprint;
use super::view::{ManagedRecord, RoleRecord};
use crate::baseline::sha256_of;
use crate::facts::{
    ConfigRuleFacts, DeliveryChannelFacts, DocumentFacts, EventRuleFacts, FunctionFacts,
    RecorderFacts, RemediationFacts, ResourceTypeSelection, Settings,
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

    fn with_settings(self, settings: &Settings) -> Self {
        settings.iter().fold(self, |own, (name, text)| {
            own.with(format!("setting:{name}"), text)
        })
    }

    /// Of a recorder of AWS Config: what it records, with which role, how often. Whether it records
    /// is judged by itself.
    pub fn of_recorder(recorder: &RecorderFacts) -> Self {
        let listed = |types: &[String]| {
            let mut types = types.to_vec();
            types.sort();
            types.join(",")
        };
        let types = match &recorder.types {
            ResourceTypeSelection::All => "all".to_owned(),
            ResourceTypeSelection::AllBut(types) => format!("all but {}", listed(types)),
            ResourceTypeSelection::Only(types) => format!("only {}", listed(types)),
        };
        Self::default()
            .with("types", types)
            .with_settings(&recorder.settings)
    }

    /// Of a delivery channel of AWS Config: where it delivers to.
    pub fn of_delivery_channel(channel: &DeliveryChannelFacts) -> Self {
        Self::default()
            .with("bucket", &channel.bucket)
            .with_settings(&channel.settings)
    }

    /// Of a rule of AWS Config: its function, when it is asked about what, and each of its
    /// parameters.
    pub fn of_config_rule(rule: &ConfigRuleFacts) -> Self {
        let own = Self::default()
            .with_some("source", rule.source.as_deref())
            .with_settings(&rule.settings);
        let texts = rule.parameters.texts();
        let recorded = texts.filter(|(key, _)| !HASH_PARAMETERS.contains(key));
        recorded.fold(own, |own, (key, text)| {
            own.with(format!("parameter:{key}"), text)
        })
    }

    /// Of a remediation configuration: the document, its version, who starts it and how often, its
    /// parameters.
    pub fn of_remediation(remediation: &RemediationFacts) -> Self {
        let own = Self::default()
            .with("document", &remediation.document)
            .with("automatic", remediation.automatic.to_string())
            .with_some("version", remediation.version.as_deref())
            .with_some(
                "resourceParameter",
                remediation.resource_parameter.as_deref(),
            )
            .with_settings(&remediation.settings);
        let parameters = remediation.parameters.iter();
        let recorded = parameters.filter(|(key, _)| !HASH_PARAMETERS.contains(&key.as_str()));
        recorded.fold(own, |own, (key, values)| {
            own.with(format!("parameter:{key}"), values.join(","))
        })
    }

    /// Of a rule of EventBridge: its pattern, its targets and what each of them gets. Its state is
    /// judged by itself.
    pub fn of_event_rule(rule: &EventRuleFacts) -> Self {
        let pattern = rule.pattern.as_deref().map(canonical);
        let own = match pattern {
            Some(pattern) => Self::default().with_hashed("pattern", &pattern),
            None => Self::default(),
        };
        rule.targets.iter().fold(own, |own, target| {
            let own = own.with(format!("target:{}", target.id), &target.arn);
            target.settings.iter().fold(own, |own, (name, text)| {
                own.with_hashed(format!("target:{}:{name}", target.id), text)
            })
        })
    }

    /// Of a function: its code, role, concurrency, resource policy, environment and what else decides
    /// what it runs. Foreign variables may hold secrets and stand as hashes.
    pub fn of_function(function: &FunctionFacts) -> Self {
        let concurrency = function.reserved_concurrency.map(|count| count.to_string());
        let own = Self::default()
            .with("codeSha256", &function.code_sha256)
            .with("role", &function.role)
            .with_some("reservedConcurrency", concurrency.as_deref())
            .with_settings(&function.settings);
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

    /// Of a role: whom it trusts, what it may do, and its boundary. A managed policy of the account
    /// counts with its content, one of AWS with its version.
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
        let own = role.attached.iter().fold(own, |own, policy| {
            own.with(format!("attached:{}", policy.arn), "attached")
        });
        role.managed.iter().fold(own, |own, (arn, record)| {
            let key = format!("content:{arn}");
            match record {
                ManagedRecord::Version(version) => own.with(key, version),
                ManagedRecord::Document(document) => own.with_hashed(key, &canonical(document)),
            }
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
