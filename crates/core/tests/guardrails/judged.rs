//! What the policies do against each way to blind a trail.

use std::collections::BTreeSet;

use trailkeeper_core::threats::{Threat, ThreatCall, threats};

use crate::callers::{Caller, INTRUDER, OUTSIDER};
use crate::policies::{ControlPolicy, rcp, scps};
use crate::resources::{self, Whose};

/// How much of an attack is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Every call of it, or of an attack in steps one that it cannot do without.
    All,
    /// Some of the ways to do it.
    Part,
    /// Nothing.
    None,
}

/// A call that is let through: the id, the call, and why.
pub(crate) type LetThrough = (&'static str, &'static ThreatCall, &'static str);

/// A row of the page.
pub(crate) struct Judged {
    pub(crate) threat: &'static Threat,
    pub(crate) stopped: Stopped,
    /// File and Sid of the statements of the service control policies that stop an administrator.
    pub(crate) by: BTreeSet<(&'static str, String)>,
    /// Whether the resource control policy stops whom no service control policy binds.
    pub(crate) from_outside: bool,
    pub(crate) let_through: Vec<LetThrough>,
}

const MANAGEMENT: &str = "made in the management account, which no such policy binds";
const OF_POLICIES: &str = "made in the management account, which no such policy binds, or in the one to \
                           which it delegates its policies";

/// The calls that no service control policy here denies, with the reason.
pub(crate) const LET_THROUGH: &[(&str, &str, &str)] = &[
    (
        "B18",
        "cloudtrail:StartLogging",
        "it adds logging, and without the stop there is nothing to start",
    ),
    (
        "B40",
        "organizations:RemoveAccountFromOrganization",
        MANAGEMENT,
    ),
    ("B40", "organizations:MoveAccount", OF_POLICIES),
    ("B40", "organizations:DetachPolicy", OF_POLICIES),
    ("B40", "organizations:UpdatePolicy", OF_POLICIES),
    ("B40", "organizations:DeletePolicy", OF_POLICIES),
    ("B40", "organizations:DisablePolicyType", OF_POLICIES),
    ("B41", "organizations:DisableAWSServiceAccess", MANAGEMENT),
    (
        "B41",
        "organizations:DeregisterDelegatedAdministrator",
        MANAGEMENT,
    ),
    (
        "B42",
        "account:EnableRegion",
        "ordinary where Regions are not governed; a multi-Region trail takes the Region in by itself",
    ),
    (
        "B49",
        "ssm:StopAutomationExecution",
        "IAM knows a run by an id that nobody knows before, not by its document",
    ),
];

/// Attacks that need each of their calls, so that one denied call stops them.
const IN_STEPS: [&str; 4] = ["B18", "B19", "B42", "B49"];

/// Actions that are denied whatever they are made on, and what that costs others.
pub(crate) const FOR_EVERYBODY: &[(&[&str], &str)] = &[
    (
        &["cloudtrail:CreateTrail"],
        "no team makes a trail of its own: the quota of five is the reason (B21)",
    ),
    (
        &["s3:PutAccountPublicAccessBlock"],
        "one switch for all buckets of the account, the log's among them",
    ),
    (
        &["kms:DisconnectCustomKeyStore"],
        "IAM knows no resource for it; leave the statement out where other keys are in such stores",
    ),
    (
        &["organizations:LeaveOrganization"],
        "IAM knows no resource for it",
    ),
    (
        &[
            "config:DeleteConfigurationRecorder",
            "config:DeleteDeliveryChannel",
            "config:DisassociateResourceTypes",
            "config:PutConfigurationRecorder",
            "config:PutDeliveryChannel",
            "config:StopConfigurationRecorder",
        ],
        "a Region has one recorder and one channel for everybody",
    ),
    (
        &["config:PutRemediationExceptions"],
        "IAM knows no resource for it: nobody excepts a resource from the remediation of any rule",
    ),
    (
        &[
            "guardduty:CreateFilter",
            "guardduty:CreateIPSet",
            "guardduty:CreateTrustedEntitySet",
            "guardduty:DeleteDetector",
            "guardduty:DeletePublishingDestination",
            "guardduty:DisassociateFromAdministratorAccount",
            "guardduty:DisassociateFromMasterAccount",
            "guardduty:UpdateDetector",
            "guardduty:UpdateFilter",
            "guardduty:UpdateIPSet",
            "guardduty:UpdatePublishingDestination",
            "guardduty:UpdateTrustedEntitySet",
        ],
        "a Region has one detector for everybody; its administrator's account needs an exemption",
    ),
];

/// All rows.
pub(crate) fn judged() -> Vec<Judged> {
    let (scps, rcp) = (scps(), [rcp()]);
    threats().map(|threat| judge(threat, &scps, &rcp)).collect()
}

fn judge(threat: &'static Threat, scps: &[ControlPolicy], rcp: &[ControlPolicy]) -> Judged {
    let mut by = BTreeSet::new();
    let mut let_through = Vec::new();
    for call in threat.calls {
        match stops(scps, &INTRUDER, call) {
            Some(statements) => by.extend(statements),
            None => let_through.push((threat.id, call, why(threat.id, call))),
        }
    }
    let from_outside = !threat.calls.is_empty()
        && threat.calls.iter().all(|call| {
            let mut callers = [INTRUDER, OUTSIDER].iter();
            callers.all(|caller| stops(rcp, caller, call).is_some())
        });
    let stopped = match (by.is_empty(), let_through.is_empty()) {
        (true, _) => Stopped::None,
        (false, true) => Stopped::All,
        (false, false) if IN_STEPS.contains(&threat.id) => Stopped::All,
        (false, false) => Stopped::Part,
    };
    Judged {
        threat,
        stopped,
        by,
        from_outside,
        let_through,
    }
}

fn why(id: &str, call: &ThreatCall) -> &'static str {
    let name = format!("{}:{}", call.service, call.operation);
    let mut rows = LET_THROUGH.iter();
    let row = rows.find(|(of, named, _)| *of == id && *named == name);
    row.map_or("", |(_, _, why)| why)
}

/// The statements that deny the call on all that is ours; none where it gets through somewhere.
fn stops(
    policies: &[ControlPolicy],
    caller: &Caller,
    call: &ThreatCall,
) -> Option<Vec<(&'static str, String)>> {
    let asked = resources::of(call, Whose::Ours);
    let mut statements = Vec::new();
    // S3 asks for the one or the other action of a deletion: both must be denied
    for (action, resource) in &asked {
        let mut denials = policies.iter().filter_map(|policy| {
            let sid = policy.denies(caller, action, resource)?;
            Some((policy.file, sid))
        });
        statements.push(denials.next()?);
    }
    Some(statements)
}
