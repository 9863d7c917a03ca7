//! What was looked at and what was found.

use trailkeeper_core::config_rule::RuleParameters;
use trailkeeper_core::fast_path::{
    ApiCall, Concern, EventNote, Handler, Reported, Resource, Subject,
};
use trailkeeper_core::{Arn, CallError, Caller};

use super::{EventPorts, EventSettings};

/// The severity of what could not be read or is not there.
const SEVERITY: &str = "high";

/// The event, and everything to judge its subject by.
pub(super) struct Context<'a> {
    pub(super) ports: &'a EventPorts,
    pub(super) caller: &'a Caller,
    pub(super) call: &'a ApiCall,
    parameters: RuleParameters,
}

impl<'a> Context<'a> {
    /// Reads what is wanted. Without it the rule's defaults are.
    pub(super) async fn read(
        ports: &'a EventPorts,
        settings: &EventSettings,
        caller: &'a Caller,
        call: &'a ApiCall,
    ) -> (Self, Vec<EventNote>) {
        let (parameters, note) = parameters(ports, settings).await;
        let context = Self {
            ports,
            caller,
            call,
            parameters,
        };
        (context, note.into_iter().collect())
    }

    pub(super) async fn judge(&self, profile: Option<&Arn>) -> Vec<Reported> {
        let judge = self.ports.judge.as_ref();
        judge.judge(&self.parameters, profile, self.call.time).await
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
        Ok(None) => EventNote::new("rule-missing", format!("{name}; its defaults are used")),
        Err(error) => {
            let text = format!("{} {}; defaults are used", error.operation, error.code);
            EventNote::new("rule-not-read", text)
        }
    };
    (RuleParameters::default(), Some(note))
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The resources, healthy ones too.
    pub(super) concerns: Vec<Concern>,
    /// What else is to know.
    pub(super) notes: Vec<EventNote>,
}

impl Found {
    pub(super) fn concern(concern: Concern) -> Self {
        Self {
            concerns: vec![concern],
            notes: Vec::new(),
        }
    }

    pub(super) fn note(code: &'static str, text: impl AsRef<str>) -> Self {
        Self {
            concerns: Vec::new(),
            notes: vec![EventNote::new(code, text)],
        }
    }

    /// A resource that cannot be at fault, for the reason `code`: what was told of it is over.
    pub(super) fn harmless(kind: &str, id: &str, code: &'static str) -> Self {
        Self::concern(concern(kind, id, Vec::new())).and(Self::note(code, id))
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.concerns.extend(other.concerns);
        self.notes.extend(other.notes);
        self
    }

    /// Nobody can say what the call changed, which must not keep it quiet.
    pub(super) fn unnamed(call: &ApiCall, handler: Handler) -> Self {
        let kind = Subject::resource_type(handler);
        let why = format!("the event does not say which {kind} it is about");
        let id = Subject::asked_for(handler, call);
        Self::concern(unverified(kind, &id, why))
    }

    /// What could not be read of a resource.
    pub(super) fn unread(kind: &str, id: &str, error: &CallError) -> Self {
        let why = format!("{} {}", error.operation, error.code);
        Self::concern(unverified(kind, id, why))
    }
}

/// A resource of which a fact is not known.
pub(super) fn unverified(kind: &str, id: &str, why: String) -> Concern {
    concern(kind, id, vec![could_not_verify(why)])
}

pub(super) fn could_not_verify(why: String) -> Reported {
    Reported {
        code: "could-not-verify".to_owned(),
        severity: SEVERITY.to_owned(),
        policy_name: String::new(),
        statement: String::new(),
        why,
        suggestion: String::new(),
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
