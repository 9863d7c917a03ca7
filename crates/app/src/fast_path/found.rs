//! What was looked at and what was found.

use jiff::tz::TimeZone;
use trailkeeper_core::config_rule::{RuleParameters, parse_instance_requirements};
use trailkeeper_core::facts::{InstanceFacts, InstanceState};
use trailkeeper_core::fast_path::{
    ApiCall, Concern, EventNote, Handler, Reported, Resource, Subject,
};
use trailkeeper_core::instance_profile::{Recorded, Requirements};
use trailkeeper_core::{Arn, CallError, Caller, Code, Finding};

use super::{EventPorts, EventSettings};
use crate::roles::RoleBook;

/// The event, and everything to judge its subject by.
pub(super) struct Context<'a> {
    pub(super) ports: &'a EventPorts,
    pub(super) caller: &'a Caller,
    pub(super) call: &'a ApiCall,
    requirements: Requirements,
}

impl<'a> Context<'a> {
    /// Reads what is wanted. Where that is not known the rule's defaults are.
    pub(super) async fn read(
        ports: &'a EventPorts,
        settings: &EventSettings,
        caller: &'a Caller,
        call: &'a ApiCall,
    ) -> (Self, Vec<EventNote>) {
        let (parameters, note) = parameters(ports, settings).await;
        let mut notes: Vec<EventNote> = note.into_iter().collect();
        let requirements = parse_instance_requirements(&parameters).unwrap_or_else(|error| {
            notes.push(EventNote::new("rule-not-understood", error.to_string()));
            Requirements::default()
        });
        let context = Self {
            ports,
            caller,
            call,
            requirements,
        };
        (context, notes)
    }

    /// An empty book for the judgement of profiles, at the event's time.
    pub(super) fn book(&self) -> RoleBook<'_> {
        let today = self.call.time.to_zoned(TimeZone::UTC).date();
        let EventPorts {
            roles, policies, ..
        } = self.ports;
        RoleBook::new(
            roles.as_ref(),
            policies,
            &self.requirements,
            self.caller,
            today,
        )
    }

    /// Whether the event was recorded in another Region and forwarded to this one.
    pub(super) fn is_forwarded(&self) -> bool {
        self.call.region != self.caller.region
    }

    /// The ARN of a profile of which only the name is known: without a path.
    pub(super) fn profile_arn(&self, name: &str) -> Arn {
        Arn {
            partition: self.caller.partition.clone(),
            service: "iam".to_owned(),
            region: String::new(),
            account: self.call.account.to_string(),
            resource: format!("instance-profile/{name}"),
        }
    }
}

async fn parameters(
    ports: &EventPorts,
    settings: &EventSettings,
) -> (RuleParameters, Option<EventNote>) {
    let Some(name) = settings.instance_rule.as_deref() else {
        return (RuleParameters::default(), None);
    };
    let note = match ports.inventory.config_rule(name).await {
        Ok(Some(rule)) => return (rule.parameters, None),
        Ok(None) => EventNote::new("rule-missing", name),
        Err(error) => EventNote::new("rule-not-read", shown(&error)),
    };
    (RuleParameters::default(), Some(note))
}

/// A failed call, without the service's text.
pub(super) fn shown(error: &CallError) -> String {
    format!("{} {}", error.operation, error.code)
}

/// An instance that runs with the profile; an error says why its profile is not known.
pub(super) fn running(id: &str, profile: Result<Option<Arn>, String>) -> Recorded {
    Recorded {
        id: id.to_owned(),
        capture_time: None,
        facts: profile.map(|profile| InstanceFacts {
            id: id.to_owned(),
            state: InstanceState::Running,
            profile,
        }),
    }
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The resources, healthy ones too.
    pub(super) concerns: Vec<Concern>,
    /// What else is to know.
    pub(super) notes: Vec<EventNote>,
    /// Whether it can bear on an instance here, so that the verdicts must be looked at again.
    pub(super) bears: bool,
}

impl Found {
    pub(super) fn note(code: &'static str, text: impl AsRef<str>) -> Self {
        Self {
            notes: vec![EventNote::new(code, text)],
            ..Self::default()
        }
    }

    /// A resource that cannot be at fault, for the reason `code`: what was told of it is over.
    pub(super) fn harmless(kind: &str, id: &str, code: &'static str) -> Self {
        Self {
            concerns: vec![concern(kind, id, Vec::new())],
            notes: vec![EventNote::new(code, id)],
            bears: false,
        }
    }

    /// Nobody can say what the call changed, which must not keep it quiet.
    pub(super) fn unnamed(call: &ApiCall, handler: Handler) -> Self {
        let kind = Subject::resource_type(handler);
        let finding = Finding::new(
            Code::CouldNotVerify,
            format!("the event does not say which {kind} it is about"),
        );
        let finding = Reported::of_finding(&finding).of_event(call);
        Self::unverified(kind, &Subject::asked_for(handler, call), finding)
    }

    /// What could not be read of a resource.
    pub(super) fn unread(kind: &str, id: &str, error: &CallError) -> Self {
        let finding = Finding::new(Code::CouldNotVerify, shown(error));
        Self::unverified(kind, id, Reported::of_finding(&finding))
    }

    fn unverified(kind: &str, id: &str, finding: Reported) -> Self {
        Self {
            concerns: vec![concern(kind, id, vec![finding])],
            notes: Vec::new(),
            bears: true,
        }
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.concerns.extend(other.concerns);
        self.notes.extend(other.notes);
        self.bears |= other.bears;
        self
    }
}

pub(super) fn concern(kind: &str, id: &str, findings: Vec<Reported>) -> Concern {
    Concern {
        resource: Resource {
            kind: kind.to_owned(),
            id: id.to_owned(),
        },
        profile_name: String::new(),
        findings,
        instances: Vec::new(),
    }
}
