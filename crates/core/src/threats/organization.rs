//! Attacks by way of the organization and of Regions.

use super::call::{account, cloudtrail, iam, organizations};
use super::need::need;
use super::{Class, Only, SeenBy, Threat};
use SeenBy::{Event, GuardDuty, TrailRule};

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B40",
        title: "take the account from its organization or policies",
        class: Class::Noticed,
        attack: "Outside the organization its trail no longer records the account and its service \
                 control policies no longer bind anybody in it. Another place in the organization, \
                 a policy that is detached, emptied or deleted, or its whole type turned off free \
                 the account just as well, and it stays a member.",
        calls: &[
            organizations("LeaveOrganization"),
            organizations("RemoveAccountFromOrganization"),
            organizations("MoveAccount"),
            organizations("DetachPolicy"),
            organizations("UpdatePolicy"),
            organizations("DeletePolicy"),
            organizations("DisablePolicyType"),
        ],
        condition: "",
        seen_by: &[Event, TrailRule("trail-missing")],
        undone_by: "",
        stays_lost: "what an organization trail alone recorded",
        only: &[(
            Only::Event,
            &[
                "be removed",
                "another place",
                "a policy detached",
                "a policy emptied",
                "a policy deleted",
                "no policies of the type",
            ],
        )],
        parameters: &[],
        source: "Stratus Red Team organizations-leave",
    },
    Threat {
        id: "B41",
        title: "trusted access, service-linked role, delegated administrator",
        class: Class::Noticed,
        attack: "Without trusted access an organization trail turns into one of the management \
                 account alone. Without its delegated administrator nobody looks after it.",
        calls: &[
            organizations("DisableAWSServiceAccess"),
            organizations("DeregisterDelegatedAdministrator"),
            iam("DeleteServiceLinkedRole"),
        ],
        condition: "",
        seen_by: &[Event, TrailRule("organization-trail-required")],
        undone_by: "",
        stays_lost: "what happened in member accounts meanwhile",
        only: &[(
            Only::Event,
            &["the delegated administrator", "the service-linked role"],
        )],
        parameters: &[need("requireOrganizationTrail")],
        source: "Landing Zone Accelerator on AWS, issue tracker",
    },
    Threat {
        id: "B42",
        title: "work in a Region that no trail covers",
        class: Class::Undone,
        attack: "An opt-in Region is turned on, or one is chosen that the trail of one Region \
                 does not see. A multi-Region trail takes a new Region in by itself.",
        calls: &[account("EnableRegion"), cloudtrail("UpdateTrail")],
        condition: "",
        seen_by: &[Event, TrailRule("not-multi-region"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "what happened in that Region before the trail covered it",
        only: &[],
        parameters: &[need("requireMultiRegion")],
        source: "CloudTrail User Guide, multi-Region trails",
    },
];
