//! Attacks on the record of a call itself.

use super::call::iam;
use super::need::BASELINE;
use super::{Class, Only, SeenBy, Threat};
use SeenBy::{Event, GuardRule};

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B51",
        title: "a request too large to be recorded whole",
        class: Class::Noticed,
        attack: "A policy padded to more than 100 KB is taken by IAM, while CloudTrail leaves the \
                 request's parameters out of its record: who goes by the event's content sees an \
                 empty one. An event of more than 256 KB is not sent by EventBridge at all. Here the \
                 state is read instead.",
        calls: &[iam("PutRolePolicy"), iam("UpdateAssumeRolePolicy")],
        condition: "",
        seen_by: &[Event, GuardRule("guard-role-changed")],
        undone_by: "",
        stays_lost: "the request's parameters in the log",
        only: &[(Only::Rule, &["an event too large to be sent"])],
        parameters: &[BASELINE],
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
        only: &[],
        parameters: &[],
        source: "CloudTrail User Guide, unsupported services and calls",
    },
];
