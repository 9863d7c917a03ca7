//! What each role needs, and why.
//!
//! Words in capitals stand for what a deployment fills in: ACCOUNT, REGION and PARTITION, the
//! trail's name TRAIL, its bucket BUCKET, its key KEY, the role of its log group LOG_GROUP_ROLE,
//! and ENCRYPTION_KEY for the functions' own logs, queue and topic.

use Need::{Call, Platform, Service};
use Role::{Automation, Evaluator, Remediator};

/// A role of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Evaluator,
    Remediator,
    Automation,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Evaluator, Remediator, Automation];

    /// Its logical id in the template.
    pub(crate) fn resource(self) -> &'static str {
        match self {
            Evaluator => "EvaluatorRole",
            Remediator => "RemediatorRole",
            Automation => "AutomationRole",
        }
    }

    /// Who assumes it.
    pub(crate) fn service(self) -> &'static str {
        match self {
            Evaluator | Remediator => "lambda.amazonaws.com",
            Automation => "ssm.amazonaws.com",
        }
    }
}

/// Who makes use of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The function's code, or a step of the runbook, calls it.
    Call,
    /// Lambda does it in the function's name.
    Platform,
    /// CloudTrail checks that its caller may do it.
    Service,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permission {
    pub(crate) role: Role,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) condition: &'static str,
    /// The parameter that must differ from its default; none: always.
    pub(crate) only_with: Option<&'static str>,
    pub(crate) need: Need,
    pub(crate) why: &'static str,
}

impl Permission {
    const fn when(mut self, condition: &'static str) -> Self {
        self.condition = condition;
        self
    }

    const fn only_with(mut self, parameter: &'static str) -> Self {
        self.only_with = Some(parameter);
        self
    }

    const fn by(mut self, need: Need) -> Self {
        self.need = need;
        self
    }
}

