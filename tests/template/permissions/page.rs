//! docs/permissions.md.

use super::table::{NEVER, Need, PERMISSIONS, Permission, Role};

/// The text of the page.
pub(crate) fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for role in Role::ALL {
        page.push_str(heading(role));
        page.push_str("| action | on | only | why |\n|---|---|---|---|\n");
        let rows = PERMISSIONS.iter().filter(|row| row.role == role);
        rows.for_each(|row| page.push_str(&line(row)));
    }
    page.push_str("\n## Never\n\nDenied to all three roles on every resource, whatever else is attached to them:\n");
    let denied: Vec<String> = NEVER.iter().map(|action| format!("`{action}`")).collect();
    page.push_str(&format!("{}.\n", denied.join(", ")));
    page.push_str(OTHERS);
    page
}

fn line(row: &Permission) -> String {
    let mut only = Vec::new();
    if let Some(parameter) = row.only_with {
        only.push(format!("with `{parameter}`"));
    }
    if !row.condition.is_empty() {
        only.push(format!("`{}`", row.condition));
    }
    let why = match row.need {
        Need::Call => row.why.to_owned(),
        Need::Platform => format!("Lambda {}", row.why),
        Need::Service => format!("CloudTrail asks it of its caller {}", row.why),
    };
    format!(
        "| `{}` | `{}` | {} | {why} |\n",
        row.action,
        row.resource,
        only.join(", ")
    )
}

fn heading(role: Role) -> &'static str {
    match role {
        Role::Evaluator => {
            "\n## The evaluator\n\nIt reads; its one write is the report to AWS Config.\n\n"
        }
        Role::Remediator => {
            "\n## The remediator\n\nIt reads the same, and writes to one trail, one bucket and, with \
             `RepairKey`, one key.\n\n"
        }
        Role::Automation => {
            "\n## The runbook\n\nSSM Automation assumes this role. It can change nothing by itself.\n\n"
        }
    }
}

const INTRODUCTION: &str = "\
# Permissions

Made from the table in `tests/template/permissions/table.rs`; do not edit it here. A test compares
the table with the code's list of AWS operations and with the roles in
`cloudformation/trailkeeper.yaml`: an action that is missing from a role or unused in it fails the
test.

Words in capitals stand for what a deployment fills in: the trail's name `TRAIL`, its bucket
`BUCKET`, its key `KEY` (`TrailKmsKeyArn`, or the key that the stack makes), the role of its log
group `LOG_GROUP_ROLE`, and `ENCRYPTION_KEY` (`EncryptionKeyArn`) for the functions' own logs, queue
and topic. *Only with* a parameter means: where it is set to something else than its default.
";

const OTHERS: &str = "
## Others

- **AWS Config** starts the runbook with its service-linked role for remediation and passes the
  runbook's role to SSM. Nothing has to be granted for it. The runbook's role can be assumed by
  SSM only, for executions of this account.
- **A person** who runs the runbook by hand needs `ssm:StartAutomationExecution` on the document,
  `ssm:GetAutomationExecution` and `ssm:DescribeAutomationStepExecutions` on `*`, and
  `iam:PassRole` on the runbook's role with `iam:PassedToService = ssm.amazonaws.com`. Without
  `AutomationAssumeRole` the runbook runs with that person's own permissions.
- **Who deploys** needs CloudFormation and the right to create what is in the template, roles with
  names included (`CAPABILITY_NAMED_IAM`).
- **The command** `trailkeeper evaluate` and `plan` need what the evaluator reads, and
  `organizations:DescribeOrganization`; `repair` needs what the remediator has. All ask
  `sts:GetCallerIdentity`, which needs no permission.
- **Service control policies** that protect the trail have to exempt the remediator's role; see
  [deploy.md](deploy.md#service-control-policies-and-control-tower).
";
