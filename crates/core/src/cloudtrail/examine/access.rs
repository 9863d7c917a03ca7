//! What bucket and key tell: that they are there, and that CloudTrail may use them.

use std::collections::BTreeSet;

use trailkeeper_policy::Decision;
use trailkeeper_policy::cloudtrail::{
    BucketTarget, GrantCheck, GrantKind, KeyTarget, bucket_grants, key_grants,
};

use super::super::reads::key_arn;
use super::{Checks, Subject, wants_digests};
use crate::cloudtrail::{Requirements, TrailView};
use crate::facts::{BucketFacts, Fact, KeyFacts, KeyState, Trail};
use crate::identity::{Arn, Region};

/// What the trail asks of its bucket's policy for its own account's folder.
pub fn bucket_target(trail: &Trail) -> BucketTarget {
    BucketTarget {
        partition: trail.arn.partition.clone(),
        bucket: trail.bucket.clone(),
        // empty where a repair takes a prefix away
        prefix: trail.key_prefix.clone().filter(|one| !one.is_empty()),
        log_accounts: vec![trail.arn.account.clone()],
        organization_id: None,
        trail_arn: trail.arn.to_string(),
        kms_key_arn: trail.kms_key_id.clone(),
    }
}

/// What the trail asks of the policy of `key`.
pub fn key_target(trail: &Trail, key: &Arn) -> KeyTarget {
    KeyTarget {
        partition: trail.arn.partition.clone(),
        account: trail.arn.account.clone(),
        trail_arn: trail.arn.to_string(),
        key_arn: key.to_string(),
        bucket_keys: false,
    }
}

pub(super) fn key_missing(subject: &Subject<'_>) -> Option<String> {
    let absent = subject.view.key.as_ref().is_some_and(Fact::is_absent);
    let id = subject.trail().kms_key_id.as_deref()?;
    absent.then(|| format!("{id} does not exist (NotFoundException)"))
}

pub(super) fn key_disabled(subject: &Subject<'_>) -> Option<String> {
    let key = known_key(subject)?;
    (key.state == KeyState::Disabled).then(|| format!("{} is Disabled", key.arn))
}

pub(super) fn key_pending_deletion(subject: &Subject<'_>) -> Option<String> {
    let key = known_key(subject)?;
    (key.state == KeyState::PendingDeletion).then(|| format!("{} is PendingDeletion", key.arn))
}

pub(super) fn key_unusable(subject: &Subject<'_>) -> Option<String> {
    let key = known_key(subject)?;
    match &key.state {
        KeyState::Other(state) => Some(format!("{} is {state}", key.arn)),
        KeyState::Enabled | KeyState::Disabled | KeyState::PendingDeletion => None,
    }
}

pub(super) fn key_refuses(subject: &Subject<'_>) -> Option<String> {
    let checks = subject.key.as_ref()?.as_ref().ok()?;
    let arn = key_arn(subject.trail())?;
    refusal(checks).map(|reason| format!("{arn}: {reason}"))
}

pub(super) fn bucket_missing(subject: &Subject<'_>) -> Option<String> {
    let absent = subject.view.bucket.as_ref().is_some_and(Fact::is_absent);
    absent.then(|| format!("{} does not exist (NoSuchBucket)", subject.trail().bucket))
}

pub(super) fn bucket_not_ours(subject: &Subject<'_>) -> Option<String> {
    is_not_ours(subject).then(|| {
        let (bucket, account) = (&subject.trail().bucket, &subject.caller.account);
        format!("{bucket} does not belong to account {account}")
    })
}

/// S3 denied the bucket's policy because another account owns the bucket.
pub(super) fn is_not_ours(subject: &Subject<'_>) -> bool {
    matches!(subject.view.bucket, Some(Fact::Denied(_)))
        && matches!(subject.view.owns_bucket, Some(Fact::Known(false)))
}

pub(super) fn bucket_refuses(subject: &Subject<'_>) -> Option<String> {
    let checks = subject.bucket.as_ref()?.as_ref().ok()?;
    refusal(checks).map(|reason| format!("{}: {reason}", subject.trail().bucket))
}

