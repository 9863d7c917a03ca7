//! What else is set up on a bucket: Object Lock, replication, notifications, access logs, tags.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Bucket;
use super::access::{admit, edit, read};
use super::input::{invalid_argument, malformed_xml, optional, structure};
use crate::call::{ApiError, Call};
use crate::world::World;

const MOST_TAGS: usize = 50;

fn absent(code: &str, text: &str) -> ApiError {
    ApiError::new(code, text).with_status(404)
}

fn conflict(text: &str) -> ApiError {
    ApiError::new("InvalidBucketState", text).with_status(409)
}

pub(super) fn object_lock(bucket: &Bucket) -> Result<Value, ApiError> {
    match &bucket.object_lock {
        Some(lock) => Ok(json!({"ObjectLockConfiguration": lock})),
        None => Err(absent(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        )),
    }
}

/// Object Lock, once on, stays on; only its default retention comes and goes.
pub(super) fn put_object_lock(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    let lock = structure(&call.input, "ObjectLockConfiguration")?;
    if optional(lock, "ObjectLockEnabled") != Some("Enabled") {
        return Err(malformed_xml());
    }
    if bucket.versioning.as_deref() != Some("Enabled") {
        return Err(conflict(
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        ));
    }
    if let Some(rule) = lock.get("Rule").filter(|rule| !rule.is_null()) {
        let retention = rule.get("DefaultRetention").ok_or_else(malformed_xml)?;
        let mode = optional(retention, "Mode");
        let period = |name: &str| retention.get(name).and_then(Value::as_i64);
        match (mode, period("Days"), period("Years")) {
            (Some("GOVERNANCE" | "COMPLIANCE"), Some(n), None)
            | (Some("GOVERNANCE" | "COMPLIANCE"), None, Some(n)) => {
                if n < 1 {
                    let text = "Default retention period must be a positive integer value.";
                    return Err(invalid_argument(text));
                }
            }
            _ => return Err(malformed_xml()),
        }
    }
    bucket.object_lock = Some(lock.clone());
    Ok(())
}

/// Refuses to suspend versioning while something on the bucket needs it.
pub(super) fn may_suspend(bucket: &Bucket) -> Result<(), ApiError> {
    if bucket.object_lock.is_some() {
        return Err(conflict(
            "An Object Lock configuration is present on this bucket, so the versioning state \
             cannot be changed.",
        ));
    }
    if bucket.replication.is_some() {
        return Err(conflict(
            "A replication configuration is present on this bucket, so the versioning state \
             cannot be changed.",
        ));
    }
    Ok(())
}

pub(super) fn replication(bucket: &Bucket) -> Result<Value, ApiError> {
    match &bucket.replication {
        Some(replication) => Ok(json!({"ReplicationConfiguration": replication})),
        None => Err(absent(
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        )),
    }
}

/// The rules are kept as given; nothing is copied.
pub(super) fn put_replication(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:PutReplicationConfiguration", None)?;
    let wanted = structure(&call.input, "ReplicationConfiguration")?;
    if read(world, &name)?.versioning.as_deref() != Some("Enabled") {
        let text = "Versioning must be 'Enabled' on the bucket to apply a replication \
                    configuration";
        return Err(ApiError::new("InvalidRequest", text));
    }
    let role = optional(wanted, "Role").ok_or_else(malformed_xml)?;
    if !role.starts_with("arn:") {
        return Err(invalid_argument(
            "Invalid Role specified in replication configuration",
        ));
    }
    let rules = wanted.get("Rules").and_then(Value::as_array);
    let rules = rules.filter(|rules| !rules.is_empty());
    for rule in rules.ok_or_else(malformed_xml)? {
        check_destination(world, rule)?;
    }
    edit(world, &name)?.replication = Some(wanted.clone());
    Ok(json!({}))
}

/// The bucket to copy to keeps versions too. One that is not known here is somebody else's.
fn check_destination(world: &World, rule: &Value) -> Result<(), ApiError> {
    let to = rule.pointer("/Destination/Bucket").and_then(Value::as_str);
    let to = to.ok_or_else(malformed_xml)?;
    if !matches!(optional(rule, "Status"), Some("Enabled" | "Disabled")) {
        return Err(malformed_xml());
    }
    let name = to.rsplit(':').next().unwrap_or_default();
    let known = world.services.s3.buckets.get(name);
    if known.is_none_or(|known| known.versioning.as_deref() == Some("Enabled")) {
        return Ok(());
    }
    let text = "Destination bucket must have versioning enabled.";
    Err(ApiError::new("InvalidRequest", text))
}