const fn row(
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
        only_with: None,
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

const ANY: &str = "*";
const TRAILS: &str = "arn:PARTITION:cloudtrail:*:*:trail/*";
const OWN_TRAILS: &str = "arn:PARTITION:cloudtrail:*:ACCOUNT:trail/*";
const TRAIL: &str = "arn:PARTITION:cloudtrail:*:ACCOUNT:trail/TRAIL";
const BUCKETS: &str = "arn:PARTITION:s3:::*";
const BUCKET: &str = "arn:PARTITION:s3:::BUCKET";
const OWN_BUCKETS_ONLY: &str = "aws:ResourceAccount = ACCOUNT";
const OWN_KEYS: &str = "arn:PARTITION:kms:*:ACCOUNT:key/*";
const KEY: &str = "KEY";
const DEAD_LETTERS: &str = "arn:PARTITION:sqs:REGION:ACCOUNT:trailkeeper-dead-letters";
const EVALUATOR_LOGS: &str =
    "arn:PARTITION:logs:REGION:ACCOUNT:log-group:/aws/lambda/trailkeeper-evaluator:*";
const REMEDIATOR_LOGS: &str =
    "arn:PARTITION:logs:REGION:ACCOUNT:log-group:/aws/lambda/trailkeeper-remediator:*";
const REMEDIATOR: &str = "arn:PARTITION:lambda:REGION:ACCOUNT:function:trailkeeper-remediator";
const VIA_SQS: &str = "kms:ViaService = sqs.REGION.SUFFIX";
const PASSED: &str = "iam:PassedToService = cloudtrail.amazonaws.com";
const ADOPT: &str = "AdoptExistingTrail";
const ORGANIZATION: &str = "OrganizationTrail";
const ENCRYPTION: &str = "EncryptionKeyArn";

const FIND: &str = "finds the trail; CloudTrail knows no resource for it";
const STATUS: &str =
    "whether the trail records and delivers; an organization trail bears another account's id";
const SELECTORS: &str = "which events it records";
const INSIGHTS: &str = "whether Insights are on";
const POLICY: &str =
    "whether the bucket lets CloudTrail in; an intruder may have pointed the trail at any bucket";
const WHOSE: &str = "whether a bucket that refuses is this account's";
const KEY_STATE: &str = "whether the key is enabled";
const KEY_POLICY: &str = "whether the key lets CloudTrail in";
const LOG: &str = "writes the function's log";
const LETTER: &str = "keeps an event that failed three times";
const SEAL: &str = "encrypts such an event in the queue";
const ADOPTED: &str = "the same for the trail that is adopted";

/// All rows.
pub(crate) const PERMISSIONS: &[Permission] = &[
    row(Evaluator, "cloudtrail:DescribeTrails", ANY, FIND),
    row(Evaluator, "cloudtrail:ListTrails", ANY, FIND),
    row(Evaluator, "cloudtrail:GetTrailStatus", TRAILS, STATUS),
    row(Evaluator, "cloudtrail:GetEventSelectors", TRAILS, SELECTORS),
    row(
        Evaluator,
        "cloudtrail:GetInsightSelectors",
        TRAILS,
        INSIGHTS,
    ),
    row(Evaluator, "s3:GetBucketPolicy", BUCKETS, POLICY).when(OWN_BUCKETS_ONLY),
    row(Evaluator, "s3:ListAllMyBuckets", ANY, WHOSE),
    row(Evaluator, "kms:DescribeKey", OWN_KEYS, KEY_STATE),
    row(Evaluator, "kms:GetKeyPolicy", OWN_KEYS, KEY_POLICY),
    row(
        Evaluator,
        "config:PutEvaluations",
        ANY,
        "reports the verdict; AWS Config knows no resource for it",
    ),
    row(Evaluator, "logs:CreateLogStream", EVALUATOR_LOGS, LOG).by(Platform),
    row(Evaluator, "logs:PutLogEvents", EVALUATOR_LOGS, LOG).by(Platform),
    row(Evaluator, "sqs:SendMessage", DEAD_LETTERS, LETTER).by(Platform),
    row(Evaluator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(ENCRYPTION)
        .by(Platform),
    row(Evaluator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(ENCRYPTION)
        .by(Platform),
    row(Remediator, "cloudtrail:DescribeTrails", ANY, FIND),
    row(Remediator, "cloudtrail:ListTrails", ANY, FIND),
    row(Remediator, "cloudtrail:GetTrailStatus", TRAILS, STATUS),
    row(
        Remediator,
        "cloudtrail:GetEventSelectors",
        TRAILS,
        SELECTORS,
    ),
    row(
        Remediator,
        "cloudtrail:GetInsightSelectors",
        TRAILS,
        INSIGHTS,
    ),
    row(
        Remediator,
        "cloudtrail:StartLogging",
        TRAIL,
        "starts a stopped trail",
    ),
    row(
        Remediator,
        "cloudtrail:CreateTrail",
        TRAIL,
        "makes the trail where it is gone",
    ),
    row(
        Remediator,
        "cloudtrail:UpdateTrail",
        TRAIL,
        "all Regions, global events, digests, key, bucket, topic, log group",
    ),
    row(
        Remediator,
        "cloudtrail:PutEventSelectors",
        TRAIL,
        "records all management events again, and what it recorded before",
    ),
    row(
        Remediator,
        "cloudtrail:PutInsightSelectors",
        TRAIL,
        "turns Insights on",
    ),
    row(Remediator, "cloudtrail:StartLogging", OWN_TRAILS, ADOPTED).only_with(ADOPT),
    row(Remediator, "cloudtrail:UpdateTrail", OWN_TRAILS, ADOPTED).only_with(ADOPT),
    row(
        Remediator,
        "cloudtrail:PutEventSelectors",
        OWN_TRAILS,
        ADOPTED,
    )
    .only_with(ADOPT),
    row(
        Remediator,
        "cloudtrail:PutInsightSelectors",
        OWN_TRAILS,
        ADOPTED,
    )
    .only_with(ADOPT),
    row(
        Remediator,
        "s3:GetBucketPolicy",
        BUCKET,
        "whether the bucket lets CloudTrail in",
    )
    .when(OWN_BUCKETS_ONLY),
    row(
        Remediator,
        "s3:PutBucketPolicy",
        BUCKET,
        "lets CloudTrail back in; nothing in the policy is lost",
    )
    .when(OWN_BUCKETS_ONLY),
    row(Remediator, "s3:ListAllMyBuckets", ANY, WHOSE),
    row(Remediator, "kms:DescribeKey", OWN_KEYS, KEY_STATE),
    row(Remediator, "kms:GetKeyPolicy", OWN_KEYS, KEY_POLICY),
    row(
        Remediator,
        "kms:PutKeyPolicy",
        KEY,
        "lets CloudTrail back in; nothing in the policy is lost",
    )
    .only_with("RepairKey"),
    row(Remediator, "kms:EnableKey", KEY, "enables a disabled key").only_with("RepairKey"),
    row(
        Remediator,
        "kms:CancelKeyDeletion",
        KEY,
        "keeps a key that is to be deleted",
    )
    .only_with("RepairKey"),
    row(
        Remediator,
        "organizations:DescribeOrganization",
        ANY,
        "whether this account administers an organization trail",
    ),
    row(
        Remediator,
        "organizations:ListDelegatedAdministrators",
        ANY,
        "the same, for a delegated administrator",
    ),
    row(
        Remediator,
        "organizations:ListAWSServiceAccessForOrganization",
        ANY,
        "for CreateTrail and UpdateTrail of an organization trail",
    )
    .only_with(ORGANIZATION)
    .by(Service),
    row(
        Remediator,
        "iam:GetRole",
        ANY,
        "for CreateTrail and UpdateTrail of an organization trail",
    )
    .only_with(ORGANIZATION)
    .by(Service),
    row(
        Remediator,
        "iam:PassRole",
        "LOG_GROUP_ROLE",
        "for CreateTrail and UpdateTrail with a log group",
    )
    .when(PASSED)
    .only_with("TrailLogGroupRoleArn")
    .by(Service),
    row(Remediator, "logs:CreateLogStream", REMEDIATOR_LOGS, LOG).by(Platform),
    row(Remediator, "logs:PutLogEvents", REMEDIATOR_LOGS, LOG).by(Platform),
    row(
        Remediator,
        "sqs:SendMessage",
        DEAD_LETTERS,
        "keeps a failed request of those who invoke it without waiting",
    )
    .by(Platform),
    row(Remediator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(ENCRYPTION)
        .by(Platform),
    row(Remediator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(ENCRYPTION)
        .by(Platform),
    row(
        Automation,
        "lambda:InvokeFunction",
        REMEDIATOR,
        "the steps that plan, repair and look again",
    ),
    row(
        Automation,
        "cloudtrail:GetTrailStatus",
        TRAILS,
        "the last step asks CloudTrail itself whether the trail records",
    ),
];