/// Asks the bucket's policy, where it was read.
pub(super) fn bucket_checks(requirements: &Requirements, view: &TrailView) -> Option<Checks> {
    let facts = view.bucket.as_ref().and_then(Fact::known)?;
    let policy = facts.policy.as_deref();
    if view.trail.is_organization_trail != Some(true) {
        return Some(checks_of(requirements, &view.trail, policy, None));
    }
    let mut asked = organization_ids(policy.unwrap_or_default())
        .into_iter()
        .map(|id| checks_of(requirements, &view.trail, policy, Some(id)));
    let first = asked.next()?;
    let is_open = |checks: &Checks| {
        checks
            .as_ref()
            .is_ok_and(|checks| refusal(checks).is_none())
    };
    if is_open(&first) {
        return Some(first);
    }
    Some(asked.find(is_open).unwrap_or(first))
}

fn checks_of(
    requirements: &Requirements,
    trail: &Trail,
    policy: Option<&str>,
    organization_id: Option<String>,
) -> Checks {
    let concerned =
        |check: &GrantCheck| check.kind != GrantKind::Digests || wants_digests(requirements, trail);
    let target = BucketTarget {
        organization_id,
        ..bucket_target(trail)
    };
    bucket_grants(policy, &target)
        .map(|checks| checks.into_iter().filter(concerned).collect())
        .map_err(|error| error.to_string())
}

/// The organizations that a policy can be about: the ids in its text, else any. The account's own
/// id would take a call to AWS Organizations, which the judgement does without; that a policy is
/// open to the wrong organization only shows at its delivery fields and in a repair's plan.
fn organization_ids(policy: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let words = policy.split(|c: char| !is_part(c));
    let mut ids: BTreeSet<String> = words
        .filter(|word| {
            let id = word.strip_prefix("o-").unwrap_or_default();
            (10..=32).contains(&id.len()) && !id.contains('-')
        })
        .map(str::to_owned)
        .collect();
    if ids.is_empty() {
        ids.insert("o-0000000000".to_owned());
    }
    ids
}

/// Asks the key's policy, where it was read.
pub(super) fn key_checks(view: &TrailView) -> Option<Checks> {
    let policy = view.key_policy.as_ref().and_then(Fact::known)?;
    let arn = key_arn(&view.trail)?;
    let checks = key_grants(policy, &key_target(&view.trail, &arn));
    Some(checks.map_err(|error| error.to_string()))
}

/// Whether the bucket is closed to the trail under this policy, for certain.
pub(crate) fn is_refused_by_bucket(trail: &Trail, region: &Region, policy: &str) -> bool {
    let mut view = TrailView::described(trail.clone());
    view.bucket = Some(Fact::Known(BucketFacts {
        region: region.clone(),
        policy: Some(policy.to_owned()),
    }));
    is_refused(bucket_checks(&Requirements::default(), &view))
}

/// Whether the trail's key is closed to it under this policy, for certain.
pub(crate) fn is_refused_by_key(trail: &Trail, policy: &str) -> bool {
    let mut view = TrailView::described(trail.clone());
    view.key_policy = Some(Fact::Known(policy.to_owned()));
    is_refused(key_checks(&view))
}

/// A policy that cannot be read grants nothing.
fn is_refused(checks: Option<Checks>) -> bool {
    checks.is_some_and(|checks| checks.map_or(true, |checks| refusal(&checks).is_some()))
}

/// Why CloudTrail is refused for certain. A Deny that may or may not apply refuses nothing: the
/// delivery fields tell.
fn refusal(checks: &[GrantCheck]) -> Option<String> {
    checks.iter().find_map(|check| match &check.decision {
        Decision::NotAllowed => Some(format!("nothing allows {}", check.action)),
        Decision::Denied { statement } => Some(format!("{statement} denies {}", check.action)),
        Decision::Allowed | Decision::Undetermined { .. } => None,
    })
}

/// What a policy may or may not deny.
pub(super) fn undetermined(checks: &[GrantCheck]) -> Option<String> {
    checks.iter().find_map(|check| match &check.decision {
        Decision::Undetermined { statement } => {
            Some(format!("{statement} may deny {}", check.action))
        }
        _ => None,
    })
}

fn known_key<'s>(subject: &'s Subject<'_>) -> Option<&'s KeyFacts> {
    subject.view.key.as_ref().and_then(Fact::known)
}
