//! The one table of the events that are handled. The rules of EventBridge are made from it, so
//! that no event arrives without a handler and no handler waits for an event without a rule.

use serde_json::Value;

use super::envelope::ApiCall;
use super::rows::TABLES;
use super::subject::field;
use crate::threats::{Threat, threats_of_call};

/// Where the events of a service appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventScope {
    /// In the Region of the call.
    Regional,
    /// In the global Region of the partition only, whence they must be forwarded.
    Global,
}

/// What is done about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Handler {
    /// Instances were launched.
    LaunchedInstances,
    /// An instance got a profile, another one, or lost it.
    ProfileAssociation,
    /// The policies or the boundary of a role changed, or the role is gone. The role can also be
    /// one that guards the trail, or the one with which CloudTrail writes to CloudWatch Logs.
    Role,
    /// Who may take on a role changed.
    RoleTrust,
    /// A managed policy has another version in force.
    ManagedPolicy,
    /// An instance profile got or lost its role, or is gone.
    InstanceProfile,
    /// A trail was changed, stopped, deleted or made.
    Trail,
    /// A bucket was changed, deleted or made.
    Bucket,
    /// What the account says of public access to all of its buckets was changed.
    AccountBuckets,
    /// A key was changed.
    Key,
    /// A key store was changed, which may hold the key.
    KeyStore,
    /// A log group was changed.
    LogGroup,
    /// Alarms were deleted or muted.
    Alarm,
    /// An alarm was made or overwritten.
    AlarmSettings,
    /// A topic was changed.
    Topic,
    /// A service-linked role was deleted.
    ServiceRole,
    /// The account's place in its organization changed.
    Organization,
    /// Which policies of the organization hold for an account changed.
    ControlPolicy,
    /// A Region was turned on or off.
    AccountRegion,
    /// AWS Config's recorder or delivery channel was changed.
    Recorder,
    /// A rule of AWS Config, its remediation or its verdicts were changed.
    ConfigRule,
    /// A rule of EventBridge was changed.
    EventRule,
    /// An event bus was changed.
    EventBus,
    /// A function was changed.
    Function,
    /// An SSM document was changed.
    Document,
    /// A run of a runbook was stopped.
    Run,
    /// GuardDuty was changed.
    Detector,
    /// GuardDuty reports that a trail was tampered with.
    Finding,
}

/// Which answer a handler's events get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Concerns {
    /// What instances may do.
    Instances,
    /// The trail and all that it needs.
    Trail,
    /// The product's own parts.
    Guard,
}

impl Handler {
    /// What the handler's events are about.
    pub fn concerns(self) -> Concerns {
        match self {
            Self::LaunchedInstances
            | Self::ProfileAssociation
            | Self::Role
            | Self::ManagedPolicy
            | Self::InstanceProfile => Concerns::Instances,
            Self::Recorder
            | Self::ConfigRule
            | Self::EventRule
            | Self::EventBus
            | Self::Function
            | Self::Document
            | Self::Run
            | Self::Detector
            | Self::RoleTrust => Concerns::Guard,
            Self::Trail
            | Self::Bucket
            | Self::AccountBuckets
            | Self::Key
            | Self::KeyStore
            | Self::LogGroup
            | Self::Alarm
            | Self::AlarmSettings
            | Self::Topic
            | Self::ServiceRole
            | Self::Organization
            | Self::ControlPolicy
            | Self::AccountRegion
            | Self::Finding => Concerns::Trail,
        }
    }

    /// Whether an event can be about a part of the product, also where most are about something
    /// else.
    pub fn can_concern_guard(self) -> bool {
        self.concerns() == Concerns::Guard || matches!(self, Self::Role | Self::Trail)
    }

    /// Whether a call that does not say what it is about counts as one on a part of the product:
    /// what guards the trail, and what hands permissions out.
    pub fn counts_unnamed(self) -> bool {
        let of_permissions = matches!(
            self,
            Self::Role | Self::ManagedPolicy | Self::InstanceProfile
        );
        self.concerns() == Concerns::Guard || of_permissions
    }
}

