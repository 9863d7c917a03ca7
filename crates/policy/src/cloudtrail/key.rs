//! The key policy.

use super::merge::{self, Job, KEY_POLICY_LIMIT, Merge, MergeError};
use super::splice;
use super::statement::{Draft, Operand};
use super::{GrantCheck, GrantKind, SERVICE, trail_context};
use crate::context::{Context, ContextValue};
use crate::decide::ServiceRequest;
use crate::document::Policy;
use crate::error::PolicyError;

const TRAIL_KEY: &str = "kms:EncryptionContext:aws:cloudtrail:arn";

/// A trail and the key it encrypts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTarget {
    /// The partition, such as `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The account that owns the trail.
    pub account: String,
    /// The ARN of the trail.
    pub trail_arn: String,
    /// The ARN of the key.
    pub key_arn: String,
    /// Whether the bucket uses S3 Bucket Keys, so that CloudTrail must decrypt too.
    pub bucket_keys: bool,
}

/// What a key policy says to everything CloudTrail must do for a trail.
///
/// # Errors
/// The text is not a policy.
pub fn key_grants(policy: &str, target: &KeyTarget) -> Result<Vec<GrantCheck>, PolicyError> {
    Ok(grants(Some(&Policy::parse(policy)?), target))
}

fn grants(policy: Option<&Policy<'_>>, target: &KeyTarget) -> Vec<GrantCheck> {
    let mut needed = vec![
        (GrantKind::Encrypt, "kms:GenerateDataKey"),
        (GrantKind::DescribeKey, "kms:DescribeKey"),
    ];
    if target.bucket_keys {
        needed.push((GrantKind::Decrypt, "kms:Decrypt"));
    }
    needed
        .into_iter()
        .map(|(kind, action)| check(policy, target, kind, action))
        .collect()
}

fn check(
    policy: Option<&Policy<'_>>,
    target: &KeyTarget,
    kind: GrantKind,
    action: &'static str,
) -> GrantCheck {
    let context = context(target, kind);
    let request = ServiceRequest {
        service: SERVICE,
        action,
        resource: &target.key_arn,
        context: &context,
    };
    let decision = policy.map_or(crate::decide::Decision::NotAllowed, |policy| {
        policy.decide(&request)
    });
    GrantCheck {
        kind,
        action,
        resource: target.key_arn.clone(),
        decision,
    }
}

fn context(target: &KeyTarget, kind: GrantKind) -> Context {
    let context = trail_context(&target.trail_arn, None);
    match kind {
        // CloudTrail names the trail and the object it encrypts.
        GrantKind::Encrypt => context
            .with_family("kms:EncryptionContext:", ContextValue::Absent)
            .with(TRAIL_KEY, ContextValue::value(&target.trail_arn))
            .with("kms:EncryptionContext:aws:s3:arn", ContextValue::Unknown),
        GrantKind::DescribeKey => {
            context.with_family("kms:EncryptionContext", ContextValue::Absent)
        }
        // A bucket key belongs to the bucket, not to one trail.
        _ => context,
    }
}

/// Adds the statements CloudTrail lacks to a key policy.
///
/// Every byte of the statements that are there stays as it is. There is no
/// form for a missing policy: a key always has one, and a fresh one would take
/// the key from its owner.
///
/// # Errors
/// The policy is not valid, a statement of it forbids CloudTrail (or may), the
/// result would be too large, or it holds characters KMS does not take.
pub fn merge_key_policy(policy: &str, target: &KeyTarget) -> Result<Merge, MergeError> {
    let parsed = Policy::parse(policy)?;
    let checks = grants(Some(&parsed), target);
    merge::refuse_blocked(&checks)?;
    let job = Job {
        policy: Some(&parsed),
        drafts: drafts(target, &checks),
        limit: KEY_POLICY_LIMIT,
        sid_separator: " ",
    };
    let merged = job.run(|policy| grants(Some(policy), target))?;
    if let Merge::Updated { text, .. } = &merged {
        merge::refuse_characters(text)?;
    }
    Ok(merged)
}

/// The statements AWS documents for CloudTrail, as a policy of their own: what
/// lets the owner of the key manage it is not in it.
#[must_use]
pub fn documented_key_policy(target: &KeyTarget) -> String {
    splice::fresh(&drafts(target, &grants(None, target)))
}

/// The documented statements for the grants that are missing.
fn drafts(target: &KeyTarget, checks: &[GrantCheck]) -> Vec<Draft> {
    let missing = checks.iter().filter(|check| check.lacks_allow());
    missing.map(|check| draft(target, check.kind)).collect()
}

fn draft(target: &KeyTarget, kind: GrantKind) -> Draft {
    let mut conditions = vec![Operand::new(
        "StringEquals",
        "aws:SourceArn",
        &target.trail_arn,
    )];
    let (sid, action) = match kind {
        GrantKind::Encrypt => {
            let trails = format!(
                "arn:{}:cloudtrail:*:{}:trail/*",
                target.partition, target.account
            );
            conditions.push(Operand::new("StringLike", TRAIL_KEY, &trails));
            ("Allow CloudTrail to encrypt logs", "kms:GenerateDataKey*")
        }
        GrantKind::Decrypt => ("Allow CloudTrail to decrypt bucket keys", "kms:Decrypt"),
        _ => ("Allow CloudTrail to describe key", "kms:DescribeKey"),
    };
    // In a key policy `*` is the key itself.
    Draft {
        sid,
        action,
        resources: vec!["*".to_owned()],
        conditions,
    }
}
