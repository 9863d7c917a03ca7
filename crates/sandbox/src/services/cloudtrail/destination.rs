//! Whether a trail's bucket and key take its files.

use super::grant::{Delivery, Encryption};
use super::trail::Trail;
use crate::call::ApiError;
use crate::services::kms::{self, Key, KeyState};
use crate::services::s3::Bucket;
use crate::world::World;

/// Why a trail's files cannot be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    NoBucket,
    RequesterPays,
    BucketPolicy,
    NoKey,
    KeyState(KeyState),
    KeyPolicy,
}

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    Logs,
    Digests,
    Both,
}

/// What stands in the way of the trail's files, if anything does.
pub(super) fn trouble(world: &World, trail: &Trail, files: Files) -> Option<Trouble> {
    let Some(bucket) = world
        .services
        .s3
        .buckets
        .get(&trail.settings.s3_bucket_name)
    else {
        return Some(Trouble::NoBucket);
    };
    if bucket.requester_pays {
        return Some(Trouble::RequesterPays);
    }
    if !bucket_allows(world, trail, bucket, files) {
        return Some(Trouble::BucketPolicy);
    }
    // a trail without a key leaves its files to the bucket's default encryption
    let encryption = bucket.encryption.as_ref();
    let by_default = encryption.and_then(|encryption| encryption.key.as_deref());
    let key = trail.settings.kms_key_id.as_deref().or(by_default)?;
    key_trouble(world, trail, bucket, key)
}

fn key_trouble(world: &World, trail: &Trail, bucket: &Bucket, id: &str) -> Option<Trouble> {
    let named = id.split(':').nth(3).filter(|_| id.starts_with("arn:"));
    let key = kms::find(world, id, named.unwrap_or(&bucket.region));
    let Some(key) = key.filter(|key| key.region == bucket.region) else {
        return Some(Trouble::NoKey);
    };
    if key.state != KeyState::Enabled {
        return Some(Trouble::KeyState(key.state));
    }
    (!key_allows(world, trail, key, bucket)).then_some(Trouble::KeyPolicy)
}

fn bucket_allows(world: &World, trail: &Trail, bucket: &Bucket, files: Files) -> bool {
    let settings = &trail.settings;
    let organization = world.services.organizations.organization_id.as_str();
    let delivery = Delivery {
        partition: &world.partition,
        trail_arn: &trail.arn,
        bucket: &settings.s3_bucket_name,
        prefix: settings.s3_key_prefix.as_deref(),
        account: &trail.account,
        organization: Some(organization).filter(|id| !id.is_empty()),
        is_of_organization: settings.is_organization_trail,
        key: settings.kms_key_id.as_deref(),
    };
    let kinds: &[&str] = match files {
        Files::Logs => &["CloudTrail", "CloudTrail-Insight"],
        Files::Digests => &["CloudTrail-Digest"],
        Files::Both => &["CloudTrail", "CloudTrail-Insight", "CloudTrail-Digest"],
    };
    delivery.is_taken(bucket.policy.as_deref(), kinds)
}

fn key_allows(world: &World, trail: &Trail, key: &Key, bucket: &Bucket) -> bool {
    let encryption = Encryption {
        trail_arn: &trail.arn,
        key_arn: &key.arn,
        object_arn: format!(
            "arn:{}:s3:::{}/AWSLogs/{}/CloudTrail/us-east-1/log.json.gz",
            world.partition, trail.settings.s3_bucket_name, trail.account
        ),
        bucket_keys: bucket.bucket_keys,
    };
    encryption.is_allowed(&key.policy)
}

/// Refuses settings with which nothing could be delivered.
pub(super) fn refuse_trouble(world: &World, trail: &Trail) -> Result<(), ApiError> {
    let found = if trail.settings.log_file_validation_enabled {
        // what stands in the way of the log files is told first
        trouble(world, trail, Files::Both).map(|either| {
            let logs = trouble(world, trail, Files::Logs);
            logs.unwrap_or(either)
        })
    } else {
        trouble(world, trail, Files::Logs)
    };
    match found {
        None => Ok(()),
        Some(trouble) => Err(refusal(trouble, trail)),
    }
}

fn refusal(trouble: Trouble, trail: &Trail) -> ApiError {
    let bucket = &trail.settings.s3_bucket_name;
    let key = trail.settings.kms_key_id.as_deref().unwrap_or_default();
    let (code, text) = match trouble {
        Trouble::NoBucket => (
            "S3BucketDoesNotExistException",
            format!("S3 bucket {bucket} does not exist!"),
        ),
        Trouble::RequesterPays | Trouble::BucketPolicy => (
            "InsufficientS3BucketPolicyException",
            format!("Incorrect S3 bucket policy is detected for bucket: {bucket}"),
        ),
        Trouble::NoKey => (
            "KmsKeyNotFoundException",
            format!(
                "The KMS key {key} does not exist or is not in the Region of the bucket {bucket}."
            ),
        ),
        Trouble::KeyState(KeyState::Disabled) => {
            ("KmsException", format!("The KMS key {key} is disabled."))
        }
        Trouble::KeyState(_) => (
            "KmsException",
            format!("The KMS key {key} is not in a state that can be used."),
        ),
        Trouble::KeyPolicy => (
            "InsufficientEncryptionPolicyException",
            format!("Insufficient permissions to access S3 bucket {bucket} or KMS key {key}."),
        ),
    };
    ApiError::new(code, text)
}

/// The code that GetTrailStatus reports, as S3 answers the delivery.
pub(super) fn delivery_error(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NoBucket => "NoSuchBucket",
        Trouble::RequesterPays | Trouble::BucketPolicy | Trouble::KeyPolicy => "AccessDenied",
        Trouble::NoKey => "KMS.NotFoundException",
        Trouble::KeyState(KeyState::Disabled) => "KMS.DisabledException",
        Trouble::KeyState(_) => "KMS.KMSInvalidStateException",
    }
}
