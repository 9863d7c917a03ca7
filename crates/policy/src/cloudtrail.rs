//! What CloudTrail needs from the policy of its bucket and of its key, and how
//! to add what is missing without touching what is there.

mod bucket;
mod key;
mod merge;
mod splice;
mod statement;

pub use bucket::{BucketTarget, bucket_grants, documented_bucket_policy, merge_bucket_policy};
pub use key::{KeyTarget, documented_key_policy, key_grants, merge_key_policy};
pub use merge::{BUCKET_POLICY_LIMIT, KEY_POLICY_LIMIT, Merge, MergeError};

use crate::context::{Context, ContextValue};
use crate::decide::Decision;

/// The principal CloudTrail delivers as, in every partition.
pub const SERVICE: &str = "cloudtrail.amazonaws.com";

/// What a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantKind {
    /// Reading the ACL of the bucket, before every delivery.
    BucketAcl,
    /// Writing log files (management, data and Insights events).
    LogFiles,
    /// Writing digest files.
    Digests,
    /// Encrypting log files with the key.
    Encrypt,
    /// Describing the key.
    DescribeKey,
    /// Decrypting the bucket key of a bucket that uses S3 Bucket Keys.
    Decrypt,
}

/// One thing CloudTrail must be allowed to do, and what the policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantCheck {
    /// What it is for.
    pub kind: GrantKind,
    /// The action.
    pub action: &'static str,
    /// The ARN, or the pattern of ARNs that must be covered whole.
    pub resource: String,
    /// What the policy says.
    pub decision: Decision,
}

impl GrantCheck {
    /// Whether a statement that is not there would have to allow it.
    pub(crate) fn lacks_allow(&self) -> bool {
        self.decision == Decision::NotAllowed
    }

    /// Whether CloudTrail may do it.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allowed
    }
}

/// What is known of every call CloudTrail makes for a trail.
fn trail_context(trail_arn: &str, organization_id: Option<&str>) -> Context {
    let known = |value: Option<&str>| value.map_or(ContextValue::Unknown, ContextValue::value);
    let account = trail_arn
        .split(':')
        .nth(4)
        .filter(|account| !account.is_empty());
    Context::of_service(SERVICE)
        .with_value("aws:SourceArn", trail_arn)
        .with("aws:SourceAccount", known(account))
        .with("aws:SourceOrgID", known(organization_id))
}
