//! Attacks on the record of a call itself.

use super::call::iam;
use super::{Class, SeenBy, Threat};
use SeenBy::{Event, GuardRule};

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B51",
        title: "a request too large to be recorded whole",
        class: Class::Noticed,
        attack: "A policy padded to more than 100 KB is taken by IAM, while CloudTrail leaves the \
                 request's parameters out of its record, and EventBridge does not send events of \
                 more than 256 KB. Who goes by the event's content sees an empty one; here the \
                 state is read instead.",
        calls: &[iam("PutRolePolicy"), iam("UpdateAssumeRolePolicy")],
        condition: "",
        seen_by: &[Event, GuardRule("guard-role-changed")],
        undone_by: "",
        stays_lost: "the request's parameters in the log",
        parameters: &[],
        source: "Elastic detection rule on omitted request parameters",
    },
    Threat {
        id: "B52",
        title: "calls that AWS does not log",
        class: Class::OutOfReach,
        attack: "Some calls, undocumented ones among them, leave no record in CloudTrail at all. \
                 No setting of a trail and no tool in an account can change that.",
        calls: &[],
        condition: "",
        seen_by: &[],
        undone_by: "",
        stays_lost: "the call; its effect may still show in the state that the rules read",
        parameters: &[],
        source: "CloudTrail User Guide, unsupported services and calls",
    },
];
