//! What each role needs, and why.
//!
//! Words in capitals stand for what a deployment fills in: ACCOUNT, REGION and PARTITION, and what
//! the introduction of the page names.

use Need::Call;
use Role::{Attach, Automation, Detach, Evaluator, Remediator};

use super::{baseline_rows, event_rows, guard_rows, instance_rows, trail_rows};

/// A role of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Evaluator,
    Remediator,
    Automation,
    Attach,
    Detach,
}

impl Role {
    pub(crate) const ALL: [Self; 5] = [Evaluator, Remediator, Automation, Attach, Detach];

    /// Its logical id in the template.
    pub(crate) fn resource(self) -> &'static str {
        match self {
            Evaluator => "EvaluatorRole",
            Remediator => "RemediatorRole",
            Automation => "AutomationRole",
            Attach => "AttachRole",
            Detach => "DetachRole",
        }
    }

    /// The parameters that must be on for the stack to have it, besides those of its rows.
    pub(crate) fn only_with(self) -> &'static [&'static str] {
        match self {
            Remediator | Automation => super::trail_rows::TRAIL_RULE,
            Evaluator | Attach | Detach => &[],
        }
    }

    /// Who assumes it.
    pub(crate) fn service(self) -> &'static str {
        match self {
            Evaluator | Remediator => "lambda.amazonaws.com",
            Automation | Attach | Detach => "ssm.amazonaws.com",
        }
    }
}

/// Who makes use of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The function's code, or a step of the runbook, calls it.
    Call,
    /// Lambda, SNS or SSM does it in the role's name.
    Platform,
    /// The service that is called checks that its caller may do it.
    Service,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permission {
    pub(crate) role: Role,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) condition: &'static str,
    /// The parameters that must be on, which is to say neither empty, `false`, `off` nor `Never`;
    /// `NAME=VALUE` must have that value.
    pub(crate) only_with: &'static [&'static str],
    pub(crate) need: Need,
    pub(crate) why: &'static str,
}

impl Permission {
    pub(super) const fn when(mut self, condition: &'static str) -> Self {
        self.condition = condition;
        self
    }

    pub(super) const fn only_with(mut self, parameters: &'static [&'static str]) -> Self {
        self.only_with = parameters;
        self
    }

    pub(super) const fn by(mut self, need: Need) -> Self {
        self.need = need;
        self
    }
}

pub(super) const fn row(
    role: Role,
    action: &'static str,
    resource: &'static str,
    why: &'static str,
) -> Permission {
    Permission {
        role,
        action,
        resource,
        condition: "",
        only_with: &[],
        need: Call,
        why,
    }
}

/// Denied to every role, on every resource.
pub(crate) const NEVER: [&str; 6] = [
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "cloudtrail:RemoveTags",
    "s3:Delete*",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
];

/// All rows.
pub(crate) fn permissions() -> impl Iterator<Item = &'static Permission> {
    [
        trail_rows::ROWS,
        baseline_rows::ROWS,
        event_rows::ROWS,
        guard_rows::ROWS,
        instance_rows::ROWS,
    ]
    .into_iter()
    .flatten()
}
