//! What is wanted of the trail, and which runbook restores it: by AWS Config's own settings, so
//! that the fast path and AWS Config never disagree.

use futures::future::join;
use trailkeeper_core::CallError;
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::config_rule::parse_requirements;
use trailkeeper_core::facts::{ConfigRuleFacts, RemediationFacts};
use trailkeeper_core::fast_path::EventNote;

use super::asked::Asked;
use super::error::passes;
use super::found::shown;

/// What is wanted of the trail.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) requirements: Requirements,
    /// The runbook and what it is started with; none: nothing repairs.
    pub(super) remediation: Option<RemediationFacts>,
    /// Whether the rule was read and understood.
    pub(super) is_known: bool,
    /// What kept rule or remediation from being read, where that passes.
    pub(super) unread: Option<CallError>,
    pub(super) notes: Vec<EventNote>,
}

impl Wanted {
    /// Reads rule and remediation at the same time. Where they cannot be read the rule's defaults
    /// are wanted, and nothing is repaired.
    pub(super) async fn read(asked: &Asked<'_>) -> Self {
        let Some(rule) = asked.settings.trail_rule.as_deref() else {
            return Self::default();
        };
        let ports = asked.ports;
        let (facts, remediation) = join(
            ports.inventory.config_rule(rule),
            ports.trail.remediation.remediation(rule),
        )
        .await;
        let mut wanted = Self::default();
        wanted.take_rule(rule, facts);
        wanted.take_remediation(remediation);
        wanted
    }

    fn take_rule(&mut self, rule: &str, facts: Result<Option<ConfigRuleFacts>, CallError>) {
        let note = match facts {
            Ok(Some(facts)) => match parse_requirements(&facts.parameters) {
                Ok(requirements) => {
                    self.requirements = requirements;
                    self.is_known = true;
                    return;
                }
                Err(error) => EventNote::new("rule-not-understood", error.to_string()),
            },
            Ok(None) => EventNote::new("rule-missing", rule),
            Err(error) => self.not_read("rule-not-read", error),
        };
        self.notes.push(note);
    }

    fn take_remediation(&mut self, remediation: Result<Option<RemediationFacts>, CallError>) {
        match remediation {
            Ok(remediation) => self.remediation = remediation,
            Err(error) => {
                let note = self.not_read("remediation-not-read", error);
                self.notes.push(note);
            }
        }
    }

    fn not_read(&mut self, code: &'static str, error: CallError) -> EventNote {
        let note = EventNote::new(code, shown(&error));
        self.unread = self.unread.take().or(Some(error).filter(passes));
        note
    }
}
