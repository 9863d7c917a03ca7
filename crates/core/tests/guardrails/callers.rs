//! Who makes a call, as the condition keys tell it.

use trailkeeper_policy::{Context, ContextValue};

/// A caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// The ARN of its role; none for an AWS service.
    role: Option<&'static str>,
    /// The organization of its account, or of the account for which the service calls.
    organization: Option<&'static str>,
}

const OURS: &str = "o-exampleorgid";

/// An administrator of a member account whose credentials were stolen.
pub(crate) const INTRUDER: Caller = member("arn:aws:iam::111122223333:role/admin");
/// The role that people take in an emergency.
pub(crate) const BREAK_GLASS: Caller = member("arn:aws:iam::111122223333:role/audit-break-glass");
/// The remediator.
pub(crate) const REMEDIATOR: Caller =
    member("arn:aws:iam::111122223333:role/trailkeeper-remediator-eu-west-1");
/// The evaluator.
pub(crate) const EVALUATOR: Caller =
    member("arn:aws:iam::111122223333:role/trailkeeper-evaluator-eu-west-1");
/// The runbook.
pub(crate) const AUTOMATION: Caller =
    member("arn:aws:iam::111122223333:role/trailkeeper-automation-eu-west-1");
/// Control Tower, enrolling the account.
pub(crate) const CONTROL_TOWER: Caller =
    member("arn:aws:iam::111122223333:role/AWSControlTowerExecution");
/// A stack set of the organization, deploying the template.
pub(crate) const STACK_SET: Caller =
    member("arn:aws:iam::111122223333:role/stacksets-exec-0123456789abcdef0123456789abcdef");
/// Somebody of another organization to whom a policy of the resource gives access, in a role that
/// bears an exempted name.
pub(crate) const OUTSIDER: Caller = Caller {
    role: Some("arn:aws:iam::444455556666:role/audit-break-glass"),
    organization: Some("o-somebodyelse"),
};

const fn member(role: &'static str) -> Caller {
    Caller {
        role: Some(role),
        organization: Some(OURS),
    }
}

/// CloudTrail, delivering for an account of ours.
pub(crate) fn our_cloudtrail() -> Caller {
    Caller {
        role: None,
        organization: Some(OURS),
    }
}

/// CloudTrail, delivering for an account of another organization.
pub(crate) fn other_cloudtrail() -> Caller {
    Caller {
        role: None,
        organization: Some("o-somebodyelse"),
    }
}

impl Caller {
    /// What is known about its calls.
    pub(crate) fn context(&self) -> Context {
        let organization = self.organization.unwrap_or_default();
        match self.role {
            Some(arn) => Context::new()
                .with_value("aws:PrincipalArn", arn)
                .with_value("aws:PrincipalOrgID", organization)
                .with_value("aws:PrincipalIsAWSService", "false")
                .with("aws:SourceAccount", ContextValue::Absent)
                .with("aws:SourceOrgID", ContextValue::Absent),
            None => Context::of_service("cloudtrail.amazonaws.com")
                .with_value("aws:SourceAccount", "111122223333")
                .with_value("aws:SourceOrgID", organization),
        }
    }
}
