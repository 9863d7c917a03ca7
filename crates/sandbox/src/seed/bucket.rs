//! A bucket that exists already.

use serde_json::Value;

use crate::services::s3;
use crate::world::World;

/// A bucket to set up. The default is a healthy private log bucket of the sandbox's account in
/// the sandbox's Region that still lacks a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct BucketSeed {
    /// The bucket's name.
    pub name: String,
    /// The owning account; none: the sandbox's.
    pub owner: Option<String>,
    /// The Region; none: the sandbox's.
    pub region: Option<String>,
    /// The policy's text, kept as it is; none: the bucket has no policy.
    pub policy: Option<String>,
    /// Whether requesters pay.
    pub requester_pays: bool,
    /// Whether versioning is on.
    pub versioning: bool,
    /// The KMS key of the default encryption; none: S3's own keys.
    pub kms_key: Option<String>,
    /// Whether the default encryption uses an S3 Bucket Key.
    pub bucket_keys: bool,
    /// Lifecycle rules as PutBucketLifecycleConfiguration takes them; empty: no configuration.
    pub lifecycle: Vec<Value>,
    /// Whether the bucket has a public access block with all four settings on; false: it has none.
    pub public_access_block: bool,
    /// Who owns what others put: `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`;
    /// none: the bucket has no ownership controls.
    pub object_ownership: Option<String>,
    /// The `ObjectLockConfiguration` in the form of the API model; none: no Object Lock.
    pub object_lock: Option<Value>,
    /// The `ReplicationConfiguration` in the form of the API model; none: no replication.
    pub replication: Option<Value>,
    /// The tags in the form of the API model, each with `Key` and `Value`.
    pub tags: Vec<Value>,
}

impl Default for BucketSeed {
    fn default() -> Self {
        Self {
            name: "trail-logs".to_owned(),
            owner: None,
            region: None,
            policy: None,
            requester_pays: false,
            versioning: true,
            kms_key: None,
            bucket_keys: false,
            lifecycle: Vec::new(),
            public_access_block: true,
            object_ownership: Some("BucketOwnerEnforced".to_owned()),
            object_lock: None,
            replication: None,
            tags: Vec::new(),
        }
    }
}

impl World {
    /// Sets up a bucket, in place of one of the same name.
    pub fn seed_bucket(&mut self, seed: BucketSeed) {
        let created = self.now();
        let (account, region) = (self.account_id.clone(), self.region.clone());
        self.services.s3.place(seed, account, region, created);
    }

    /// Puts an object into a bucket, as a new version where the bucket keeps versions; whether
    /// there is such a bucket.
    pub fn seed_object(&mut self, bucket: &str, key: &str, content: &[u8]) -> bool {
        s3::seed_object(self, bucket, key, content)
    }
}

/// The bucket policy that AWS documents for one trail: CloudTrail may check the bucket and write
/// `account`'s logs under `prefix`, for `trail_arn` only.
pub fn cloudtrail_bucket_policy(
    partition: &str,
    bucket: &str,
    prefix: Option<&str>,
    account: &str,
    trail_arn: &str,
) -> String {
    let folder = prefix.map_or_else(String::new, |prefix| format!("{prefix}/"));
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Sid": "AWSCloudTrailAclCheck20150319",
      "Effect": "Allow",
      "Principal": {{"Service": "cloudtrail.amazonaws.com"}},
      "Action": "s3:GetBucketAcl",
      "Resource": "arn:{partition}:s3:::{bucket}",
      "Condition": {{"StringEquals": {{"aws:SourceArn": "{trail_arn}"}}}}
    }},
    {{
      "Sid": "AWSCloudTrailWrite20150319",
      "Effect": "Allow",
      "Principal": {{"Service": "cloudtrail.amazonaws.com"}},
      "Action": "s3:PutObject",
      "Resource": "arn:{partition}:s3:::{bucket}/{folder}AWSLogs/{account}/*",
      "Condition": {{"StringEquals": {{"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": "{trail_arn}"}}}}
    }}
  ]
}}"#
    )
}