/// The answer where nothing is set up is empty, not an error.
pub(super) fn notification(bucket: &Bucket) -> Result<Value, ApiError> {
    Ok(bucket.notification.clone().unwrap_or_else(|| json!({})))
}

/// Kept as given, in place of what was there; nobody is notified.
pub(super) fn put_notification(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    const LISTS: [(&str, &str); 3] = [
        ("TopicConfigurations", "TopicArn"),
        ("QueueConfigurations", "QueueArn"),
        ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    ];
    let wanted = structure(&call.input, "NotificationConfiguration")?;
    for (list, destination) in LISTS {
        let entries = wanted.get(list).and_then(Value::as_array);
        for entry in entries.into_iter().flatten() {
            let arn = optional(entry, destination).ok_or_else(malformed_xml)?;
            let events = entry.get("Events").and_then(Value::as_array);
            let events = events.filter(|events| !events.is_empty());
            events.ok_or_else(malformed_xml)?;
            if !arn.starts_with("arn:") {
                return Err(invalid_argument("The ARN is not well formed"));
            }
        }
    }
    let empty = wanted.as_object().is_none_or(serde_json::Map::is_empty);
    bucket.notification = (!empty).then(|| wanted.clone());
    Ok(())
}

/// Without access logs the answer is empty.
pub(super) fn logging(bucket: &Bucket) -> Result<Value, ApiError> {
    Ok(match &bucket.logging {
        Some(logging) => json!({"LoggingEnabled": logging}),
        None => json!({}),
    })
}

/// Kept as given; a status without `LoggingEnabled` turns access logs off.
pub(super) fn put_logging(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:PutBucketLogging", None)?;
    let status = structure(&call.input, "BucketLoggingStatus")?;
    let wanted = status.get("LoggingEnabled").filter(|v| v.is_object());
    if let Some(wanted) = wanted {
        let target = optional(wanted, "TargetBucket").ok_or_else(malformed_xml)?;
        optional(wanted, "TargetPrefix").ok_or_else(malformed_xml)?;
        let bucket = read(world, &name)?;
        let invalid = |text: &str| ApiError::new("InvalidTargetBucketForLogging", text);
        let missing = || invalid("The target bucket for logging does not exist");
        let target = world.services.s3.buckets.get(target).ok_or_else(missing)?;
        if target.owner != bucket.owner {
            return Err(invalid(
                "The owner for the bucket to be logged and the target bucket must be the same.",
            ));
        }
        if target.region != bucket.region {
            let text = "Cross S3 location logging not allowed.";
            let error = ApiError::new("CrossLocationLoggingProhibitted", text);
            return Err(error.with_status(403));
        }
    }
    edit(world, &name)?.logging = wanted.cloned();
    Ok(json!({}))
}

pub(super) fn tagging(bucket: &Bucket) -> Result<Value, ApiError> {
    if bucket.tags.is_empty() {
        return Err(absent("NoSuchTagSet", "The TagSet does not exist"));
    }
    Ok(json!({"TagSet": bucket.tags}))
}

pub(super) fn put_tagging(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    let tagging = structure(&call.input, "Tagging")?;
    let tags = tagging.get("TagSet").and_then(Value::as_array);
    let tags = tags.ok_or_else(malformed_xml)?;
    let mut keys = BTreeSet::new();
    for tag in tags {
        let key = optional(tag, "Key").ok_or_else(malformed_xml)?;
        optional(tag, "Value").ok_or_else(malformed_xml)?;
        let text = if key.is_empty() || key.chars().count() > 128 {
            "The TagKey you have provided is invalid"
        } else if key.starts_with("aws:") {
            "System tags cannot be added/updated by requester"
        } else if !keys.insert(key) {
            "Cannot provide multiple Tags with the same key"
        } else {
            continue;
        };
        return Err(ApiError::new("InvalidTag", text));
    }
    if tags.len() > MOST_TAGS {
        let text = "Bucket tag count cannot be greater than 50";
        return Err(ApiError::new("BadRequest", text));
    }
    bucket.tags = tags.clone();
    Ok(())
}
