//! The buckets themselves: create, delete, find, list.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::s3::access::{admit, read};
use crate::services::s3::input::{count, invalid_argument, optional, text, with};
use crate::services::s3::ownership;
use crate::services::s3::{Bucket, PublicAccessBlock, canonical_id};
use crate::world::World;

const MOST_BUCKETS: usize = 10_000;
const TOKEN_MARK: &str = "after:";

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = text(&call.input, "Bucket")?;
    check_name(name)?;
    let region = wanted_region(call)?;
    let ownership = ownership::wanted(call)?;
    // a bucket made for Object Lock has versioning from the start
    let lock = call.input.get("ObjectLockEnabledForBucket") == Some(&Value::Bool(true));
    match world.services.s3.buckets.get(name) {
        Some(bucket) if bucket.owner != world.account_id => Err(taken()),
        // us-east-1 alone answers a repeated creation with success
        Some(bucket) if bucket.region != "us-east-1" || region != "us-east-1" => Err(own_already()),
        Some(_) => Ok(created(world, name, &region)),
        None => {
            let bucket = Bucket {
                owner: world.account_id.clone(),
                region: region.clone(),
                created: world.now(),
                public_access_block: Some(PublicAccessBlock::ALL),
                ownership: Some(ownership),
                versioning: lock.then(|| "Enabled".to_owned()),
                object_lock: lock.then(|| json!({"ObjectLockEnabled": "Enabled"})),
                ..Bucket::default()
            };
            world.services.s3.buckets.insert(name.to_owned(), bucket);
            Ok(created(world, name, &region))
        }
    }
}

fn created(world: &World, name: &str, region: &str) -> Value {
    let location = if region == "us-east-1" {
        format!("/{name}")
    } else {
        format!("http://{name}.s3.amazonaws.com/")
    };
    json!({"Location": location, "BucketArn": arn(world, name)})
}

fn arn(world: &World, name: &str) -> String {
    format!("arn:{}:s3:::{name}", world.partition)
}

fn taken() -> ApiError {
    ApiError::new(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users \
         of the system. Please select a different name and try again.",
    )
    .with_status(409)
}

fn own_already() -> ApiError {
    let text = "Your previous request to create the named bucket succeeded and you already own it.";
    ApiError::new("BucketAlreadyOwnedByYou", text).with_status(409)
}

/// 3..63 of a-z, 0-9, dot and hyphen; letter or digit at both ends; no two dots; no IPv4 address.
fn check_name(name: &str) -> Result<(), ApiError> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut bytes = name.bytes();
    let ends = bytes.next().is_some_and(allowed) && bytes.next_back().is_some_and(allowed);
    let good = (3..=63).contains(&name.len())
        && ends
        && name.bytes().all(|b| allowed(b) || b == b'.' || b == b'-')
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err();
    if good {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidBucketName",
        "The specified bucket is not valid.",
    ))
}

/// The Region in which CreateBucket makes the bucket; the us-east-1 endpoint makes it anywhere.
fn wanted_region(call: &Call) -> Result<String, ApiError> {
    let configuration = call.input.get("CreateBucketConfiguration");
    let constraint = configuration.and_then(|c| optional(c, "LocationConstraint"));
    match constraint {
        None if call.region == "us-east-1" => Ok(call.region.clone()),
        Some("us-east-1") if call.region == "us-east-1" => Err(ApiError::new(
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
        )),
        Some(region) if region == call.region || call.region == "us-east-1" => {
            Ok(region.to_owned())
        }
        other => Err(ApiError::new(
            "IllegalLocationConstraintException",
            format!(
                "The {} location constraint is incompatible for the region specific endpoint this \
                 request was sent to.",
                other.unwrap_or("unspecified")
            ),
        )),
    }
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:DeleteBucket", None)?;
    if !read(world, &name)?.objects.is_empty() {
        let text = "The bucket you tried to delete is not empty. You must delete all versions in \
                    the bucket.";
        return Err(ApiError::new("BucketNotEmpty", text).with_status(409));
    }
    world.services.s3.buckets.remove(&name);
    Ok(json!({}))
}

pub(super) fn head(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:ListBucket", None)?;
    let bucket = read(world, &name)?;
    Ok(json!({
        "BucketArn": arn(world, &name),
        "BucketRegion": bucket.region,
        "AccessPointAlias": false,
    }))
}

pub(super) fn location(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:GetBucketLocation", None)?;
    let region = &read(world, &name)?.region;
    let constraint = Some(region).filter(|region| *region != "us-east-1");
    Ok(json!({"LocationConstraint": constraint}))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = &call.input;
    let most = count(input, "MaxBuckets", MOST_BUCKETS)?;
    if !(1..=MOST_BUCKETS).contains(&most) {
        let text = "Argument max-buckets must be an integer between 1 and 10000";
        return Err(invalid_argument(text));
    }
    let after = match optional(input, "ContinuationToken") {
        None => "",
        Some(token) => token
            .strip_prefix(TOKEN_MARK)
            .ok_or_else(|| invalid_argument("The continuation token provided is incorrect"))?,
    };
    let prefix = optional(input, "Prefix");
    let region = optional(input, "BucketRegion");
    let mut found = world.services.s3.buckets.iter().filter(|(name, bucket)| {
        bucket.owner == world.account_id
            && name.as_str() > after
            && prefix.is_none_or(|prefix| name.starts_with(prefix))
            && region.is_none_or(|region| bucket.region == region)
    });
    // a request with any parameter is answered with the buckets' Regions
    let with_region = input.as_object().is_some_and(|members| !members.is_empty());
    let page: Vec<_> = found.by_ref().take(most).collect();
    let answer = json!({
        "Buckets": page.iter().map(|(name, b)| entry(name, b, with_region)).collect::<Vec<_>>(),
        "Owner": {"ID": canonical_id(&world.account_id)},
    });
    let last = page.last().filter(|_| found.next().is_some());
    let token = last.map(|(last, _)| format!("{TOKEN_MARK}{last}"));
    let answer = with(answer, "ContinuationToken", token);
    Ok(with(answer, "Prefix", prefix))
}

fn entry(name: &str, bucket: &Bucket, with_region: bool) -> Value {
    let entry = json!({"Name": name, "CreationDate": bucket.created.as_second()});
    let region = Some(bucket.region.as_str()).filter(|_| with_region);
    with(entry, "BucketRegion", region)
}
