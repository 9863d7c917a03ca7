//! The sandbox as all ports of a use case at once.

use std::sync::Arc;

use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::fast_path::{EventPorts, TrailEventPorts};
use trailkeeper_app::guard::GuardPorts;
use trailkeeper_app::incident::{Attribution, IncidentPorts};
use trailkeeper_app::repair::RepairPorts;
use trailkeeper_app::roles::PolicyCache;

use crate::account::Sandbox;

impl Sandbox {
    /// The ports of the evaluator; keep `policies` as a function keeps it between invocations.
    pub fn evaluate_ports(&self, policies: &PolicyCache) -> EvaluatePorts {
        let account = Arc::new(self.clone());
        EvaluatePorts {
            trails: account.clone(),
            buckets: account.clone(),
            keys: account.clone(),
            tags: account.clone(),
            settings: account.clone(),
            objects: account.clone(),
            inventory: account.clone(),
            roles: account.clone(),
            policies: policies.clone(),
            guard: self.guard_ports(),
            config: account.clone(),
            attribution: Some(Attribution {
                history: account.clone(),
                own_roles: Vec::new(),
            }),
            clock: account,
        }
    }

    /// The ports for events of EventBridge.
    pub fn event_ports(&self, policies: &PolicyCache) -> EventPorts {
        let account = Arc::new(self.clone());
        EventPorts {
            instances: account.clone(),
            roles: account.clone(),
            inventory: account.clone(),
            notifier: account.clone(),
            trail: TrailEventPorts {
                trails: account.clone(),
                buckets: account.clone(),
                keys: account.clone(),
                tags: account.clone(),
                settings: account.clone(),
                objects: account.clone(),
                remediation: account.clone(),
                automation: account.clone(),
                starter: account,
            },
            policies: policies.clone(),
        }
    }

    /// The ports with which an incident is recorded.
    pub fn incident_ports(&self) -> IncidentPorts {
        let account = Arc::new(self.clone());
        IncidentPorts {
            history: account.clone(),
            notifier: account.clone(),
            events: account.clone(),
            clock: account,
        }
    }

    /// The ports of the rule `guard`.
    pub fn guard_ports(&self) -> GuardPorts {
        let account = Arc::new(self.clone());
        GuardPorts {
            inventory: account.clone(),
            remediation: account.clone(),
            remediation_writer: account.clone(),
            event_rules: account.clone(),
            event_rule_writer: account.clone(),
            automation: account.clone(),
            functions: account.clone(),
            detectors: account.clone(),
            trails: account.clone(),
            keys: account.clone(),
            roles: account.clone(),
            objects: account,
            own_roles: Vec::new(),
            key: None,
        }
    }

    /// The ports of the remediator.
    pub fn repair_ports(&self) -> RepairPorts {
        let account = Arc::new(self.clone());
        RepairPorts {
            trails: account.clone(),
            trail_writer: account.clone(),
            buckets: account.clone(),
            bucket_writer: account.clone(),
            keys: account.clone(),
            key_writer: account.clone(),
            settings: account.clone(),
            settings_writer: account.clone(),
            objects: account.clone(),
            tags: account.clone(),
            tag_writer: account.clone(),
            organization: account.clone(),
            clock: account,
        }
    }
}
