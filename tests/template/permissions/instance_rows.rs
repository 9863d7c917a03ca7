//! What the instances need: the rule, the events, and the runbooks.

use super::table::Need::{Platform, Service};
use super::table::Role::{Attach, Detach, Evaluator};
use super::table::{Permission, row};

const ANY: &str = "*";
const PROFILES: &str = "arn:PARTITION:iam::ACCOUNT:instance-profile/*";
const ROLES: &str = "arn:PARTITION:iam::ACCOUNT:role/*";
const POLICIES: &str = "arn:PARTITION:iam::ACCOUNT:policy/*";
const POLICIES_OF_AWS: &str = "arn:PARTITION:iam::aws:policy/*";
const RULES: &str = "arn:PARTITION:config:REGION:ACCOUNT:config-rule/*";
const TOPIC: &str = "arn:PARTITION:sns:REGION:ACCOUNT:trailkeeper-notifications";
const APPROVAL_TOPICS: &str = "arn:PARTITION:sns:REGION:ACCOUNT:Automation*";
const RUNS: &str = "arn:PARTITION:ssm:REGION:ACCOUNT:automation-execution/*";
const INSTANCES: &str = "arn:PARTITION:ec2:REGION:ACCOUNT:instance/*";
const DETACHABLE: &str = "DETACHABLE_ROLES";

const RULE: &[&str] = &["DeployInstanceRule"];
const EVENTS: &[&str] = &["DeployInstanceRule", "EventMode"];
const SEALED_EVENTS: &[&str] = &["DeployInstanceRule", "EventMode", "EncryptionKeyArn"];
const PROFILE: &[&str] = &["DeployInstanceRule", "InstanceProfileArn"];
const REPLACEMENT: &[&str] = &[
    "DeployInstanceRule",
    "InstanceProfileArn",
    "AllowProfileReplacement",
];
const REMOVAL: &[&str] = &["DeployInstanceRule", "DetachableRoleArns"];
const RESTORE: &[&str] = &[
    "DeployInstanceRule",
    "DetachableRoleArns",
    "AllowPolicyRestore",
];

const TO_EC2: &str = "iam:PassedToService = ec2.SUFFIX";
const THE_PROFILE: &str = "ec2:NewInstanceProfile = PROFILE";
const OLD_PROFILE_BACK: &str = "ec2:NewInstanceProfile = REPLACEABLE_PROFILES";
const OLD_PROFILE: &str = "ec2:InstanceProfile = REPLACEABLE_PROFILES";
const FROM_OLD_TO_THE_PROFILE: &str =
    "ec2:InstanceProfile = REPLACEABLE_PROFILES, ec2:NewInstanceProfile = PROFILE";
const ONLY_THE_MARK: &str = "aws:RequestTag/trailkeeper:profile-replacement = *, \
     aws:TagKeys = trailkeeper:profile-replacement";

const RECORDERS: &str = "whether instances are recorded at all; asked for all recorders";
const IN_THE_POLICIES: &str = "what the role may do";
const SIZE: &str = "whether one listing is cheaper than single reads; IAM knows no resource for it";
const SEAL: &str = "SNS encrypts the message with the topic's key";
const PASS: &str = "EC2 asks it of its caller for AssociateIamInstanceProfile (Amazon EC2 User \
     Guide, \"Grant permissions to attach an IAM role to an instance\")";
const HAS_IT: &str = "whether the role has the policy, before and after";

