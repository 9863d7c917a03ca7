//! The one table of the events that are handled. The rules of EventBridge are made from it, so
//! that no event arrives without a handler and no handler waits for an event without a rule.

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
    /// The policies or the boundary of a role changed, or the role is gone.
    Role,
    /// A managed policy has another version in force.
    ManagedPolicy,
    /// An instance profile got or lost its role, or is gone.
    InstanceProfile,
}

/// An event that is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventRow {
    /// The envelope's `source`. Only AWS itself can send one that begins with `aws.`.
    pub bus_source: &'static str,
    /// The `eventSource` in CloudTrail's record.
    pub event_source: &'static str,
    /// Its `eventName`.
    pub event_name: &'static str,
    /// Where it appears.
    pub scope: EventScope,
    /// What is done about it.
    pub handler: Handler,
}

const fn ec2(event_name: &'static str, handler: Handler) -> EventRow {
    EventRow {
        bus_source: "aws.ec2",
        event_source: "ec2.amazonaws.com",
        event_name,
        scope: EventScope::Regional,
        handler,
    }
}

const fn iam(event_name: &'static str, handler: Handler) -> EventRow {
    EventRow {
        bus_source: "aws.iam",
        event_source: "iam.amazonaws.com",
        event_name,
        scope: EventScope::Global,
        handler,
    }
}

/// All events that are handled. `DeletePolicyVersion` is not among them: IAM refuses to delete the
/// version that is in force, so the call changes no permission.
pub const EVENTS: &[EventRow] = &[
    ec2("RunInstances", Handler::LaunchedInstances),
    ec2("AssociateIamInstanceProfile", Handler::ProfileAssociation),
    ec2(
        "ReplaceIamInstanceProfileAssociation",
        Handler::ProfileAssociation,
    ),
    ec2(
        "DisassociateIamInstanceProfile",
        Handler::ProfileAssociation,
    ),
    iam("PutRolePolicy", Handler::Role),
    iam("DeleteRolePolicy", Handler::Role),
    iam("AttachRolePolicy", Handler::Role),
    iam("DetachRolePolicy", Handler::Role),
    iam("PutRolePermissionsBoundary", Handler::Role),
    iam("DeleteRolePermissionsBoundary", Handler::Role),
    iam("DeleteRole", Handler::Role),
    iam("CreatePolicyVersion", Handler::ManagedPolicy),
    iam("SetDefaultPolicyVersion", Handler::ManagedPolicy),
    iam("AddRoleToInstanceProfile", Handler::InstanceProfile),
    iam("RemoveRoleFromInstanceProfile", Handler::InstanceProfile),
    iam("DeleteInstanceProfile", Handler::InstanceProfile),
];

/// What is done about the event, if it is one that is handled.
pub fn handler_of(bus_source: &str, event_source: &str, event_name: &str) -> Option<Handler> {
    let is_meant = |row: &&EventRow| {
        row.bus_source == bus_source
            && row.event_source == event_source
            && row.event_name == event_name
    };
    EVENTS.iter().find(is_meant).map(|row| row.handler)
}
