//! What the answers to events about the trail and its guard need, and who is told of a repair.

use super::table::Need::{Platform, Service};
use super::table::Role::{Evaluator, Remediator};
use super::table::{Permission, row};

const ANY: &str = "*";
const RULES: &str = "arn:PARTITION:config:REGION:ACCOUNT:config-rule/*";
const REMEDIATIONS: &str = "arn:PARTITION:config:REGION:ACCOUNT:remediation-configuration/*";
const TOPIC: &str = "arn:PARTITION:sns:REGION:ACCOUNT:trailkeeper-notifications";
const BUS: &str = "arn:PARTITION:events:REGION:ACCOUNT:event-bus/default";
const RUNBOOK: &str = "arn:PARTITION:ssm:REGION:ACCOUNT:document/Trailkeeper-RestoreCloudTrail";
const RUNBOOK_VERSIONS: &str =
    "arn:PARTITION:ssm:REGION:ACCOUNT:automation-definition/Trailkeeper-RestoreCloudTrail:*";
const RUNS: &str = "arn:PARTITION:ssm:REGION:ACCOUNT:automation-execution/*";
const AUTOMATION_ROLE: &str = "arn:PARTITION:iam::ACCOUNT:role/trailkeeper-automation-REGION";

const RULE: &[&str] = &["DeployTrailRule"];
const EVENTS: &[&str] = &["DeployTrailRule", "EventMode"];
const SEALED_EVENTS: &[&str] = &["DeployTrailRule", "EventMode", "EncryptionKeyArn"];
const ENFORCED: &[&str] = &["DeployTrailRule", "EventMode=enforce"];

const TO_SSM: &str = "iam:PassedToService = ssm.amazonaws.com";
const VIA_SNS: &str = "kms:ViaService = sns.REGION.SUFFIX";
const SEAL: &str = "SNS encrypts the message with the topic's key";
const WHO: &str = "who did it, from the event history; CloudTrail knows no resource for it";
const START: &str = "starts the runbook of a trail that is at fault, as AWS Config would; SSM asks for \
     document and run (Systems Manager User Guide, \"Setting up identity based policies examples\")";

/// The rows.
pub(super) const ROWS: &[Permission] = &[
    row(Evaluator, "cloudtrail:LookupEvents", ANY, WHO).only_with(RULE),
    row(
        Evaluator,
        "config:DescribeConfigRules",
        ANY,
        "what the rules want; AWS Config knows no resource for it",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "config:DescribeRemediationConfigurations",
        REMEDIATIONS,
        "which runbook restores the trail, and with which parameters",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "config:StartConfigRulesEvaluation",
        RULES,
        "has the guard judged again; AWS Config chooses the rule's id",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "sns:Publish",
        TOPIC,
        "tells what happened to the trail or its guard",
    )
    .only_with(EVENTS),
    row(Evaluator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SNS)
        .only_with(SEALED_EVENTS)
        .by(Platform),
    row(Evaluator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SNS)
        .only_with(SEALED_EVENTS)
        .by(Platform),
    row(
        Evaluator,
        "ssm:DescribeAutomationExecutions",
        ANY,
        "how often the runbook ran within the hour; SSM knows no resource for it",
    )
    .only_with(ENFORCED),
    row(Evaluator, "ssm:StartAutomationExecution", RUNBOOK, START).only_with(ENFORCED),
    row(
        Evaluator,
        "ssm:StartAutomationExecution",
        RUNBOOK_VERSIONS,
        "the same, where a version is named",
    )
    .only_with(ENFORCED),
    row(
        Evaluator,
        "ssm:StartAutomationExecution",
        RUNS,
        "the same; SSM chooses the run's id",
    )
    .only_with(ENFORCED),
    row(
        Evaluator,
        "iam:PassRole",
        AUTOMATION_ROLE,
        "SSM asks it of its caller for StartAutomationExecution with an AutomationAssumeRole",
    )
    .when(TO_SSM)
    .only_with(ENFORCED)
    .by(Service),
    row(Remediator, "cloudtrail:LookupEvents", ANY, WHO),
    row(
        Remediator,
        "ssm:DescribeAutomationExecutions",
        ANY,
        "how often the trail was repaired within the hour; SSM knows no resource for it",
    ),
    row(
        Remediator,
        "ssm:GetAutomationExecution",
        RUNS,
        "who started this run, and what the runs before it did",
    ),
    row(
        Remediator,
        "sns:Publish",
        TOPIC,
        "tells what came of a repair",
    ),
    row(
        Remediator,
        "events:PutEvents",
        BUS,
        "the same as an event for rules of yours",
    )
    .only_with(&["OwnEvents"]),
    row(Remediator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SNS)
        .only_with(&["EncryptionKeyArn"])
        .by(Platform),
    row(Remediator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SNS)
        .only_with(&["EncryptionKeyArn"])
        .by(Platform),
];
