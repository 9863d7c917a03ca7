//! AWS as all ports of a use case at once.

use std::sync::Arc;

use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::fast_path::{EventPorts, TrailEventPorts};
use trailkeeper_app::guard::GuardPorts;
use trailkeeper_app::incident::{Attribution, IncidentPorts};
use trailkeeper_app::ports::AutomationReader;
use trailkeeper_app::repair::RepairPorts;
use trailkeeper_app::roles::PolicyCache;

use crate::{
    Automation, Buckets, ConfigInventory, ConfigRules, Detectors, EventBus, Functions, Instances,
    Keys, Organization, Roles, Session, SystemClock, Topics, Trails,
};

impl Session {
    /// The ports of the evaluator, with nothing remembered yet.
    pub fn evaluate_ports(&self) -> EvaluatePorts {
        let guard = self.guard_ports();
        let trails = Arc::new(Trails::new(self.clone()));
        let buckets = Arc::new(Buckets::new(self.clone()));
        EvaluatePorts {
            trails: trails.clone(),
            buckets: buckets.clone(),
            keys: guard.keys.clone(),
            tags: trails,
            settings: buckets.clone(),
            objects: buckets,
            inventory: guard.inventory.clone(),
            roles: guard.roles.clone(),
            policies: PolicyCache::default(),
            guard,
            config: Arc::new(ConfigRules::new(self.clone())),
            attribution: Some(Attribution {
                history: Arc::new(Trails::new(self.clone())),
                own_roles: Vec::new(),
            }),
            clock: Arc::new(SystemClock),
        }
    }

    /// The ports for events of EventBridge.
    pub fn event_ports(&self, policies: &PolicyCache) -> EventPorts {
        let trails = Arc::new(Trails::new(self.clone()));
        let buckets = Arc::new(Buckets::new(self.clone()));
        let config = Arc::new(ConfigInventory::new(self.clone()));
        let automation = Arc::new(Automation::new(self.clone()));
        EventPorts {
            instances: Arc::new(Instances::new(self.clone())),
            roles: Arc::new(Roles::new(self.clone())),
            inventory: config.clone(),
            notifier: Arc::new(Topics::new(self.clone())),
            trail: TrailEventPorts {
                trails: trails.clone(),
                buckets: buckets.clone(),
                keys: Arc::new(Keys::new(self.clone())),
                tags: trails,
                settings: buckets.clone(),
                objects: buckets,
                remediation: config,
                automation: automation.clone(),
                starter: automation,
            },
            policies: policies.clone(),
        }
    }

    /// The ports with which an incident is recorded.
    pub fn incident_ports(&self) -> IncidentPorts {
        IncidentPorts {
            history: Arc::new(Trails::new(self.clone())),
            notifier: Arc::new(Topics::new(self.clone())),
            events: Arc::new(EventBus::new(self.clone())),
            clock: Arc::new(SystemClock),
        }
    }

    /// The ports of the rule `guard`.
    pub fn guard_ports(&self) -> GuardPorts {
        let config = Arc::new(ConfigInventory::new(self.clone()));
        let events = Arc::new(EventBus::new(self.clone()));
        GuardPorts {
            inventory: config.clone(),
            remediation: config.clone(),
            remediation_writer: config,
            event_rules: events.clone(),
            event_rule_writer: events,
            automation: Arc::new(Automation::new(self.clone())),
            functions: Arc::new(Functions::new(self.clone())),
            detectors: Arc::new(Detectors::new(self.clone())),
            trails: Arc::new(Trails::new(self.clone())),
            keys: Arc::new(Keys::new(self.clone())),
            roles: Arc::new(Roles::new(self.clone())),
            objects: Arc::new(Buckets::new(self.clone())),
            own_roles: Vec::new(),
            key: None,
        }
    }

    /// The runs of the runbooks.
    pub fn automation(&self) -> Arc<dyn AutomationReader> {
        Arc::new(Automation::new(self.clone()))
    }

    /// The ports of the remediator.
    pub fn repair_ports(&self) -> RepairPorts {
        let trails = Arc::new(Trails::new(self.clone()));
        let buckets = Arc::new(Buckets::new(self.clone()));
        let keys = Arc::new(Keys::new(self.clone()));
        RepairPorts {
            trails: trails.clone(),
            trail_writer: trails.clone(),
            buckets: buckets.clone(),
            bucket_writer: buckets.clone(),
            keys: keys.clone(),
            key_writer: keys,
            settings: buckets.clone(),
            settings_writer: buckets.clone(),
            objects: buckets,
            tags: trails.clone(),
            tag_writer: trails,
            organization: Arc::new(Organization::new(self.clone())),
            clock: Arc::new(SystemClock),
        }
    }
}