/// The rows.
pub(super) const ROWS: &[Permission] = &[
    row(
        Evaluator,
        "config:SelectResourceConfig",
        ANY,
        "finds the instances, and those with a profile; AWS Config knows no resource for it",
    )
    .only_with(RULE),
    row(
        Evaluator,
        "config:GetResourceConfigHistory",
        ANY,
        "the item of a notice that was too large to hold it; AWS Config knows no resource for it",
    )
    .only_with(RULE),
    row(
        Evaluator,
        "config:DescribeConfigurationRecorders",
        ANY,
        RECORDERS,
    )
    .only_with(RULE),
    row(
        Evaluator,
        "config:DescribeConfigurationRecorderStatus",
        ANY,
        RECORDERS,
    )
    .only_with(RULE),
    row(
        Evaluator,
        "config:GetComplianceDetailsByConfigRule",
        RULES,
        "which results are of instances that are gone; AWS Config chooses the rule's id",
    )
    .only_with(RULE),
    row(
        Evaluator,
        "iam:GetInstanceProfile",
        PROFILES,
        "which role a profile holds",
    )
    .only_with(RULE),
    row(Evaluator, "iam:GetRole", ROLES, "the role's boundary").only_with(RULE),
    row(Evaluator, "iam:ListRolePolicies", ROLES, IN_THE_POLICIES).only_with(RULE),
    row(Evaluator, "iam:GetRolePolicy", ROLES, IN_THE_POLICIES).only_with(RULE),
    row(
        Evaluator,
        "iam:ListAttachedRolePolicies",
        ROLES,
        IN_THE_POLICIES,
    )
    .only_with(RULE),
    row(Evaluator, "iam:GetPolicy", POLICIES, IN_THE_POLICIES).only_with(RULE),
    row(Evaluator, "iam:GetPolicy", POLICIES_OF_AWS, IN_THE_POLICIES).only_with(RULE),
    row(Evaluator, "iam:GetPolicyVersion", POLICIES, IN_THE_POLICIES).only_with(RULE),
    row(
        Evaluator,
        "iam:GetPolicyVersion",
        POLICIES_OF_AWS,
        IN_THE_POLICIES,
    )
    .only_with(RULE),
    row(Evaluator, "iam:GetAccountSummary", ANY, SIZE).only_with(RULE),
    row(
        Evaluator,
        "iam:GetAccountAuthorizationDetails",
        ANY,
        "that listing; IAM knows no resource for it",
    )
    .only_with(RULE),
    row(
        Evaluator,
        "ec2:DescribeInstances",
        ANY,
        "the profile that a launched instance really has; EC2 knows no resource for it",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "iam:ListInstanceProfilesForRole",
        ROLES,
        "which profiles a changed role is in",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "iam:ListEntitiesForPolicy",
        POLICIES,
        "which roles a changed policy is on",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "config:DescribeConfigRules",
        ANY,
        "what the rule demands; AWS Config knows no resource for it",
    )
    .only_with(EVENTS),
    row(
        Evaluator,
        "config:StartConfigRulesEvaluation",
        RULES,
        "has the instances judged again after a change of a role; AWS Config chooses the rule's id",
    )
    .only_with(EVENTS),
    row(Evaluator, "sns:Publish", TOPIC, "tells of an event").only_with(EVENTS),
    row(Evaluator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when("kms:ViaService = sns.REGION.SUFFIX")
        .only_with(SEALED_EVENTS)
        .by(Platform),
    row(Evaluator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when("kms:ViaService = sns.REGION.SUFFIX")
        .only_with(SEALED_EVENTS)
        .by(Platform),
    row(
        Attach,
        "ec2:DescribeInstances",
        ANY,
        "whether the instance runs; EC2 knows no resource for it",
    )
    .only_with(PROFILE),
    row(
        Attach,
        "ec2:DescribeIamInstanceProfileAssociations",
        ANY,
        "which profile it has; EC2 knows no resource for it",
    )
    .only_with(PROFILE),
    row(
        Attach,
        "iam:GetInstanceProfile",
        "PROFILE",
        "its ARN and role, where the profile is given by name",
    )
    .only_with(PROFILE),
    row(
        Attach,
        "ec2:AssociateIamInstanceProfile",
        INSTANCES,
        "attaches the profile",
    )
    .when(THE_PROFILE)
    .only_with(PROFILE),
    row(Attach, "iam:PassRole", "PROFILE_ROLE", PASS)
        .when(TO_EC2)
        .only_with(PROFILE)
        .by(Service),
    row(
        Attach,
        "ec2:DescribeTags",
        ANY,
        "whether the profile was replaced today; EC2 knows no resource for it",
    )
    .only_with(REPLACEMENT),
    row(Attach, "ec2:CreateTags", INSTANCES, "marks the replacement")
        .when(ONLY_THE_MARK)
        .only_with(REPLACEMENT),
    row(
        Attach,
        "ec2:ReplaceIamInstanceProfileAssociation",
        INSTANCES,
        "replaces the profile of a running instance",
    )
    .when(FROM_OLD_TO_THE_PROFILE)
    .only_with(REPLACEMENT),
    row(
        Attach,
        "ec2:DisassociateIamInstanceProfile",
        INSTANCES,
        "takes the old profile off a stopped instance",
    )
    .when(OLD_PROFILE)
    .only_with(REPLACEMENT),
    row(
        Attach,
        "ec2:AssociateIamInstanceProfile",
        INSTANCES,
        "puts it back if the new one cannot be attached",
    )
    .when(OLD_PROFILE_BACK)
    .only_with(REPLACEMENT),
    row(Attach, "iam:PassRole", "REPLACEABLE_ROLES", PASS)
        .when(TO_EC2)
        .only_with(REPLACEMENT)
        .by(Service),
    row(
        Detach,
        "iam:GetRole",
        DETACHABLE,
        "says why a run fails that was not told enough",
    )
    .only_with(REMOVAL),
    row(Detach, "iam:ListAttachedRolePolicies", DETACHABLE, HAS_IT).only_with(REMOVAL),
    row(Detach, "iam:ListRolePolicies", DETACHABLE, HAS_IT).only_with(REMOVAL),
    row(
        Detach,
        "iam:GetRolePolicy",
        DETACHABLE,
        "keeps an inline policy's document",
    )
    .only_with(REMOVAL),
    row(Detach, "iam:GetPolicy", POLICIES, HAS_IT).only_with(REMOVAL),
    row(Detach, "iam:GetPolicy", POLICIES_OF_AWS, HAS_IT).only_with(REMOVAL),
    row(
        Detach,
        "iam:DetachRolePolicy",
        DETACHABLE,
        "takes a managed policy off",
    )
    .only_with(REMOVAL),
    row(
        Detach,
        "iam:DeleteRolePolicy",
        DETACHABLE,
        "takes an inline policy off",
    )
    .only_with(REMOVAL),
    row(
        Detach,
        "sns:Publish",
        APPROVAL_TOPICS,
        "SSM tells the topic of a request for approval; its name must begin so",
    )
    .only_with(REMOVAL)
    .by(Platform),
    row(
        Detach,
        "iam:AttachRolePolicy",
        DETACHABLE,
        "puts a managed policy back",
    )
    .only_with(RESTORE),
    row(
        Detach,
        "iam:PutRolePolicy",
        DETACHABLE,
        "puts an inline policy back",
    )
    .only_with(RESTORE),
    row(
        Detach,
        "ssm:GetAutomationExecution",
        RUNS,
        "the document that the run of the removal kept",
    )
    .only_with(RESTORE),
];
