//! What the rule `guard` needs.

use super::table::Role::Evaluator;
use super::table::{Permission, row};

const ANY: &str = "*";
const RULES: &str = "arn:PARTITION:config:REGION:ACCOUNT:config-rule/*";
const REMEDIATIONS: &str = "arn:PARTITION:config:REGION:ACCOUNT:remediation-configuration/*";
const RECORDERS: &str = "arn:PARTITION:config:REGION:ACCOUNT:configuration-recorder/*";
const EVENT_RULES: &str = "arn:PARTITION:events:REGION:ACCOUNT:rule/trailkeeper-*";
const FUNCTIONS: &str = "arn:PARTITION:lambda:REGION:ACCOUNT:function:trailkeeper-*";
const RESTORE: &str = "arn:PARTITION:ssm:REGION:ACCOUNT:document/Trailkeeper-RestoreCloudTrail";
const ATTACH: &str = "arn:PARTITION:ssm:REGION:ACCOUNT:document/Trailkeeper-AttachInstanceProfile";
const DETACH: &str = "arn:PARTITION:ssm:REGION:ACCOUNT:document/Trailkeeper-DetachPolicy";
const OWN_ROLES: &str = "arn:PARTITION:iam::ACCOUNT:role/trailkeeper-*";
const POLICIES: &str = "arn:PARTITION:iam::ACCOUNT:policy/*";
const POLICIES_OF_AWS: &str = "arn:PARTITION:iam::aws:policy/*";
const DETECTORS: &str = "arn:PARTITION:guardduty:REGION:ACCOUNT:detector/*";
const FILTERS: &str = "arn:PARTITION:guardduty:REGION:ACCOUNT:detector/*/filter/*";

const GUARD: &[&str] = &["DeployTrailRule", "DeployGuardRule"];
const REPAIR: &[&str] = &["DeployTrailRule", "DeployGuardRule", "GuardRepair"];
const GUARD_DUTY: &[&str] = &["DeployTrailRule", "DeployGuardRule", "WatchGuardDuty"];

const RULE: &str =
    "whether the rules are there and demand the same; AWS Config knows no resource for it";
const RECORDER: &str = "whether AWS Config records; asked for all recorders";
const REMEDIATION: &str = "whether what the rules find is repaired; AWS Config chooses the id";
const CHANNEL: &str = "whether AWS Config has somewhere to deliver to; it knows no resource for it";
const EXCEPTIONS: &str = "what AWS Config does not repair any more; it knows no resource for it";
const VERDICTS: &str =
    "whether an excepted resource is healthy again; AWS Config chooses the rule's id";
const EVENT_RULE: &str = "whether events still arrive";
const FUNCTION: &str = "whether the functions may run, with which code and settings";
const FUNCTION_POLICY: &str = "who may invoke them";
const RUNBOOK: &str = "whether the runbook is there, and which version of it is the default";
const RUNS: &str = "how often the runbooks ran within the hour; SSM knows no resource for it";
const ROLE: &str = "whether the roles are there, whom they trust, and as a baseline has them";
const ROLE_POLICY: &str = "what a role gets by its boundary or an attached policy";
const WATCHES: &str = "whether GuardDuty watches";
const HIDES: &str = "whether a filter hides its findings";

/// The rows.
pub(super) const ROWS: &[Permission] = &[
    row(Evaluator, "config:DescribeConfigRules", ANY, RULE).only_with(GUARD),
    row(
        Evaluator,
        "config:DescribeConfigurationRecorders",
        ANY,
        RECORDER,
    )
    .only_with(GUARD),
    row(
        Evaluator,
        "config:DescribeConfigurationRecorderStatus",
        ANY,
        RECORDER,
    )
    .only_with(GUARD),
    row(Evaluator, "config:DescribeDeliveryChannels", ANY, CHANNEL).only_with(GUARD),
    row(
        Evaluator,
        "config:DescribeRemediationExceptions",
        ANY,
        EXCEPTIONS,
    )
    .only_with(GUARD),
    row(
        Evaluator,
        "config:DescribeRemediationConfigurations",
        REMEDIATIONS,
        REMEDIATION,
    )
    .only_with(GUARD),
    row(
        Evaluator,
        "config:GetComplianceDetailsByConfigRule",
        RULES,
        VERDICTS,
    )
    .only_with(GUARD),
    row(Evaluator, "events:DescribeRule", EVENT_RULES, EVENT_RULE).only_with(GUARD),
    row(
        Evaluator,
        "events:ListTargetsByRule",
        EVENT_RULES,
        EVENT_RULE,
    )
    .only_with(GUARD),
    row(
        Evaluator,
        "lambda:GetFunctionConfiguration",
        FUNCTIONS,
        FUNCTION,
    )
    .only_with(GUARD),
    row(
        Evaluator,
        "lambda:GetFunctionConcurrency",
        FUNCTIONS,
        FUNCTION,
    )
    .only_with(GUARD),
    row(Evaluator, "lambda:GetPolicy", FUNCTIONS, FUNCTION_POLICY).only_with(GUARD),
    row(Evaluator, "ssm:DescribeDocument", RESTORE, RUNBOOK).only_with(GUARD),
    row(Evaluator, "ssm:DescribeDocument", ATTACH, RUNBOOK).only_with(GUARD),
    row(Evaluator, "ssm:DescribeDocument", DETACH, RUNBOOK).only_with(GUARD),
    row(Evaluator, "ssm:DescribeAutomationExecutions", ANY, RUNS).only_with(GUARD),
    row(Evaluator, "iam:GetRole", OWN_ROLES, ROLE).only_with(GUARD),
    row(Evaluator, "iam:ListRolePolicies", OWN_ROLES, ROLE).only_with(GUARD),
    row(Evaluator, "iam:GetRolePolicy", OWN_ROLES, ROLE).only_with(GUARD),
    row(Evaluator, "iam:ListAttachedRolePolicies", OWN_ROLES, ROLE).only_with(GUARD),
    row(Evaluator, "iam:GetPolicy", POLICIES, ROLE_POLICY).only_with(GUARD),
    row(Evaluator, "iam:GetPolicy", POLICIES_OF_AWS, ROLE_POLICY).only_with(GUARD),
    row(Evaluator, "iam:GetPolicyVersion", POLICIES, ROLE_POLICY).only_with(GUARD),
    row(
        Evaluator,
        "iam:GetPolicyVersion",
        POLICIES_OF_AWS,
        ROLE_POLICY,
    )
    .only_with(GUARD),
    row(Evaluator, "guardduty:ListDetectors", ANY, WATCHES).only_with(GUARD_DUTY),
    row(Evaluator, "guardduty:GetDetector", DETECTORS, WATCHES).only_with(GUARD_DUTY),
    row(Evaluator, "guardduty:ListFilters", ANY, HIDES).only_with(GUARD_DUTY),
    row(Evaluator, "guardduty:GetFilter", FILTERS, HIDES).only_with(GUARD_DUTY),
    row(
        Evaluator,
        "config:StartConfigurationRecorder",
        RECORDERS,
        "starts a recorder that was stopped",
    )
    .only_with(REPAIR),
    row(
        Evaluator,
        "config:DeleteRemediationExceptions",
        ANY,
        "of what is healthy again; AWS Config knows no resource for it",
    )
    .only_with(REPAIR),
    row(
        Evaluator,
        "events:EnableRule",
        EVENT_RULES,
        "enables a rule of this stack that was disabled",
    )
    .only_with(REPAIR),
];
