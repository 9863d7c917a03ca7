//! What the trail needs: the rule, the repair and the runbook; and what every function needs.

use super::table::Need::{Platform, Service};
use super::table::Role::{Automation, Evaluator, Remediator};
use super::table::{Permission, row};

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
/// Its reads are needed where the rule is.
pub(crate) const TRAIL_RULE: &[&str] = &["DeployTrailRule"];
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
const LOG: &str = "Lambda writes the function's log";
const LETTER: &str = "Lambda keeps an event that failed three times";
const SEAL: &str = "Lambda encrypts such an event in the queue";
const ORGANIZATION_CALLER: &str = "CloudTrail asks it of its caller for CreateTrail and UpdateTrail \
     of an organization trail (AWS CloudTrail User Guide, \"Prepare for creating a trail for your \
     organization\", among the minimum permissions)";
const LOG_GROUP_CALLER: &str = "CloudTrail asks it of its caller for CreateTrail and UpdateTrail \
     with a log group (AWS CloudTrail User Guide, \"Troubleshooting AWS CloudTrail identity and \
     access\")";
const ADOPTED: &str = "the same for the trail that is adopted";

/// The rows.
pub(super) const ROWS: &[Permission] = &[
    row(Evaluator, "cloudtrail:DescribeTrails", ANY, FIND).only_with(TRAIL_RULE),
    row(Evaluator, "cloudtrail:ListTrails", ANY, FIND).only_with(TRAIL_RULE),
    row(Evaluator, "cloudtrail:GetTrailStatus", TRAILS, STATUS).only_with(TRAIL_RULE),
    row(Evaluator, "cloudtrail:GetEventSelectors", TRAILS, SELECTORS).only_with(TRAIL_RULE),
    row(
        Evaluator,
        "cloudtrail:GetInsightSelectors",
        TRAILS,
        INSIGHTS,
    )
    .only_with(TRAIL_RULE),
    row(Evaluator, "s3:GetBucketPolicy", BUCKETS, POLICY)
        .when(OWN_BUCKETS_ONLY)
        .only_with(TRAIL_RULE),
    row(Evaluator, "s3:ListAllMyBuckets", ANY, WHOSE).only_with(TRAIL_RULE),
    row(Evaluator, "kms:DescribeKey", OWN_KEYS, KEY_STATE).only_with(TRAIL_RULE),
    row(Evaluator, "kms:GetKeyPolicy", OWN_KEYS, KEY_POLICY).only_with(TRAIL_RULE),
    row(
        Evaluator,
        "config:PutEvaluations",
        ANY,
        "reports the verdicts; AWS Config knows no resource for it",
    ),
    row(Evaluator, "logs:CreateLogStream", EVALUATOR_LOGS, LOG).by(Platform),
    row(Evaluator, "logs:PutLogEvents", EVALUATOR_LOGS, LOG).by(Platform),
    row(Evaluator, "sqs:SendMessage", DEAD_LETTERS, LETTER).by(Platform),
    row(Evaluator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(&[ENCRYPTION])
        .by(Platform),
    row(Evaluator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(&[ENCRYPTION])
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
    row(Remediator, "cloudtrail:StartLogging", OWN_TRAILS, ADOPTED).only_with(&[ADOPT]),
    row(Remediator, "cloudtrail:UpdateTrail", OWN_TRAILS, ADOPTED).only_with(&[ADOPT]),
    row(
        Remediator,
        "cloudtrail:PutEventSelectors",
        OWN_TRAILS,
        ADOPTED,
    )
    .only_with(&[ADOPT]),
    row(
        Remediator,
        "cloudtrail:PutInsightSelectors",
        OWN_TRAILS,
        ADOPTED,
    )
    .only_with(&[ADOPT]),
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
    .only_with(&["RepairKey"]),
    row(Remediator, "kms:EnableKey", KEY, "enables a disabled key").only_with(&["RepairKey"]),
    row(
        Remediator,
        "kms:CancelKeyDeletion",
        KEY,
        "keeps a key that is to be deleted",
    )
    .only_with(&["RepairKey"]),
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
        ORGANIZATION_CALLER,
    )
    .only_with(&[ORGANIZATION])
    .by(Service),
    row(Remediator, "iam:GetRole", ANY, ORGANIZATION_CALLER)
        .only_with(&[ORGANIZATION])
        .by(Service),
    row(
        Remediator,
        "iam:PassRole",
        "LOG_GROUP_ROLE",
        LOG_GROUP_CALLER,
    )
    .when(PASSED)
    .only_with(&["TrailLogGroupRoleArn"])
    .by(Service),
    row(Remediator, "logs:CreateLogStream", REMEDIATOR_LOGS, LOG).by(Platform),
    row(Remediator, "logs:PutLogEvents", REMEDIATOR_LOGS, LOG).by(Platform),
    row(
        Remediator,
        "sqs:SendMessage",
        DEAD_LETTERS,
        "Lambda keeps a failed request of those who invoke it without waiting",
    )
    .by(Platform),
    row(Remediator, "kms:GenerateDataKey", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(&[ENCRYPTION])
        .by(Platform),
    row(Remediator, "kms:Decrypt", "ENCRYPTION_KEY", SEAL)
        .when(VIA_SQS)
        .only_with(&[ENCRYPTION])
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
