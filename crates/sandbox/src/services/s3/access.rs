//! The gate before every bucket operation: existence, Region, owner and policy, in S3's order.

use crate::call::{ApiError, Call};
use crate::services::s3::Bucket;
use crate::services::s3::input::text;
use crate::services::s3::resource_policy::{Request, Verdict, judge};
use crate::services::sts;
use crate::world::World;

/// The operations on the policy itself: open to identities of the owner's account only.
const OWNER_ONLY: [&str; 3] = [
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
];

/// Lets a call on a bucket in and returns the bucket's name.
pub(super) fn admit(
    world: &World,
    call: &Call,
    action: &str,
    key: Option<&str>,
) -> Result<String, ApiError> {
    let name = text(&call.input, "Bucket")?;
    let expected = expected_owner(call)?;
    let bucket = world
        .services
        .s3
        .buckets
        .get(name)
        .ok_or_else(no_such_bucket)?;
    check_region(bucket, call)?;
    if expected.is_some_and(|owner| owner != bucket.owner) {
        return Err(access_denied("Access Denied"));
    }
    let mut resource = format!("arn:{}:s3:::{name}", world.partition);
    if let Some(key) = key {
        resource = format!("{resource}/{key}");
    }
    check_policy(world, bucket, action, &resource)?;
    Ok(name.to_owned())
}

/// The bucket under a name that [`admit`] returned.
pub(super) fn read<'a>(world: &'a World, name: &str) -> Result<&'a Bucket, ApiError> {
    let buckets = &world.services.s3.buckets;
    buckets.get(name).ok_or_else(no_such_bucket)
}

/// The same, to change it.
pub(super) fn edit<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Bucket, ApiError> {
    let buckets = &mut world.services.s3.buckets;
    buckets.get_mut(name).ok_or_else(no_such_bucket)
}

pub(super) fn access_denied(text: impl Into<String>) -> ApiError {
    ApiError::new("AccessDenied", text).with_status(403)
}

fn no_such_bucket() -> ApiError {
    ApiError::new("NoSuchBucket", "The specified bucket does not exist").with_status(404)
}

fn expected_owner(call: &Call) -> Result<Option<&str>, ApiError> {
    let Some(owner) = call
        .input
        .get("ExpectedBucketOwner")
        .and_then(|v| v.as_str())
    else {
        return Ok(None);
    };
    if owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Some(owner));
    }
    Err(ApiError::new(
        "InvalidBucketOwnerAWSAccountID",
        "The value of the expected bucket owner parameter must be an AWS account ID",
    ))
}

/// A bucket answers in its own Region; its location alone can be asked in us-east-1 too.
fn check_region(bucket: &Bucket, call: &Call) -> Result<(), ApiError> {
    let located = call.operation == "GetBucketLocation" && call.region == "us-east-1";
    if bucket.region == call.region || located {
        return Ok(());
    }
    let mut error = ApiError::new(
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. \
         Please send all future requests to this endpoint.",
    )
    .with_status(301);
    error.region_hint = Some(bucket.region.clone());
    Err(error)
}

fn check_policy(
    world: &World,
    bucket: &Bucket,
    action: &str,
    resource: &str,
) -> Result<(), ApiError> {
    let principals = sts::caller_principals(world);
    let request = Request {
        principals: &principals,
        action,
        resource,
    };
    let verdict = bucket
        .policy
        .as_deref()
        .map_or(Verdict::Silent, |policy| judge(policy, &request));
    let own = bucket.owner == world.account_id;
    match verdict {
        Verdict::Denied => Err(access_denied(format!(
            "User: {} is not authorized to perform: {action} on resource: \"{resource}\" with an \
             explicit deny in a resource-based policy",
            sts::caller_arn(world)
        ))),
        Verdict::Allowed if !own && OWNER_ONLY.contains(&action) => Err(ApiError::new(
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        )
        .with_status(405)),
        Verdict::Silent if !own => Err(access_denied("Access Denied")),
        _ => Ok(()),
    }
}
