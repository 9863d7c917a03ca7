//! docs/guardrails.md.

use trailkeeper_core::threats::Class;

use crate::judged::{FOR_EVERYBODY, Judged, Stopped, judged};

pub(crate) fn page() -> String {
    let rows = judged();
    let mut text = format!("{INTRODUCTION}{}{HEAD}", figures(&rows));
    for row in &rows {
        text.push_str(&line(row));
    }
    text.push_str(OTHERS);
    for (actions, why) in FOR_EVERYBODY {
        text.push_str(&format!("| `{}` | {why} |\n", actions.join("`, `")));
    }
    text.push_str(NEITHER);
    text
}

fn figures(rows: &[Judged]) -> String {
    let count = |stopped: Stopped| rows.iter().filter(|row| row.stopped == stopped).count();
    let outside = rows.iter().filter(|row| row.from_outside).count();
    format!(
        "Of the {} ways to blind a trail the service control policies stop an administrator of a \
         member account in {}, in {} more some of the ways, in {} nothing. The resource control \
         policy stops {} from wherever they come.\n\n",
        rows.len(),
        count(Stopped::All),
        count(Stopped::Part),
        count(Stopped::None),
        outside
    )
}

const HEAD: &str = "\
| | attack | stopped by | let through | resource control policy |
|---|---|---|---|---|
";

fn line(row: &Judged) -> String {
    let by: Vec<String> = row
        .by
        .iter()
        .map(|(file, sid)| {
            let number = file.trim_start_matches("guardrail-scp-");
            format!("{} `{sid}`", number.trim_end_matches(".json"))
        })
        .collect();
    let through: Vec<String> = row
        .let_through
        .iter()
        .map(|(_, call, why)| format!("`{}:{}`: {why}", call.service, call.operation))
        .collect();
    let through = if row.threat.class == Class::OutOfReach {
        "there is no call to deny".to_owned()
    } else {
        through.join("; ")
    };
    format!(
        "| {} | {} | {} | {through} | {} |\n",
        row.threat.id,
        row.threat.title,
        by.join(", "),
        if row.from_outside { "stops it" } else { "" },
    )
}

const INTRODUCTION: &str = "\
# Guard rails of the organization

Made from what the policies do, by `crates/core/tests/guardrails`; do not edit it here.

The guard undoes and tells. A policy of the organization keeps the call from happening at all:

- `cloudformation/guardrail-scp-1.json`: the trail and the guard trail, their buckets, the key, the
  account's place in its organization
- `cloudformation/guardrail-scp-2.json`: AWS Config, EventBridge, the functions, the runbook, the
  roles
- `cloudformation/guardrail-scp-3.json`: those who read the log, alarms, topics, the queue of what
  failed, the functions' own logs, GuardDuty
- `cloudformation/guardrail-rcp.json`: bucket, key, queue and roles, whoever calls and from wherever

Each denies every tampering call of [threats.md](threats.md) to all but the break-glass role, and
where it writes, the remediator; the evaluator only switches on, which none of them denies. Only the
automation role invokes the functions and only the functions write their logs: AWS Config and
EventBridge invoke them too, but as services, to which no service control policy applies. They are samples: put your names in first, try them
on one account, and attach them at the root of the organization, so that nobody makes a role of an
exempted name in an account that they do not bind.

# Put your names in

| in the files | is |
|---|---|
| `org-audit` | the trail; one that is adopted needs a line of its own |
| `amzn-s3-demo-audit` | its bucket |
| `trailkeeper-guard`, `trailkeeper-guardtrailbucket-*` | the guard trail and its bucket, which CloudFormation names after the stack: `STACK-guardtrailbucket-ID` |
| `1234abcd-12ab-34cd-56ef-1234567890ab` | its key's id |
| `org-audit-log-files` | the topic of new log files |
| `aws-cloudtrail-logs-*` | its log group, as CloudTrail's console names it |
| `CloudTrailRoleForCloudWatchLogs_*` | the role that writes to the log group, as the console names it |
| `trailkeeper-*`, `Trailkeeper-*` | what the template makes; another `NamePrefix` or `RolePath` accordingly |
| `config-rule-a1b2c3`, `config-rule-d4e5f6` | the ids of the rules, which AWS Config chooses: `aws configservice describe-config-rules --query 'ConfigRules[].[ConfigRuleName,ConfigRuleArn]'`. In many accounts: a tag on the rules and `aws:ResourceTag` in the condition |
| `audit-break-glass` | the role for emergencies, **and for deployments**: whoever deploys or updates the template, or runs `trailkeeper baseline`, has to be in the conditions beside it |
| `AWSControlTowerExecution`, `stacksets-exec-*` | the roles with which Control Tower enrols an account and service-managed stack sets deploy; they are exempted where the template makes something, and nobody but they and the break-glass role may make or change roles of these names. Without Control Tower or stack sets take them out: whoever may take on these roles is let through. Neither is let near the trail, its bucket and its key |
| `policy/audit-*`, `policy/trailkeeper-*` | managed policies of the exempted roles, whose versions are their permissions |
| `o-exampleorgid` | the organization |
| `arn:aws:` | in China `arn:aws-cn:`, in GovCloud `arn:aws-us-gov:`; resource control policies may not be there yet |

Each is within the 5,120 characters that Organizations takes, not counting white space: the console
drops it, and so does `jq -c . FILE`.

```bash
aws organizations create-policy --type SERVICE_CONTROL_POLICY --name trailkeeper-1 \\
    --description 'the trail and what it needs' \\
    --content \"$(jq -c . cloudformation/guardrail-scp-1.json)\"
aws organizations attach-policy --policy-id p-example1 --target-id r-abcd
```

# What they stop

";

const OTHERS: &str = "
# What they cost others

All else is narrowed to the names above. These actions are denied on everything:

| action | because |
|---|---|
";

const NEITHER: &str = "
# What neither stops

- **The management account.** No service control policy binds it, and no resource control policy
  binds its resources. Keep workloads out of it, and the log in a member account: the resource control
  policy then holds against the management account too.
- **Service-linked roles and services.** AWS Config adds a remediation exception by itself (B49);
  S3 expires what a lifecycle rule that was put before says (B26).
- **Resources outside the organization.** A bucket or key elsewhere, and the name of a deleted bucket
  that somebody outside takes (B22).
- **What is not a call on ours.** Calls at CloudTrail's rate of one a second that throttle a repair
  (B49), and whatever AWS does not log (B52).
- **Lambda, SNS and EventBridge from other accounts.** Resource control policies know S3, KMS, SQS,
  STS and some more services, but not these; their own resource policies are the guard there.
- **Who may take the break-glass role.** Its trust policy is yours to write; have its use reported.
";
