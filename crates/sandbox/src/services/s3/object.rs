//! Small objects in memory. One version a key: the sandbox keeps no earlier versions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::services::s3::access::{admit, edit, read};
use crate::services::s3::input::{count, invalid_argument, optional, text, with};
use crate::services::s3::{Bucket, Object};
use crate::world::World;

const MOST_KEYS: usize = 1_000;
const LONGEST_KEY: usize = 1_024;
const TOKEN_MARK: &str = "after:";

pub(super) fn route(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    if call.operation == "ListObjectsV2" {
        return list(world, call);
    }
    if ["VersionId", "Range", "PartNumber"]
        .iter()
        .any(|member| optional(&call.input, member).is_some())
    {
        return Err(not_implemented(call));
    }
    let key = text(&call.input, "Key")?;
    if key.is_empty() || key.len() > LONGEST_KEY {
        let text = "Your key is too long";
        return Err(ApiError::new("KeyTooLongError", text));
    }
    match call.operation.as_str() {
        "PutObject" => put(world, call, key),
        "DeleteObject" => {
            let name = admit(world, call, "s3:DeleteObject", Some(key))?;
            edit(world, &name)?.objects.remove(key);
            Ok(json!({}))
        }
        _ => get(world, call, key),
    }
}

fn put(world: &mut World, call: &Call, key: &str) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:PutObject", Some(key))?;
    let body = optional(&call.input, "Body").unwrap_or_default();
    if content_length(body).is_none() {
        return Err(invalid_argument("the member Body is not base64 text"));
    }
    let modified = world.now();
    let bucket = edit(world, &name)?;
    if optional(&call.input, "IfNoneMatch") == Some("*") && bucket.objects.contains_key(key) {
        let text = "At least one of the pre-conditions you specified did not hold";
        return Err(ApiError::new("PreconditionFailed", text).with_status(412));
    }
    let content_type = optional(&call.input, "ContentType").unwrap_or("binary/octet-stream");
    let object = Object {
        body: body.to_owned(),
        content_type: content_type.to_owned(),
        modified,
    };
    let answer = json!({"ETag": etag(&object), "ServerSideEncryption": algorithm(bucket)});
    bucket.objects.insert(key.to_owned(), object);
    Ok(answer)
}

fn get(world: &World, call: &Call, key: &str) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:GetObject", Some(key))?;
    let bucket = read(world, &name)?;
    let Some(object) = bucket.objects.get(key) else {
        let text = "The specified key does not exist.";
        return Err(ApiError::new("NoSuchKey", text).with_status(404));
    };
    let answer = json!({
        "AcceptRanges": "bytes",
        "LastModified": object.modified.as_second(),
        "ContentLength": content_length(&object.body),
        "ETag": etag(object),
        "ContentType": object.content_type,
        "ServerSideEncryption": algorithm(bucket),
        "Metadata": Map::new(),
    });
    let body = Some(object.body.as_str()).filter(|_| call.operation == "GetObject");
    Ok(with(answer, "Body", body))
}

fn algorithm(bucket: &Bucket) -> &str {
    let encryption = bucket.encryption.as_ref();
    encryption.map_or("AES256", |encryption| encryption.algorithm.as_str())
}

/// The number of bytes that base64 text stands for; nothing where the text is not base64.
fn content_length(body: &str) -> Option<usize> {
    let data = body.trim_end_matches('=');
    let padding = body.len() - data.len();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    let good = body.len().is_multiple_of(4) && padding <= 2 && data.bytes().all(allowed);
    good.then_some(body.len() / 4 * 3 - padding.min(body.len()))
}

/// An entity tag that changes with the content; it is not the content's MD5.
fn etag(object: &Object) -> String {
    let fold = |seed: u64| {
        object.body.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let (high, low) = (fold(0xcbf2_9ce4_8422_2325), fold(0x8422_2325_cbf2_9ce4));
    format!("\"{high:016x}{low:016x}\"")
}

fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
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
    let objects = &read(world, &name)?.objects;
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
    objects: &'a BTreeMap<String, Object>,
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
