//! Rules of EventBridge.

use crate::services::events;
use crate::world::World;

/// A rule to put on the default event bus of a Region, past all checks but that of its pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRuleSeed {
    /// The name.
    pub name: String,
    /// The Region.
    pub region: String,
    /// The event pattern, a JSON text.
    pub pattern: String,
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub state: String,
    /// The service that manages the rule: no one else may change it.
    pub managed_by: Option<String>,
    /// The ids and the ARNs of its targets.
    pub targets: Vec<(String, String)>,
}

impl EventRuleSeed {
    /// An enabled rule with one target, whose id is `target`.
    pub fn enabled(name: &str, region: &str, pattern: &str, target: &str) -> Self {
        Self {
            name: name.to_owned(),
            region: region.to_owned(),
            pattern: pattern.to_owned(),
            state: "ENABLED".to_owned(),
            managed_by: None,
            targets: vec![("target".to_owned(), target.to_owned())],
        }
    }
}

impl World {
    /// Puts a rule into the account, in place of one of the same name and Region; whether its
    /// pattern is one.
    pub fn seed_event_rule(&mut self, seed: EventRuleSeed) -> bool {
        events::seed(self, seed)
    }
}
