//! GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy. The text is kept byte for byte.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::s3::access::{access_denied, admit, edit, read};
use crate::services::s3::input::text;
use crate::services::s3::policy_rules::{check, is_public};
use crate::services::sts;
use crate::world::World;

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:GetBucketPolicy", None)?;
    match &read(world, &name)?.policy {
        Some(policy) => Ok(json!({"Policy": policy})),
        None => Err(
            ApiError::new("NoSuchBucketPolicy", "The bucket policy does not exist")
                .with_status(404),
        ),
    }
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let policy = text(&call.input, "Policy")?;
    let name = admit(world, call, "s3:PutBucketPolicy", None)?;
    let document = check(policy, &world.partition, &name)?;
    let block = world.services.s3.block_of(read(world, &name)?);
    if block.block_public_policy && is_public(&document) {
        return Err(access_denied(format!(
            "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \
             \"arn:{}:s3:::{name}\" because public policies are prevented by the \
             BlockPublicPolicy setting in S3 Block Public Access.",
            sts::caller_arn(world),
            world.partition
        )));
    }
    edit(world, &name)?.policy = Some(policy.to_owned());
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:DeleteBucketPolicy", None)?;
    edit(world, &name)?.policy = None;
    Ok(json!({}))
}

/// Whether the policy is public, as Block Public Access means it.
pub(super) fn status(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:GetBucketPolicyStatus", None)?;
    let policy = read(world, &name)?.policy.as_deref();
    let Some(policy) = policy else {
        let text = "The bucket policy does not exist";
        return Err(ApiError::new("NoSuchBucketPolicy", text).with_status(404));
    };
    let document = serde_json::from_str(policy).unwrap_or(Value::Null);
    Ok(json!({"PolicyStatus": {"IsPublic": is_public(&document)}}))
}
