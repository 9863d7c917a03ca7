//! What has to be done to the bucket and the key before the trail can use them.

use trailkeeper_policy::cloudtrail::{
    BucketTarget, Merge, MergeError, merge_bucket_policy, merge_key_policy,
};

use super::goal::Goal;
use super::plan::PlannedStep;
use super::step::Step;
use super::survey::Survey;
use crate::cloudtrail::examine::{bucket_target, key_target};
use crate::facts::{BucketFacts, Fact, KeyFacts, KeyState};
use crate::identity::Caller;
use crate::remediation::Entry;

/// The steps for one store, what cannot be done about it, and whether CloudTrail would refuse a
/// trail that uses it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct StoreSteps {
    pub(crate) steps: Vec<PlannedStep>,
    pub(crate) remaining: Vec<Entry>,
    pub(crate) blocked: bool,
    /// It is blocked only because it could not be looked at; whether CloudTrail would refuse it is
    /// not known.
    pub(crate) unread: bool,
}

impl StoreSteps {
    fn block(&mut self, code: &str, text: impl Into<String>) {
        self.remaining.push(Entry::new(code, text));
        self.blocked = true;
    }
}

/// The bucket policy, where the bucket is this account's.
pub(crate) fn bucket_steps(goal: &Goal, caller: &Caller, survey: &Survey) -> StoreSteps {
    let mut result = StoreSteps::default();
    let trail = &survey.wanted.trail;
    let created = creation(goal, survey);
    let facts = match &survey.wanted.bucket {
        // another account's bucket: its policy is that account's to keep
        None => return result,
        Some(Fact::Known(facts)) => facts.clone(),
        Some(_) if created.is_some() => {
            result.steps.extend(created);
            // nothing can be put into the bucket before it is there
            if !goal.plan_only {
                result.blocked = true;
                return result;
            }
            BucketFacts {
                region: survey.bucket_hint.clone(),
                policy: None,
            }
        }
        // the examination names what is wrong with it
        Some(Fact::Denied(_) | Fact::Unavailable(_)) => {
            result.blocked = true;
            result.unread = !survey.wanted.bucket.as_ref().is_some_and(Fact::is_absent)
                && survey.wanted.owns_bucket != Some(Fact::Known(false));
            return result;
        }
    };
    let target = target_of(survey);
    match merge_bucket_policy(facts.policy.as_deref(), &target) {
        Ok(Merge::NotNeeded) => {}
        Ok(Merge::Updated { text, added }) => {
            let step = Step::PutBucketPolicy {
                bucket: trail.bucket.clone(),
                region: facts.region.clone(),
                owner: caller.account.clone(),
                policy: text,
                existed: facts.policy.is_some(),
            };
            let change = format!("policy of {} + {}", trail.bucket, added.join(", "));
            result
                .steps
                .push(PlannedStep::new(step, "bucket-refuses-cloudtrail", change));
        }
        // whether that Deny matters cannot be known beforehand; the examination notes it, and the
        // trail's own delivery fields will tell
        Err(MergeError::Undetermined { .. }) => {}
        Err(error) => {
            let text = format!("bucket policy of {}: {error}", trail.bucket);
            result.block(error.code(), text);
        }
    }
    result
}

/// CreateBucket, where that is allowed and S3 says that nobody has a bucket of this name.
fn creation(goal: &Goal, survey: &Survey) -> Option<PlannedStep> {
    let error = survey.wanted.bucket.as_ref()?.failure()?;
    if !goal.recreate_bucket || error.code != "NoSuchBucket" {
        return None;
    }
    let (bucket, region) = (
        survey.wanted.trail.bucket.clone(),
        survey.bucket_hint.clone(),
    );
    let change = format!("{bucket} created in {region}");
    let step = Step::CreateBucket { bucket, region };
    Some(PlannedStep::new(step, "bucket-missing", change))
}

/// What the bucket's policy must let CloudTrail do for this trail.
fn target_of(survey: &Survey) -> BucketTarget {
    let trail = &survey.wanted.trail;
    let records_all = trail.is_organization_trail == Some(true);
    BucketTarget {
        organization_id: survey.organization_id.clone().filter(|_| records_all),
        ..bucket_target(trail)
    }
}

/// The key's state and policy, where the key is this account's and may be repaired.
pub(crate) fn key_steps(goal: &Goal, survey: &Survey) -> StoreSteps {
    let mut result = StoreSteps::default();
    let Some(Fact::Known(key)) = &survey.wanted.key else {
        return result;
    };
    if let Some(Fact::Known(bucket)) = &survey.wanted.bucket
        && key.arn.region != bucket.region.as_str()
    {
        let text = format!(
            "key {} is not in {}, the region of bucket {}; name a key in that region",
            key.arn, bucket.region, survey.wanted.trail.bucket
        );
        result.block("key-not-in-bucket-region", text);
        return result;
    }
    state_steps(goal, key, &mut result);
    policy_steps(goal, survey, key, &mut result);
    result
}

fn state_steps(goal: &Goal, key: &KeyFacts, result: &mut StoreSteps) {
    if key.state == KeyState::Enabled {
        return;
    }
    let repairable = matches!(key.state, KeyState::Disabled | KeyState::PendingDeletion);
    if !goal.repair_key || !key.customer_managed || !repairable {
        // the examination names the state; here it only matters that CloudTrail would refuse it
        result.blocked = true;
        return;
    }
    if key.state == KeyState::PendingDeletion {
        let step = Step::CancelKeyDeletion(key.arn.clone());
        let change = format!("deletion of {} cancelled", key.arn);
        result
            .steps
            .push(PlannedStep::new(step, "key-pending-deletion", change));
    }
    let step = Step::EnableKey(key.arn.clone());
    let change = format!("{} enabled", key.arn);
    result
        .steps
        .push(PlannedStep::new(step, "key-disabled", change));
}

fn policy_steps(goal: &Goal, survey: &Survey, key: &KeyFacts, result: &mut StoreSteps) {
    let Some(Fact::Known(policy)) = &survey.wanted.key_policy else {
        return;
    };
    let target = key_target(&survey.wanted.trail, &key.arn);
    match merge_key_policy(policy, &target) {
        Ok(Merge::NotNeeded) => {}
        Ok(Merge::Updated { text, added }) if goal.repair_key && key.customer_managed => {
            let step = Step::PutKeyPolicy {
                key: key.arn.clone(),
                policy: text,
            };
            let change = format!("policy of {} + {}", key.arn, added.join(", "));
            result
                .steps
                .push(PlannedStep::new(step, "key-refuses-cloudtrail", change));
        }
        Ok(Merge::Updated { .. }) => result.blocked = true,
        Err(MergeError::Undetermined { .. }) => {}
        Err(error) => result.block(error.code(), format!("key policy of {}: {error}", key.arn)),
    }
}
