//! docs/permissions.md.

use super::table::{NEVER, Permission, Role, permissions};

/// The text of the page.
pub(crate) fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for role in Role::ALL {
        page.push_str(heading(role));
        page.push_str("| action | on | only | why |\n|---|---|---|---|\n");
        let rows = permissions().filter(|row| row.role == role);
        rows.for_each(|row| page.push_str(&line(row)));
    }
    page.push_str(
        "\n## Never\n\nDenied to all roles on every resource, whatever else is attached to them:\n",
    );
    let denied: Vec<String> = NEVER.iter().map(|action| format!("`{action}`")).collect();
    page.push_str(&format!("{}.\n", denied.join(", ")));
    page.push_str(OTHERS);
    page
}

fn line(row: &Permission) -> String {
    let mut only: Vec<String> = Vec::new();
    if !row.only_with.is_empty() {
        only.push(format!("with `{}`", row.only_with.join("`, `")));
    }
    if !row.condition.is_empty() {
        only.push(format!("`{}`", row.condition));
    }
    format!(
        "| `{}` | `{}` | {} | {} |\n",
        row.action,
        row.resource,
        only.join(", "),
        row.why
    )
}

fn heading(role: Role) -> &'static str {
    match role {
        Role::Evaluator => {
            "\n## The evaluator\n\nIt reads. It writes to AWS Config, and to the one topic. With \
             `EventMode=enforce` it may start the runbook of the trail, with `GuardRepair` switch on \
             what was switched off; neither can widen anything.\n\n"
        }
        Role::Remediator => {
            "\n## The remediator\n\nIt reads the same of the trail, and writes to one trail, one bucket and, with \
             `RepairKey`, one key; the bucket's settings only with `BaselineSha256` or \
             `RecreateBucket`. It tells the topic. It exists with `DeployTrailRule`.\n\n"
        }
        Role::Automation => {
            "\n## The runbook of the trail\n\nSSM Automation assumes this role. It can change \
             nothing by itself. It exists with `DeployTrailRule`.\n\n"
        }
        Role::Attach => {
            "\n## The runbook that attaches a profile\n\nSSM Automation assumes this role. It exists \
             where a profile is named, and can attach that one; with `AllowProfileReplacement` it \
             can also take off the profiles that are named, and put them back.\n\n"
        }
        Role::Detach => {
            "\n## The runbook that detaches a policy\n\nSSM Automation assumes this role. It exists \
             where `DetachableRoleArns` names roles, and can work on these only. Without it the \
             runbook works with the permissions of the person who starts it.\n\n"
        }
    }
}

const INTRODUCTION: &str = "\
# Permissions

Made from the tables in `tests/template/permissions`; do not edit it here. Tests compare
them with the code's list of AWS operations and with the roles in
`cloudformation/trailkeeper.yaml`: an action that is missing from a role or unused in it fails a
test.

Words in capitals stand for what a deployment fills in: the trail's name `TRAIL`, its bucket
`BUCKET`, its key `KEY` (`TrailKmsKeyArn`, or the key that the stack makes), the role of its log
group `LOG_GROUP_ROLE`, and `ENCRYPTION_KEY` (`EncryptionKeyArn`) for the functions' own logs, queue
and topic. `PROFILE` and `PROFILE_ROLE` are the profile that is attached and its role,
`REPLACEABLE_PROFILES` and `REPLACEABLE_ROLES` those that may be replaced, and `DETACHABLE_ROLES` the
roles off which policies may be taken. *Only with* parameters means: where each of them is on, which
is to say neither empty, `false`, `off` nor `Never`; a parameter with a value has to have that one.
";

const OTHERS: &str = "
## Others

- **AWS Config** starts a runbook with its service-linked role for remediation and passes the
  runbook's role to SSM. Nothing has to be granted for it. The runbooks' roles can be assumed by
  SSM only, for executions of this account.
- **EventBridge** invokes the evaluator by the function's own policy, and may put an event that it
  gave up on into the queue by the queue's.
- **A person** who runs a runbook by hand needs `ssm:StartAutomationExecution` on the document,
  `ssm:GetAutomationExecution` and `ssm:DescribeAutomationStepExecutions` on `*`, and
  `iam:PassRole` on the runbook's role with `iam:PassedToService = ssm.amazonaws.com`. Without
  `AutomationAssumeRole` the runbook runs with that person's own permissions. Who approves needs
  `ssm:SendAutomationSignal` on the execution.
- **Who deploys** needs CloudFormation and the right to create what is in the template, roles with
  names included (`CAPABILITY_NAMED_IAM`).
- **SSM** asks of whoever starts a run for the document, in one form of its ARN or the other, and for
  the run, whose id it chooses; hence the three rows of `ssm:StartAutomationExecution`.
- **A bucket or topic with a KMS key** of its own as default needs `kms:Decrypt` or
  `kms:GenerateDataKey` in that key's policy; the template knows the trail's key and `EncryptionKeyArn`.
- **The command** `trailkeeper baseline` needs what the evaluator reads with `BaselineSha256` and
  `DeployGuardRule`, and `s3:PutObject` on `BUCKET/trailkeeper/*`.
- **The command** `trailkeeper evaluate` and `plan` need what the evaluator reads, and
  `organizations:DescribeOrganization`; `repair` needs what the remediator has. All ask
  `sts:GetCallerIdentity`, which needs no permission.
- **Service control policies** that protect the trail have to exempt the remediator's role; see
  [deploy.md](deploy.md#service-control-policies-and-control-tower).
";
