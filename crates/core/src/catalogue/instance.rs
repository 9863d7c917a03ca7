//! The rows of the rule `instance-profile`.

use super::RepairedBy::{Not, Runbook};
use super::{Entry, RepairedBy, row};
use crate::finding::Code;
use crate::finding::Severity::{Advisory, Critical, High, Info, Medium};

const ATTACH: RepairedBy = Runbook(
    "attach-instance-profile",
    "associates the profile, or replaces the one that is there where that is allowed",
);

const DETACH: RepairedBy = Runbook(
    "detach-policy",
    "removes the policy from the role after approval, and can put it back; write the narrower \
     statement that the finding suggests first",
);

const PROFILE_OWNER: &str = "what role a profile should hold is a decision of its owner; put the \
     role back, or let the runbook attach-instance-profile attach another profile";

pub(super) const ENTRIES: &[Entry] = &[
    row(
        Code::NoInstanceProfile,
        High,
        ATTACH,
        "The instance has no instance profile",
        "Software on the instance has no role to work with, so it is given long-lived keys, and \
         Systems Manager cannot reach it. Instances that shut down or are terminated are not \
         judged.",
    ),
    row(
        Code::ProfileNotAllowed,
        High,
        ATTACH,
        "The instance has another profile than the allowed ones",
        "The profile's ARN, path included, is not in allowedProfileArns. Its role is judged all \
         the same.",
    ),
    row(
        Code::ProfileMissing,
        High,
        ATTACH,
        "The instance's profile does not exist any more",
        "IAM knows no profile of this name and path: it was deleted while it was attached, and \
         perhaps made anew elsewhere. The instance gets no credentials.",
    ),
    row(
        Code::ProfileWithoutRole,
        Medium,
        Not(PROFILE_OWNER),
        "The instance's profile holds no role",
        "The instance gets no credentials. Whoever may add a role to the profile hands it to every \
         instance that has the profile.",
    ),
    row(
        Code::RoleMissing,
        Medium,
        Not(PROFILE_OWNER),
        "The role in the instance's profile does not exist",
        "IAM names a role in the profile and does not know it. The instance gets no credentials.",
    ),
    row(
        Code::FullAdmin,
        Critical,
        DETACH,
        "The role may do everything",
        "All actions on all resources: whoever takes over the instance takes over the account.",
    ),
    row(
        Code::WildcardAction,
        High,
        DETACH,
        "A pattern allows more actions than must be",
        "`*` or `?` in an action stands for all actions that match, those of tomorrow too. The \
         finding names the worst of today's.",
    ),
    row(
        Code::WildcardResource,
        High,
        DETACH,
        "Actions are allowed on all resources although they know narrower ones",
        "Resource `*` is right for actions that know no resource; those are not reported here. \
         The actions that are named can be narrowed to ARNs.",
    ),
    row(
        Code::NotAction,
        Critical,
        DETACH,
        "Everything is allowed but what is named",
        "Allow with NotAction grants every action of every service that it does not name, those \
         of tomorrow too.",
    ),
    row(
        Code::NotResource,
        High,
        DETACH,
        "Actions are allowed on everything but what is named",
        "Allow with NotResource grants the actions on every resource that it does not name, of \
         any service and in any account that lets the role in.",
    ),
    row(
        Code::TypeWideResource,
        High,
        DETACH,
        "An ARN stands for all resources of its type",
        "`arn:aws:s3:::*` is `*` in disguise: every bucket and every object.",
    ),
    row(
        Code::PrivilegeEscalation,
        High,
        DETACH,
        "The role can give itself further rights",
        "The rights that are named together let the role write its own permissions, or start \
         something that runs with the permissions of another role.",
    ),
    row(
        Code::UnscopeableWrite,
        Advisory,
        DETACH,
        "A write is allowed for which IAM knows no narrower resource",
        "It cannot be narrowed by an ARN. Look whether it can be left out, or bound by a condition.",
    ),
    row(
        Code::LatentGrant,
        Info,
        DETACH,
        "Only the permissions boundary holds a broad grant back",
        "Nothing is granted now. It is as soon as the boundary is widened or taken away.",
    ),
    row(
        Code::UnknownAction,
        Info,
        Not("compare the name with the service's documentation, or wait for a newer table"),
        "The policy names an action that the table of actions does not know",
        "It is misspelt, newer than the table, or of a service that was closed. It is not judged.",
    ),
    row(
        Code::InvalidPolicy,
        High,
        Not("only the policy's author knows what was meant; write the document anew"),
        "A policy document cannot be understood",
        "What it grants is not known, so the instance is not called COMPLIANT, whatever \
         minimumSeverity says.",
    ),
];