/// When a call on something of ours is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tells {
    /// Also where nothing is wrong afterwards: it can undo itself, or no rule judges what it
    /// changed.
    Always,
    /// Where something is wrong afterwards. The state decides all that the call can change.
    Fault,
}

/// What else the rule of an event has to match, because the service has too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Only {
    /// Nothing: all of these calls.
    All,
    /// Calls on the log bucket, whose name the template knows.
    LogBucket,
}

/// An event that is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventRow {
    /// The envelope's `source`. Only AWS itself can send one that begins with `aws.`.
    pub bus_source: &'static str,
    /// The `eventSource` in CloudTrail's record; of GuardDuty's finding empty.
    pub event_source: &'static str,
    /// Its `eventName`; of GuardDuty's finding the type.
    pub event_name: &'static str,
    /// Where it appears.
    pub scope: EventScope,
    /// What is done about it.
    pub handler: Handler,
    /// The type of the resource that it is about, in AWS Config's words.
    pub resource_type: &'static str,
    /// Where the request names that resource: `name`, `configRule.configRuleName`, `alarmNames[]`.
    /// Empty where it does not.
    pub named_by: &'static str,
    /// When it is told.
    pub tells: Tells,
    /// What else the rule matches.
    pub only: Only,
    /// What the call means, to be read after `which means that`.
    pub means: &'static str,
}

impl EventRow {
    /// The known attacks that the call may be part of: `B01`.
    pub fn threats(&self) -> impl Iterator<Item = &'static Threat> {
        let name = plain_name(self.event_source, self.event_name);
        threats_of_call(self.event_source, name)
    }

    /// The names by which the call names what it is about. CloudTrail leaves out parameters that
    /// are too long: then there are none.
    pub fn names(&self, call: &ApiCall) -> Vec<String> {
        let mut names = Vec::new();
        if !self.named_by.is_empty() {
            collect(&call.request, self.named_by, &mut names);
        }
        names
    }
}

/// The texts at `path` below `value`.
fn collect(value: &Value, path: &str, names: &mut Vec<String>) {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let (name, is_list) = match first.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (first, false),
    };
    let Some(found) = field(value, name) else {
        return;
    };
    let items: Vec<&Value> = match found {
        Value::Array(items) if is_list => items.iter().collect(),
        other => vec![other],
    };
    for item in items {
        match item {
            _ if !rest.is_empty() => collect(item, rest, names),
            Value::String(text) if !text.is_empty() => names.push(text.clone()),
            _ => {}
        }
    }
}

/// All events that are handled. `DeletePolicyVersion` is not among them: IAM refuses to delete the
/// version that is in force, so the call changes no permission. Nor is `StartLogging`: it heals,
/// and each repair of ours makes one.
pub fn events() -> impl Iterator<Item = &'static EventRow> {
    TABLES.into_iter().flatten()
}

/// The row of the event, if it is one that is handled.
pub fn row_of(bus_source: &str, event_source: &str, event_name: &str) -> Option<&'static EventRow> {
    let name = plain_name(event_source, event_name);
    let is_meant = |row: &&EventRow| {
        row.bus_source == bus_source
            && row.event_source == event_source
            && plain_name(row.event_source, row.event_name) == name
    };
    events().find(is_meant)
}

/// What is done about the event, if it is one that is handled.
pub fn handler_of(bus_source: &str, event_source: &str, event_name: &str) -> Option<Handler> {
    row_of(bus_source, event_source, event_name).map(|row| row.handler)
}

/// The operation's name. Lambda puts the version of its API behind it:
/// `UpdateFunctionCode20150331v2`.
pub fn plain_name<'a>(event_source: &str, event_name: &'a str) -> &'a str {
    const LAMBDA: &str = "lambda.amazonaws.com";
    if event_source != LAMBDA {
        return event_name;
    }
    let end = event_name.find(|c: char| c.is_ascii_digit());
    end.and_then(|end| event_name.get(..end))
        .unwrap_or(event_name)
}
