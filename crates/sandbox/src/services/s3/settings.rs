//! The bucket's settings: which operation reads or writes which; versioning, encryption, who pays,
//! public access block.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::services::s3::access::{admit, edit, read};
use crate::services::s3::copies;
use crate::services::s3::input::{invalid_argument, malformed_xml, optional, structure};
use crate::services::s3::ownership;
use crate::services::s3::{Bucket, Encryption, PublicAccessBlock};
use crate::world::World;

/// Answers the operations on settings; nothing for any other operation.
pub(super) fn route(world: &mut World, call: &Call) -> Option<Result<Value, ApiError>> {
    let answer = match call.operation.as_str() {
        "GetBucketVersioning" => get(world, call, "s3:GetBucketVersioning", versioning),
        "PutBucketVersioning" => put(world, call, "s3:PutBucketVersioning", put_versioning),
        "GetBucketEncryption" => get(world, call, "s3:GetEncryptionConfiguration", encryption),
        "PutBucketEncryption" => put(world, call, "s3:PutEncryptionConfiguration", put_encryption),
        "DeleteBucketEncryption" => put(world, call, "s3:PutEncryptionConfiguration", |b, _| {
            b.encryption = None;
            b.bucket_keys = false;
            Ok(())
        }),
        "GetBucketRequestPayment" => get(world, call, "s3:GetBucketRequestPayment", payment),
        "PutBucketRequestPayment" => put(world, call, "s3:PutBucketRequestPayment", put_payment),
        "GetPublicAccessBlock" => get(world, call, "s3:GetBucketPublicAccessBlock", access_block),
        "PutPublicAccessBlock" => put(world, call, PUT_BLOCK, put_access_block),
        // S3 Control's, under the names that CloudTrail and IAM know
        "GetAccountPublicAccessBlock" => told_block(world.services.s3.account_block),
        "PutAccountPublicAccessBlock" => put_account_block(world, call),
        "DeleteAccountPublicAccessBlock" => {
            world.services.s3.account_block = None;
            Ok(json!({}))
        }
        "DeletePublicAccessBlock" => put(world, call, PUT_BLOCK, |bucket, _| {
            bucket.public_access_block = None;
            Ok(())
        }),
        _ => return route_others(world, call),
    };
    Some(answer)
}

fn route_others(world: &mut World, call: &Call) -> Option<Result<Value, ApiError>> {
    let answer = match call.operation.as_str() {
        "GetBucketOwnershipControls" => get(world, call, GET_OWNERSHIP, ownership::get),
        "PutBucketOwnershipControls" => put(world, call, PUT_OWNERSHIP, ownership::put),
        "DeleteBucketOwnershipControls" => put(world, call, PUT_OWNERSHIP, |bucket, _| {
            bucket.ownership = None;
            Ok(())
        }),
        "GetObjectLockConfiguration" => get(world, call, GET_LOCK, copies::object_lock),
        "PutObjectLockConfiguration" => put(world, call, PUT_LOCK, copies::put_object_lock),
        "GetBucketReplication" => get(world, call, GET_REPLICATION, copies::replication),
        "PutBucketReplication" => copies::put_replication(world, call),
        "DeleteBucketReplication" => put(world, call, PUT_REPLICATION, |bucket, _| {
            bucket.replication = None;
            Ok(())
        }),
        "GetBucketNotificationConfiguration" => get(
            world,
            call,
            "s3:GetBucketNotification",
            copies::notification,
        ),
        "PutBucketNotificationConfiguration" => put(
            world,
            call,
            "s3:PutBucketNotification",
            copies::put_notification,
        ),
        "GetBucketLogging" => get(world, call, "s3:GetBucketLogging", copies::logging),
        "GetBucketTagging" => get(world, call, "s3:GetBucketTagging", copies::tagging),
        "PutBucketTagging" => put(world, call, PUT_TAGGING, copies::put_tagging),
        "DeleteBucketTagging" => put(world, call, PUT_TAGGING, |bucket, _| {
            bucket.tags.clear();
            Ok(())
        }),
        _ => return None,
    };
    Some(answer)
}

const GET_OWNERSHIP: &str = "s3:GetBucketOwnershipControls";
const PUT_OWNERSHIP: &str = "s3:PutBucketOwnershipControls";
const GET_LOCK: &str = "s3:GetBucketObjectLockConfiguration";
const PUT_LOCK: &str = "s3:PutBucketObjectLockConfiguration";
const GET_REPLICATION: &str = "s3:GetReplicationConfiguration";
const PUT_REPLICATION: &str = "s3:PutReplicationConfiguration";
const PUT_TAGGING: &str = "s3:PutBucketTagging";

const PUT_BLOCK: &str = "s3:PutBucketPublicAccessBlock";

fn get(
    world: &World,
    call: &Call,
    action: &str,
    show: fn(&Bucket) -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    let name = admit(world, call, action, None)?;
    show(read(world, &name)?)
}

