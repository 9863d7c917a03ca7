//! The product's own roles and the calls that they make.

use super::actor::Actor;
use crate::identity::{AccountId, Arn};

/// The calls of a repair, as CloudTrail names them. What else one of the roles calls is not ours,
/// whoever has got hold of its session.
const REPAIRS: [(&str, &[&str]); 3] = [
    (
        "cloudtrail.amazonaws.com",
        &[
            "CreateTrail",
            "UpdateTrail",
            "StartLogging",
            "PutEventSelectors",
            "PutInsightSelectors",
            "AddTags",
        ],
    ),
    (
        "s3.amazonaws.com",
        &[
            "CreateBucket",
            "PutBucketPolicy",
            "PutBucketVersioning",
            "PutBucketEncryption",
            "PutBucketLifecycle",
            "PutBucketRequestPayment",
            "PutBucketOwnershipControls",
            "PutBucketAcl",
            "PutBucketPublicAccessBlock",
            "PutBucketObjectLockConfiguration",
            "PutObjectLockConfiguration",
            "PutBucketReplication",
            "PutBucketNotification",
            "PutBucketLogging",
        ],
    ),
    (
        "kms.amazonaws.com",
        &["PutKeyPolicy", "EnableKey", "CancelKeyDeletion"],
    ),
];

/// The service-linked role with which AWS Config starts remediations.
const CONFIG_REMEDIATION: &str = "AWSServiceRoleForConfigRemediation";

/// The product's own roles in an account.
#[derive(Debug, Clone, Copy)]
pub struct OwnRoles<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// Their names or ARNs.
    pub roles: &'a [String],
}

impl OwnRoles<'_> {
    /// Whether the ARN is that of one of the roles. Where a role is given by its ARN that ARN
    /// counts, path and all; a role of another account never does.
    pub fn has(&self, role: &str) -> bool {
        let Ok(arn) = role.parse::<Arn>() else {
            return false;
        };
        let is_role = arn.service == "iam" && arn.resource.starts_with("role/");
        is_role
            && arn.is_owned_by(self.account)
            && self.roles.iter().any(|own| {
                if own.starts_with("arn:") {
                    own == role
                } else {
                    own == arn.name()
                }
            })
    }

    /// Whether one of the roles has this name, which is all that GuardDuty tells.
    pub fn has_name(&self, name: &str) -> bool {
        let plain = |own: &String| own.rsplit('/').next() == Some(name);
        !name.is_empty() && self.roles.iter().any(plain)
    }

    /// Whether a repair of ours made the call: one of the roles did, it is a call of a repair, and
    /// it had an effect.
    pub fn made(&self, source: &str, name: &str, has_failed: bool, actor: &Actor) -> bool {
        let of_repair =
            |(service, names): &(&str, &[&str])| *service == source && names.contains(&name);
        !has_failed && REPAIRS.iter().any(of_repair) && self.has(&actor.session_issuer)
    }

    /// Whether a run that this principal started counts as ours: AWS Config's remediation did, one
    /// of the roles, or nobody knows who. Of a session only the role's name is known. Where no role
    /// is named all runs count.
    pub fn started(&self, executed_by: Option<&str>) -> bool {
        let Some(by) = executed_by.filter(|by| !by.is_empty()) else {
            return true;
        };
        if self.roles.is_empty() {
            return true;
        }
        self.is_known_to_start(Some(by))
    }

    /// Whether AWS Config's remediation or one of the roles is known to have started a run that
    /// this principal started.
    pub fn is_known_to_start(&self, executed_by: Option<&str>) -> bool {
        let role = executed_by.and_then(|by| self.role_of(by));
        role.is_some_and(|role| role == CONFIG_REMEDIATION || self.has_name(&role))
    }

    /// Whether AWS Config's remediation started a run that this principal started.
    pub fn config_started(&self, executed_by: Option<&str>) -> bool {
        let role = executed_by.and_then(|by| self.role_of(by));
        role.is_some_and(|role| role == CONFIG_REMEDIATION)
    }

    /// The name of the role that the principal is or has taken on, where it is one of the account.
    fn role_of(&self, principal: &str) -> Option<String> {
        let arn: Arn = principal.parse().ok()?;
        let mut parts = arn.resource.split('/');
        let role = match (parts.next(), arn.service.as_str()) {
            (Some("assumed-role"), "sts") => parts.next(),
            (Some("role"), "iam") => parts.next_back(),
            _ => None,
        };
        let is_of_account = arn.is_owned_by(self.account);
        role.filter(|_| is_of_account).map(str::to_owned)
    }
}
