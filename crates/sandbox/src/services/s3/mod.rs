//! S3: buckets, as far as a log archive and its guard need them.

mod access;
mod bucket;
mod copies;
mod delete;
mod input;
mod lifecycle;
mod list;
mod object;
mod ownership;
mod policy;
mod policy_rules;
pub(crate) mod resource_policy;
mod settings;
mod versions;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::seed::BucketSeed;
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use policy_rules::is_aws_principal;
use versions::Objects;

/// The buckets by name; names are unique across accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// The account's own public access block, which all of its buckets have besides theirs.
    pub(crate) account_block: Option<PublicAccessBlock>,
}

/// One bucket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket {
    pub(crate) owner: String,
    pub(crate) region: String,
    pub(crate) policy: Option<String>,
    pub(crate) requester_pays: bool,
    pub(crate) bucket_keys: bool,
    /// When the bucket was made.
    pub(crate) created: Timestamp,
    /// `Enabled`, `Suspended`, or never set.
    pub(crate) versioning: Option<String>,
    /// The default encryption where it is not S3's own, `AES256`.
    pub(crate) encryption: Option<Encryption>,
    /// The lifecycle rules as they were put.
    pub(crate) lifecycle: Option<Vec<Value>>,
    /// The bucket's public access block, if it has one.
    pub(crate) public_access_block: Option<PublicAccessBlock>,
    /// Who owns what others put; none: the bucket has no ownership controls.
    pub(crate) ownership: Option<String>,
    /// What the access control list grants to others than the owner.
    pub(crate) grants: Vec<Value>,
    /// The `ObjectLockConfiguration`, if there is one.
    pub(crate) object_lock: Option<Value>,
    /// The `ReplicationConfiguration`, if there is one.
    pub(crate) replication: Option<Value>,
    /// The `NotificationConfiguration`, if there is one.
    pub(crate) notification: Option<Value>,
    /// `LoggingEnabled` of the access logs, if they are on.
    pub(crate) logging: Option<Value>,
    /// The tags as they were put.
    pub(crate) tags: Vec<Value>,
    /// The objects.
    pub(crate) objects: Objects,
}

/// A bucket's default encryption with a KMS key.
#[derive(Debug, Clone)]
pub(crate) struct Encryption {
    /// `aws:kms` or `aws:kms:dsse`.
    pub(crate) algorithm: String,
    /// The key; without one it is `aws/s3`.
    pub(crate) key: Option<String>,
}

/// The four settings of a public access block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PublicAccessBlock {
    pub(crate) block_public_acls: bool,
    pub(crate) ignore_public_acls: bool,
    pub(crate) block_public_policy: bool,
    pub(crate) restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// What every new bucket has.
    pub(crate) const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

impl State {
    /// What holds for the bucket: its own settings and the account's.
    pub(crate) fn block_of(&self, bucket: &Bucket) -> PublicAccessBlock {
        let own = bucket.public_access_block.unwrap_or_default();
        let account = self.account_block.unwrap_or_default();
        PublicAccessBlock {
            block_public_acls: own.block_public_acls || account.block_public_acls,
            ignore_public_acls: own.ignore_public_acls || account.ignore_public_acls,
            block_public_policy: own.block_public_policy || account.block_public_policy,
            restrict_public_buckets: own.restrict_public_buckets || account.restrict_public_buckets,
        }
    }
}

/// One object.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    /// The content as base64 text.
    pub(crate) body: String,
    pub(crate) content_type: String,
    pub(crate) modified: Timestamp,
    /// With what it was encrypted, where that is known: an object that was put.
    pub(crate) encryption: Option<Encryption>,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let answer = route(world, call);
    if call.operation.starts_with("Head") {
        return answer.map_err(without_body);
    }
    answer
}

fn route(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateBucket" => bucket::create(world, call),
        "DeleteBucket" => bucket::delete(world, call),
        "HeadBucket" => bucket::head(world, call),
        "ListBuckets" => bucket::list(world, call),
        "GetBucketLocation" => bucket::location(world, call),
        "GetBucketAcl" => ownership::get_acl(world, call),
        "PutBucketAcl" => ownership::put_acl(world, call),
        "PutBucketLogging" => copies::put_logging(world, call),
        "GetBucketPolicy" => policy::get(world, call),
        "GetBucketPolicyStatus" => policy::status(world, call),
        "PutBucketPolicy" => policy::put(world, call),
        "DeleteBucketPolicy" => policy::delete(world, call),
        "GetBucketLifecycleConfiguration" => lifecycle::get(world, call),
        "PutBucketLifecycleConfiguration" => lifecycle::put(world, call),
        "DeleteBucketLifecycle" => lifecycle::delete(world, call),
        "PutObject" => object::put(world, call),
        "GetObject" | "HeadObject" => object::get(world, call),
        "DeleteObject" => delete::one(world, call),
        "DeleteObjects" => delete::many(world, call),
        "ListObjectsV2" => list::objects(world, call),
        "ListObjectVersions" => list::versions(world, call),
        _ => settings::route(world, call).unwrap_or_else(|| Err(not_implemented(call))),
    }
}

/// The answer to a HEAD request has no body, so that all a client learns is the status.
fn without_body(mut error: ApiError) -> ApiError {
    let (code, reason) = match error.status {
        301 => ("MovedPermanently", "Moved Permanently"),
        403 => ("Forbidden", "Forbidden"),
        404 => ("NotFound", "Not Found"),
        405 => ("MethodNotAllowed", "Method Not Allowed"),
        _ => ("BadRequest", "Bad Request"),
    };
    code.clone_into(&mut error.code);
    reason.clone_into(&mut error.message);
    error
}

/// The canonical user id of an account: 64 hexadecimal digits.
fn canonical_id(account: &str) -> String {
    format!("{account:0>64}")
}

/// Puts an object into a bucket, if there is such a bucket.
pub(crate) fn seed_object(world: &mut World, bucket: &str, key: &str, content: &[u8]) -> bool {
    let object = Object {
        body: STANDARD.encode(content),
        content_type: "binary/octet-stream".to_owned(),
        modified: world.now(),
        encryption: None,
    };
    let bucket = world.services.s3.buckets.get_mut(bucket);
    bucket.map(|bucket| bucket.keep(key, object)).is_some()
}

impl State {
    /// Puts a bucket in place for [`World::seed_bucket`].
    pub(crate) fn place(
        &mut self,
        seed: BucketSeed,
        account: String,
        region: String,
        created: Timestamp,
    ) {
        let key = |key| Encryption {
            algorithm: "aws:kms".to_owned(),
            key: Some(key),
        };
        let bucket = Bucket {
            owner: seed.owner.unwrap_or(account),
            region: seed.region.unwrap_or(region),
            policy: seed.policy,
            requester_pays: seed.requester_pays,
            bucket_keys: seed.bucket_keys,
            created,
            versioning: seed.versioning.then(|| "Enabled".to_owned()),
            encryption: seed.kms_key.map(key),
            lifecycle: Some(seed.lifecycle).filter(|rules| !rules.is_empty()),
            public_access_block: seed.public_access_block.then_some(PublicAccessBlock::ALL),
            ownership: seed.object_ownership,
            object_lock: seed.object_lock,
            replication: seed.replication,
            tags: seed.tags,
            ..Bucket::default()
        };
        self.buckets.insert(seed.name, bucket);
    }
}