fn put(
    world: &mut World,
    call: &Call,
    action: &str,
    change: fn(&mut Bucket, &Call) -> Result<(), ApiError>,
) -> Result<Value, ApiError> {
    let name = admit(world, call, action, None)?;
    change(edit(world, &name)?, call)?;
    Ok(json!({}))
}

fn versioning(bucket: &Bucket) -> Result<Value, ApiError> {
    Ok(match &bucket.versioning {
        Some(status) => json!({"Status": status}),
        None => json!({}),
    })
}

fn put_versioning(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    let configuration = structure(&call.input, "VersioningConfiguration")?;
    if configuration.get("MFADelete").is_some_and(|v| !v.is_null()) {
        return Err(not_implemented(call));
    }
    match optional(configuration, "Status") {
        Some("Enabled") => bucket.versioning = Some("Enabled".to_owned()),
        Some("Suspended") => {
            copies::may_suspend(bucket)?;
            bucket.versioning = Some("Suspended".to_owned());
        }
        Some(_) => return Err(malformed_xml()),
        None => {
            return Err(ApiError::new(
                "IllegalVersioningConfigurationException",
                "The Versioning element must be specified",
            ));
        }
    }
    Ok(())
}

fn encryption(bucket: &Bucket) -> Result<Value, ApiError> {
    let by_default = match &bucket.encryption {
        None => json!({"SSEAlgorithm": "AES256"}),
        Some(Encryption {
            algorithm,
            key: None,
        }) => json!({"SSEAlgorithm": algorithm}),
        Some(Encryption {
            algorithm,
            key: Some(key),
        }) => json!({"SSEAlgorithm": algorithm, "KMSMasterKeyID": key}),
    };
    Ok(json!({"ServerSideEncryptionConfiguration": {"Rules": [{
        "ApplyServerSideEncryptionByDefault": by_default,
        "BucketKeyEnabled": bucket.bucket_keys,
    }]}}))
}

fn put_encryption(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    let configuration = structure(&call.input, "ServerSideEncryptionConfiguration")?;
    let rules = configuration.get("Rules").and_then(Value::as_array);
    let Some([rule]) = rules.map(Vec::as_slice) else {
        return Err(malformed_xml());
    };
    let by_default = rule.get("ApplyServerSideEncryptionByDefault");
    let by_default = by_default.ok_or_else(malformed_xml)?;
    let key = optional(by_default, "KMSMasterKeyID");
    bucket.encryption = match (optional(by_default, "SSEAlgorithm"), key) {
        (Some("AES256"), None) => None,
        (Some("AES256"), Some(_)) => {
            let text =
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms";
            return Err(invalid_argument(text));
        }
        (Some(algorithm @ ("aws:kms" | "aws:kms:dsse")), key) => Some(Encryption {
            algorithm: algorithm.to_owned(),
            key: key.map(str::to_owned),
        }),
        _ => return Err(malformed_xml()),
    };
    bucket.bucket_keys = flag(rule, "BucketKeyEnabled");
    Ok(())
}

fn payment(bucket: &Bucket) -> Result<Value, ApiError> {
    let payer = if bucket.requester_pays {
        "Requester"
    } else {
        "BucketOwner"
    };
    Ok(json!({"Payer": payer}))
}

fn put_payment(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    let configuration = structure(&call.input, "RequestPaymentConfiguration")?;
    bucket.requester_pays = match optional(configuration, "Payer") {
        Some("Requester") => true,
        Some("BucketOwner") => false,
        _ => return Err(malformed_xml()),
    };
    Ok(())
}

fn access_block(bucket: &Bucket) -> Result<Value, ApiError> {
    told_block(bucket.public_access_block)
}

fn told_block(block: Option<PublicAccessBlock>) -> Result<Value, ApiError> {
    let Some(block) = block else {
        return Err(ApiError::new(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        )
        .with_status(404));
    };
    Ok(json!({"PublicAccessBlockConfiguration": {
        "BlockPublicAcls": block.block_public_acls,
        "IgnorePublicAcls": block.ignore_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }}))
}

fn put_access_block(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    bucket.public_access_block = Some(wanted_block(call)?);
    Ok(())
}

/// What every bucket of the account has besides its own.
fn put_account_block(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    world.services.s3.account_block = Some(wanted_block(call)?);
    Ok(json!({}))
}

fn wanted_block(call: &Call) -> Result<PublicAccessBlock, ApiError> {
    let wanted = structure(&call.input, "PublicAccessBlockConfiguration")?;
    Ok(PublicAccessBlock {
        block_public_acls: flag(wanted, "BlockPublicAcls"),
        ignore_public_acls: flag(wanted, "IgnorePublicAcls"),
        block_public_policy: flag(wanted, "BlockPublicPolicy"),
        restrict_public_buckets: flag(wanted, "RestrictPublicBuckets"),
    })
}

fn flag(structure: &Value, name: &str) -> bool {
    structure
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(false)
}
