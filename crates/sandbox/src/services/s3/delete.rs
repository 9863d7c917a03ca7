//! DeleteObject and DeleteObjects.

use serde_json::{Value, json};

use super::access::{access_denied, admit, edit, read};
use super::input::{malformed_xml, optional, structure, text, with};
use super::object::check_key;
use super::versions::Version;
use crate::call::{ApiError, Call};
use crate::world::World;

/// Keys in one call of DeleteObjects.
const MOST_KEYS: usize = 1_000;

pub(super) fn one(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let key = text(&call.input, "Key")?;
    check_key(key)?;
    let id = optional(&call.input, "VersionId");
    remove(world, call, key, id)
}

/// Deletes each key by itself; what is refused for one key stands under `Errors`.
pub(super) fn many(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let wanted = structure(&call.input, "Delete")?;
    let keys = wanted.get("Objects").and_then(Value::as_array);
    let keys = keys.ok_or_else(malformed_xml)?;
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err(malformed_xml());
    }
    let quiet = wanted.get("Quiet").and_then(Value::as_bool) == Some(true);
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for wanted in keys {
        let key = optional(wanted, "Key").ok_or_else(malformed_xml)?;
        let id = optional(wanted, "VersionId");
        match remove(world, call, key, id) {
            Ok(done) if !quiet => deleted.push(told(key, id, &done)),
            Ok(_) => {}
            Err(error) if error.code == "AccessDenied" => {
                let entry = json!({"Key": key, "Code": error.code, "Message": error.message});
                errors.push(with(entry, "VersionId", id));
            }
            // the bucket is the trouble, not the key
            Err(error) => return Err(error),
        }
    }
    Ok(json!({"Deleted": deleted, "Errors": errors}))
}

/// An entry of `Deleted`: a marker that was made has its id in a member of its own.
fn told(key: &str, id: Option<&str>, done: &Value) -> Value {
    let marker = done.get("DeleteMarker").cloned();
    let made = done.get("VersionId").cloned();
    let entry = with(json!({"Key": key}), "VersionId", id);
    let made = marker.is_some().then_some(made).flatten();
    let entry = with(entry, "DeleteMarkerVersionId", made);
    with(entry, "DeleteMarker", marker)
}

/// Deletes a version for good, or puts a marker where versioning is or was on.
fn remove(world: &mut World, call: &Call, key: &str, id: Option<&str>) -> Result<Value, ApiError> {
    if let Some(id) = id {
        return remove_version(world, call, key, id);
    }
    let name = admit(world, call, "s3:DeleteObject", Some(key))?;
    let at = world.now();
    let bucket = edit(world, &name)?;
    let Some(versioning) = bucket.versioning.clone() else {
        bucket.objects.forget(key);
        return Ok(json!({}));
    };
    let marker = Version {
        id: String::new(),
        object: None,
        at,
        retention: None,
    };
    let id = bucket.objects.add(key, Some(&versioning), marker);
    Ok(json!({"DeleteMarker": true, "VersionId": id}))
}

fn remove_version(world: &mut World, call: &Call, key: &str, id: &str) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:DeleteObjectVersion", Some(key))?;
    let now = world.now();
    let bypass = call.input.get("BypassGovernanceRetention") == Some(&Value::Bool(true));
    let version = read(world, &name)?.objects.version(key, id);
    let retention = version.and_then(|version| version.retention.as_ref());
    let kept =
        retention.is_some_and(|(mode, until)| *until > now && !(bypass && mode == "GOVERNANCE"));
    if kept {
        let text = "Access Denied because object protected by object lock.";
        return Err(access_denied(text));
    }
    let gone = edit(world, &name)?.objects.remove(key, id);
    let marker = gone.filter(|gone| gone.object.is_none()).map(|_| true);
    Ok(with(json!({"VersionId": id}), "DeleteMarker", marker))
}
