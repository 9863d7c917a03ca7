//! Small objects in memory.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::access::{admit, edit, read};
use super::input::{invalid_argument, optional, text, with};
use super::versions::Version;
use super::{Bucket, Encryption, Object};
use crate::call::{ApiError, Call};
use crate::services::kms::{self, KeyState};
use crate::services::not_implemented;
use crate::world::World;

const LONGEST_KEY: usize = 1_024;

pub(super) fn check_key(key: &str) -> Result<(), ApiError> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(ApiError::new("KeyTooLongError", "Your key is too long"));
    }
    Ok(())
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let key = text(&call.input, "Key")?;
    check_key(key)?;
    let name = admit(world, call, "s3:PutObject", Some(key))?;
    let body = optional(&call.input, "Body").unwrap_or_default();
    if content_length(body).is_none() {
        return Err(invalid_argument("the member Body is not base64 text"));
    }
    let modified = world.now();
    let bucket = edit(world, &name)?;
    if optional(&call.input, "IfNoneMatch") == Some("*") && bucket.objects.current(key).is_some() {
        let text = "At least one of the pre-conditions you specified did not hold";
        return Err(ApiError::new("PreconditionFailed", text).with_status(412));
    }
    let content_type = optional(&call.input, "ContentType").unwrap_or("binary/octet-stream");
    let object = Object {
        body: body.to_owned(),
        content_type: content_type.to_owned(),
        modified,
        encryption: encryption(&call.input, bucket),
    };
    let algorithm = algorithm(&object, bucket).to_owned();
    let answer = json!({"ETag": etag(&object), "ServerSideEncryption": algorithm});
    let id = bucket.keep(key, object);
    let told = bucket.versioning.as_ref().map(|_| id);
    Ok(with(answer, "VersionId", told))
}

impl Bucket {
    /// Keeps an object as the bucket's versioning and its Object Lock say; the version's id.
    pub(crate) fn keep(&mut self, key: &str, object: Object) -> String {
        let retention = self.retention_from(object.modified);
        let version = Version {
            id: String::new(),
            at: object.modified,
            object: Some(object),
            retention,
        };
        self.objects.add(key, self.versioning.as_deref(), version)
    }

    /// The default retention of an object that is put at `now`.
    fn retention_from(&self, now: Timestamp) -> Option<(String, Timestamp)> {
        let rule = self
            .object_lock
            .as_ref()?
            .pointer("/Rule/DefaultRetention")?;
        let days = rule.get("Days").and_then(Value::as_i64);
        let years = rule.get("Years").and_then(Value::as_i64);
        let days = days.or_else(|| years?.checked_mul(365))?;
        let hours = days.checked_mul(24)?;
        let until = now.checked_add(SignedDuration::from_hours(hours)).ok()?;
        let mode = optional(rule, "Mode")?;
        Some((mode.to_owned(), until))
    }
}

/// GetObject and HeadObject.
pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let partial = ["Range", "PartNumber"];
    if partial
        .iter()
        .any(|member| optional(&call.input, member).is_some())
    {
        return Err(not_implemented(call));
    }
    let key = text(&call.input, "Key")?;
    check_key(key)?;
    let id = optional(&call.input, "VersionId");
    let action = id.map_or("s3:GetObject", |_| "s3:GetObjectVersion");
    let name = admit(world, call, action, Some(key))?;
    let bucket = read(world, &name)?;
    let version = match id {
        Some(id) => bucket
            .objects
            .version(key, id)
            .ok_or_else(no_such_version)?,
        None => bucket.objects.newest(key).ok_or_else(no_such_key)?,
    };
    let object = version.object.as_ref().ok_or_else(|| match id {
        Some(_) => not_allowed(),
        None => no_such_key(),
    })?;
    if call.operation == "GetObject" {
        decrypt(world, object, &bucket.region)?;
    }
    let answer = json!({
        "AcceptRanges": "bytes",
        "LastModified": object.modified.as_second(),
        "ContentLength": content_length(&object.body),
        "ETag": etag(object),
        "ContentType": object.content_type,
        "ServerSideEncryption": algorithm(object, bucket),
        "Metadata": Map::new(),
    });
    let told = bucket.versioning.as_ref().map(|_| version.id.as_str());
    let answer = with(answer, "VersionId", told);
    let (mode, until) = version.retention.clone().unzip();
    let answer = with(answer, "ObjectLockMode", mode);
    let until = until.map(Timestamp::as_second);
    let answer = with(answer, "ObjectLockRetainUntilDate", until);
    let body = Some(object.body.as_str()).filter(|_| call.operation == "GetObject");
    Ok(with(answer, "Body", body))
}

fn no_such_key() -> ApiError {
    ApiError::new("NoSuchKey", "The specified key does not exist.").with_status(404)
}

fn no_such_version() -> ApiError {
    ApiError::new("NoSuchVersion", "The specified version does not exist.").with_status(404)
}

/// A delete marker has an id and no content.
fn not_allowed() -> ApiError {
    let text = "The specified method is not allowed against this resource.";
    ApiError::new("MethodNotAllowed", text).with_status(405)
}

/// What the call asks for, else the bucket's default.
fn encryption(input: &Value, bucket: &Bucket) -> Option<Encryption> {
    let Some(algorithm) = optional(input, "ServerSideEncryption") else {
        return bucket.encryption.clone();
    };
    let key = optional(input, "SSEKMSKeyId").map(str::to_owned);
    Some(Encryption {
        algorithm: algorithm.to_owned(),
        key,
    })
}

/// Whether the key of the object can be used. What is not known of a key does not matter.
fn decrypt(world: &World, object: &Object, region: &str) -> Result<(), ApiError> {
    let id = object.encryption.as_ref().and_then(|one| one.key.as_ref());
    let key = id.and_then(|id| kms::find(world, id, region));
    if key.is_some_and(|key| key.state == KeyState::Disabled) {
        let text = format!("{} is disabled.", id.map_or("", String::as_str));
        return Err(ApiError::new("KMS.DisabledException", text));
    }
    Ok(())
}

fn algorithm<'a>(object: &'a Object, bucket: &'a Bucket) -> &'a str {
    let encryption = object.encryption.as_ref().or(bucket.encryption.as_ref());
    encryption.map_or("AES256", |encryption| encryption.algorithm.as_str())
}

/// The number of bytes that base64 text stands for; nothing where the text is not base64.
pub(super) fn content_length(body: &str) -> Option<usize> {
    let data = body.trim_end_matches('=');
    let padding = body.len() - data.len();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    let good = body.len().is_multiple_of(4) && padding <= 2 && data.bytes().all(allowed);
    good.then_some(body.len() / 4 * 3 - padding.min(body.len()))
}

/// An entity tag that changes with the content; it is not the content's MD5.
pub(super) fn etag(object: &Object) -> String {
    let fold = |seed: u64| {
        object.body.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let (high, low) = (fold(0xcbf2_9ce4_8422_2325), fold(0x8422_2325_cbf2_9ce4));
    format!("\"{high:016x}{low:016x}\"")
}
