//! On what a call is made: what the policies name as ours, and what is somebody else's.

use trailkeeper_core::threats::ThreatCall;
use trailkeeper_policy::action_table::{ActionTable, ResourceClass};

/// Whose resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// What the guard and its trail are made of.
    Ours,
    /// Anything else in the account.
    Others,
}

/// The log bucket.
pub(crate) const BUCKET: &str = "arn:aws:s3:::amzn-s3-demo-audit";

const CONFIG: &str = "arn:aws:config:eu-west-1:111122223333:";
const LOG_GROUPS: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:";
const ROLES: &str = "arn:aws:iam::111122223333:role/";

/// The actions of a call, each with the resources on which it is made.
pub(crate) fn of(call: &ThreatCall, whose: Whose) -> Vec<(String, String)> {
    let actions = call.iam_actions();
    actions
        .flat_map(|action| {
            let known = ActionTable::get().find(&action).expect("a known action");
            let resources = if known.class() == ResourceClass::Unscopeable {
                vec!["*".to_owned()]
            } else {
                resources(call, whose)
            };
            resources.into_iter().map(move |one| (action.clone(), one))
        })
        .collect()
}

fn resources(call: &ThreatCall, whose: Whose) -> Vec<String> {
    let (head, ours, others): (&str, &[&str], &str) = match (call.service, call.operation) {
        ("account", _) => ("arn:aws:account::111122223333:", &["account"], "account"),
        ("cloudtrail", _) => (
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/",
            &["org-audit", "trailkeeper-guard"],
            "team",
        ),
        ("cloudwatch", _) => (
            "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:",
            &["trailkeeper-no-evaluation"],
            "team",
        ),
        ("config", "DeleteRemediationConfiguration" | "PutRemediationConfigurations") => (
            CONFIG,
            &["remediation-configuration/trailkeeper-cloudtrail-enabled/5a0b1c2d"],
            "remediation-configuration/team/5a0b1c2d",
        ),
        ("config", operation)
            if operation.contains("Recorder") || operation == "DisassociateResourceTypes" =>
        {
            (
                CONFIG,
                &["configuration-recorder/default/a1b2c3d4"],
                "configuration-recorder/team/a1b2c3d4",
            )
        }
        ("config", _) => (
            CONFIG,
            &[
                "config-rule/config-rule-a1b2c3",
                "config-rule/config-rule-d4e5f6",
            ],
            "config-rule/config-rule-zzzzzz",
        ),
        ("events", "UpdateEventBus") => (
            "arn:aws:events:eu-west-1:111122223333:event-bus/",
            &["default"],
            "team",
        ),
        ("events", _) => (
            "arn:aws:events:eu-west-1:111122223333:rule/",
            &["trailkeeper-instance-events", "trailkeeper-role-events"],
            "team",
        ),
        ("guardduty", _) => (
            "arn:aws:guardduty:eu-west-1:111122223333:detector/",
            &["12abc34d567e8fa901bc2d34e56789f0"],
            "00abc34d567e8fa901bc2d34e56789f0",
        ),
        ("iam", "DeleteServiceLinkedRole") => (
            ROLES,
            &[
                "aws-service-role/cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrail",
                "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
                "aws-service-role/remediation.config.amazonaws.com/AWSServiceRoleForConfigRemediation",
            ],
            "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        ),
        ("iam", _) => (
            ROLES,
            &[
                "audit-break-glass",
                "CloudTrailRoleForCloudWatchLogs_org-audit",
                "trailkeeper-automation-eu-west-1",
                "trailkeeper-evaluator-eu-west-1",
                "trailkeeper-remediator-eu-west-1",
            ],
            "team",
        ),
        ("kms", _) => (
            "arn:aws:kms:eu-west-1:111122223333:key/",
            &["1234abcd-12ab-34cd-56ef-1234567890ab"],
            "0987dcba-09fe-87dc-65ba-ab0987654321",
        ),
        ("lambda", _) => (
            "arn:aws:lambda:eu-west-1:111122223333:function:",
            &["trailkeeper-evaluator", "trailkeeper-remediator"],
            "team",
        ),
        ("logs", _) => (
            LOG_GROUPS,
            &[
                "aws-cloudtrail-logs-111122223333-ab12cd34:*",
                "/aws/lambda/trailkeeper-remediator:*",
            ],
            "team:*",
        ),
        ("s3", "DeleteObject" | "DeleteObjects") => (
            "arn:aws:s3:::",
            &[
                "amzn-s3-demo-audit/AWSLogs/111122223333/CloudTrail/a.json.gz",
                "trailkeeper-guardtrailbucket-1a2b3c4d/AWSLogs/111122223333/CloudTrail/a.json.gz",
            ],
            "amzn-s3-demo-bucket/a",
        ),
        ("s3", _) => (
            "arn:aws:s3:::",
            &[
                "amzn-s3-demo-audit",
                "trailkeeper-guardtrailbucket-1a2b3c4d",
            ],
            "amzn-s3-demo-bucket",
        ),
        ("sns", _) => (
            "arn:aws:sns:eu-west-1:111122223333:",
            &["org-audit-log-files", "trailkeeper-notifications"],
            "team",
        ),
        ("ssm", "StopAutomationExecution") => (
            "arn:aws:ssm:eu-west-1:111122223333:automation-execution/",
            &["12345678-0000-4000-8000-000000000000"],
            "87654321-0000-4000-8000-000000000000",
        ),
        ("ssm", _) => (
            "arn:aws:ssm:eu-west-1:111122223333:document/",
            &["Trailkeeper-RestoreCloudTrail"],
            "Team",
        ),
        _ => ("arn:aws:", &["organizations"], "organizations"),
    };
    let names = match whose {
        Whose::Ours => ours,
        Whose::Others => &[others],
    };
    names.iter().map(|name| format!("{head}{name}")).collect()
}

/// Action and resource of a row of docs/permissions.md, with the deployment's words filled in.
pub(crate) fn permission(line: &str) -> Option<(String, String)> {
    let mut cells = line.strip_prefix("| `")?.split("` | `");
    let action = cells.next()?.to_owned();
    let resource = cells.next()?.split('`').next()?;
    let filled = [
        ("PARTITION", "aws"),
        ("ACCOUNT", "111122223333"),
        ("REGION", "eu-west-1"),
        ("trail/TRAIL", "trail/org-audit"),
        ("s3:::BUCKET", "s3:::amzn-s3-demo-audit"),
        (
            "LOG_GROUP_ROLE",
            "arn:aws:iam::111122223333:role/CloudTrailRoleForCloudWatchLogs_a",
        ),
        (
            "ENCRYPTION_KEY",
            "arn:aws:kms:eu-west-1:111122223333:key/other",
        ),
        (
            "KEY",
            "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
    ];
    let text = filled
        .iter()
        .fold(resource.to_owned(), |text, (word, value)| {
            text.replace(word, value)
        });
    Some((action, text))
}
