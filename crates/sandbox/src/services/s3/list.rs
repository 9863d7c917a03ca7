//! ListObjectsV2 and ListObjectVersions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Object;
use super::access::{admit, read};
use super::input::{count, invalid_argument, optional, with};
use super::object::{content_length, etag};
use super::versions::Version;
use crate::call::{ApiError, Call};
use crate::world::World;

const MOST_KEYS: usize = 1_000;
const TOKEN_MARK: &str = "after:";

pub(super) fn objects(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:ListBucket", None)?;
    let input = &call.input;
    let most = count(input, "MaxKeys", MOST_KEYS)?.min(MOST_KEYS);
    let prefix = optional(input, "Prefix").unwrap_or_default();
    let delimiter = optional(input, "Delimiter").filter(|d| !d.is_empty());
    let after = match optional(input, "ContinuationToken") {
        Some(token) => token
            .strip_prefix(TOKEN_MARK)
            .ok_or_else(|| invalid_argument("The continuation token provided is incorrect"))?,
        None => optional(input, "StartAfter").unwrap_or_default(),
    };
    let objects = read(world, &name)?.objects.all_current();
    let page = page(objects, prefix, delimiter, after, most);
    let groups = page.groups.iter().map(|group| json!({"Prefix": group}));
    let answer = json!({
        "Name": name,
        "Prefix": prefix,
        "MaxKeys": most,
        "KeyCount": page.size(),
        "IsTruncated": page.truncated,
        "Contents": page.contents,
        "CommonPrefixes": groups.collect::<Vec<_>>(),
    });
    let token = page.truncated.then(|| format!("{TOKEN_MARK}{}", page.last));
    Ok(with(answer, "NextContinuationToken", token))
}

/// One page of a listing: keys, and the groups that stand for the keys under them.
#[derive(Default)]
struct Page<'a> {
    contents: Vec<Value>,
    groups: BTreeSet<&'a str>,
    last: &'a str,
    truncated: bool,
}

impl Page<'_> {
    fn size(&self) -> usize {
        self.contents.len() + self.groups.len()
    }
}

fn page<'a>(
    objects: impl Iterator<Item = (&'a String, &'a Object)>,
    prefix: &str,
    delimiter: Option<&str>,
    after: &str,
    most: usize,
) -> Page<'a> {
    let mut page = Page::default();
    for (key, object) in objects {
        let group = delimiter.and_then(|delimiter| group_of(key, prefix, delimiter));
        // a group that ended the page before covers all its keys
        let passed = key.as_str() <= after || group.is_some_and(|group| group == after);
        if passed || !key.starts_with(prefix) || group.is_some_and(|g| page.groups.contains(g)) {
            continue;
        }
        if page.size() == most {
            page.truncated = most > 0;
            break;
        }
        page.last = group.unwrap_or(key);
        match group {
            Some(group) => drop(page.groups.insert(group)),
            None => page.contents.push(entry(key, object)),
        }
    }
    page
}

/// The key up to the first delimiter after the prefix: the group under which it is rolled up.
fn group_of<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    let rest = key.strip_prefix(prefix)?;
    let end = prefix.len() + rest.find(delimiter)? + delimiter.len();
    key.get(..end)
}

fn entry(key: &str, object: &Object) -> Value {
    json!({
        "Key": key,
        "LastModified": object.modified.as_second(),
        "ETag": etag(object),
        "Size": content_length(&object.body),
        "StorageClass": "STANDARD",
    })
}

/// All versions and delete markers, the newest of a key first. Groups by a delimiter are left out.
pub(super) fn versions(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:ListBucketVersions", None)?;
    let input = &call.input;
    let most = count(input, "MaxKeys", MOST_KEYS)?.min(MOST_KEYS);
    let prefix = optional(input, "Prefix").unwrap_or_default();
    let key_marker = optional(input, "KeyMarker").unwrap_or_default();
    let id_marker = optional(input, "VersionIdMarker").filter(|id| !id.is_empty());
    if id_marker.is_some() && key_marker.is_empty() {
        let text = "A version-id marker cannot be specified without a key marker.";
        return Err(invalid_argument(text));
    }
    let keys = read(world, &name)?.objects.all();
    let keys = keys.filter(|(key, _)| key.starts_with(prefix) && key.as_str() >= key_marker);
    let mut rest = keys.flat_map(|(key, versions)| {
        let at = versions
            .iter()
            .position(|v| Some(v.id.as_str()) == id_marker);
        // the marker is the last that was told: only older versions of its key are left
        let left = if key == key_marker && !key_marker.is_empty() {
            at.unwrap_or_default()
        } else {
            versions.len()
        };
        let newest = versions.len();
        let numbered = versions.iter().enumerate().take(left).rev();
        numbered.map(move |(number, version)| (key, version, number + 1 == newest))
    });
    let (mut objects, mut markers, mut last) = (Vec::new(), Vec::new(), None);
    for (key, version, latest) in rest.by_ref().take(most) {
        let list = match version.object {
            Some(_) => &mut objects,
            None => &mut markers,
        };
        list.push(version_entry(key, version, latest));
        last = Some((key.clone(), version.id.clone()));
    }
    let truncated = rest.next().is_some();
    let answer = json!({
        "Name": name,
        "Prefix": prefix,
        "KeyMarker": key_marker,
        "MaxKeys": most,
        "IsTruncated": truncated,
        "Versions": objects,
        "DeleteMarkers": markers,
    });
    let Some((key, id)) = last.filter(|_| truncated) else {
        return Ok(answer);
    };
    let answer = with(answer, "NextKeyMarker", Some(key));
    Ok(with(answer, "NextVersionIdMarker", Some(id)))
}

fn version_entry(key: &str, version: &Version, latest: bool) -> Value {
    let common = json!({
        "Key": key,
        "VersionId": version.id,
        "IsLatest": latest,
        "LastModified": version.at.as_second(),
    });
    let Some(object) = &version.object else {
        return common;
    };
    let common = with(common, "ETag", Some(etag(object)));
    let common = with(common, "Size", content_length(&object.body));
    with(common, "StorageClass", Some("STANDARD"))
}
