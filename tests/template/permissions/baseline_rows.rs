//! What a baseline, the check of log files and a bucket that is made again need.

use super::table::Need::{Platform, Service};
use super::table::Role::{Evaluator, Remediator};
use super::table::{Permission, row};

const TRAILS: &str = "arn:PARTITION:cloudtrail:*:*:trail/*";
const TRAIL: &str = "arn:PARTITION:cloudtrail:*:ACCOUNT:trail/TRAIL";
const BUCKET: &str = "arn:PARTITION:s3:::BUCKET";
const BASELINES: &str = "arn:PARTITION:s3:::BUCKET/trailkeeper/*";
const DIGESTS: &str = "arn:PARTITION:s3:::BUCKET/*AWSLogs/*";
const OWN_BUCKET_ONLY: &str = "aws:ResourceAccount = ACCOUNT";

const COMPARED: &[&str] = &["DeployTrailRule", "BaselineSha256"];
const CHECKED: &[&str] = &["DeployTrailRule", "CheckLogFiles"];
const CHECKED_AND_SEALED: &[&str] = &["DeployTrailRule", "CheckLogFiles", "TrailKmsKeyArn"];
const BASELINE: &[&str] = &["BaselineSha256"];
const RECREATED: &[&str] = &["RecreateBucket"];

const DOCUMENT: &str = "the baseline";
const IS_GONE: &str = "whether a baseline is gone; without it S3 calls that denied";
const TAGS: &str = "whether the trail's tags are as they were";
const SETTING: &str = "whether the bucket is as it was";
const BACK: &str = "as it was in the baseline";
const IS_CLOSED: &str = "whether a bucket that was made again is closed and keeps versions";

/// The rows.
pub(super) const ROWS: &[Permission] = &[
    row(Evaluator, "s3:GetObject", BASELINES, DOCUMENT).only_with(COMPARED),
    row(Evaluator, "s3:ListBucket", BUCKET, IS_GONE)
        .only_with(COMPARED)
        .by(Service),
    row(Evaluator, "cloudtrail:ListTags", TRAILS, TAGS).only_with(COMPARED),
    row(Evaluator, "s3:GetBucketVersioning", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetBucketPublicAccessBlock", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetEncryptionConfiguration", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetLifecycleConfiguration", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetBucketRequestPayment", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetBucketOwnershipControls", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetBucketAcl", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(
        Evaluator,
        "s3:GetBucketObjectLockConfiguration",
        BUCKET,
        SETTING,
    )
    .when(OWN_BUCKET_ONLY)
    .only_with(COMPARED),
    row(Evaluator, "s3:GetReplicationConfiguration", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetBucketNotification", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:GetBucketLogging", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(COMPARED),
    row(Evaluator, "s3:ListBucket", BUCKET, "the newest digests").only_with(CHECKED),
    row(
        Evaluator,
        "s3:GetObject",
        DIGESTS,
        "a digest, and whether the log files that it names are there",
    )
    .only_with(CHECKED),
    row(Evaluator, "kms:Decrypt", "KEY", "S3 decrypts the digest")
        .when("kms:ViaService = s3.*.SUFFIX")
        .only_with(CHECKED_AND_SEALED)
        .by(Platform),
    row(Remediator, "s3:GetObject", BASELINES, DOCUMENT).only_with(BASELINE),
    row(Remediator, "s3:ListBucket", BUCKET, IS_GONE)
        .only_with(BASELINE)
        .by(Service),
    row(Remediator, "cloudtrail:ListTags", TRAILS, TAGS).only_with(BASELINE),
    row(
        Remediator,
        "cloudtrail:AddTags",
        TRAIL,
        "tags as they were in the baseline; none is taken away",
    )
    .only_with(BASELINE),
    row(Remediator, "s3:GetBucketVersioning", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetBucketPublicAccessBlock", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetEncryptionConfiguration", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetLifecycleConfiguration", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetBucketRequestPayment", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetBucketOwnershipControls", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetBucketAcl", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(
        Remediator,
        "s3:GetBucketObjectLockConfiguration",
        BUCKET,
        SETTING,
    )
    .when(OWN_BUCKET_ONLY)
    .only_with(BASELINE),
    row(
        Remediator,
        "s3:GetReplicationConfiguration",
        BUCKET,
        SETTING,
    )
    .when(OWN_BUCKET_ONLY)
    .only_with(BASELINE),
    row(Remediator, "s3:GetBucketNotification", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetBucketLogging", BUCKET, SETTING)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:GetBucketVersioning", BUCKET, IS_CLOSED)
        .when(OWN_BUCKET_ONLY)
        .only_with(RECREATED),
    row(
        Remediator,
        "s3:GetBucketPublicAccessBlock",
        BUCKET,
        IS_CLOSED,
    )
    .when(OWN_BUCKET_ONLY)
    .only_with(RECREATED),
    row(Remediator, "s3:PutBucketVersioning", BUCKET, BACK)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:PutEncryptionConfiguration", BUCKET, BACK)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:PutLifecycleConfiguration", BUCKET, BACK)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:PutBucketRequestPayment", BUCKET, BACK)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:PutBucketOwnershipControls", BUCKET, BACK)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(Remediator, "s3:PutBucketAcl", BUCKET, BACK)
        .when(OWN_BUCKET_ONLY)
        .only_with(BASELINE),
    row(
        Remediator,
        "s3:CreateBucket",
        BUCKET,
        "makes the bucket again where it is gone",
    )
    .only_with(RECREATED),
    row(
        Remediator,
        "s3:PutBucketPublicAccessBlock",
        BUCKET,
        "closes the bucket that was made again",
    )
    .when(OWN_BUCKET_ONLY)
    .only_with(RECREATED),
    row(
        Remediator,
        "s3:PutBucketVersioning",
        BUCKET,
        "so that it keeps what is overwritten",
    )
    .when(OWN_BUCKET_ONLY)
    .only_with(RECREATED),
];
