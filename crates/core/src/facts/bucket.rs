//! A log bucket as S3 describes it.

use crate::identity::Region;

/// What is known of a bucket of this account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketFacts {
    /// The Region the bucket lives in, where calls about it must go.
    pub region: Region,
    /// The bucket policy's text exactly as stored; none where the bucket has no policy.
    pub policy: Option<String>,
}
