//! The plan checker: refuses any plan that could shrink what is recorded or touch anything but
//! the one trail, its bucket and its key. It knows nothing of how the plan was made.

use trailkeeper_policy::cloudtrail::SERVICE;
use trailkeeper_policy::document::{Principal, PrincipalElement, PrincipalKind};
use trailkeeper_policy::{Effect, Policy, Statement};

use super::plan::Plan;
use super::selectors::{covers, insights_cover, may_record_data};
use super::step::Step;
use super::survey::Survey;
use crate::baseline::{ALL_BLOCKED, VERSIONED};
use crate::facts::{BucketSetting, EventSelectors, Fact, Trail};
use crate::identity::Arn;
use crate::write_request::UpdateTrail;

/// Why a plan is not carried out. It would be a fault of ours, never of the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A flag would be switched off.
    #[error("the plan would switch {field} off on {trail}; the step was not made, report this")]
    SwitchesOff {
        /// The flag.
        field: &'static str,
        /// The trail.
        trail: String,
    },
    /// Event or insight selectors would record less.
    #[error(
        "the plan would record less on {0} than is recorded now; the step was not made, report this"
    )]
    Narrows(String),
    /// A policy statement of somebody else's would be lost or altered, or somebody else than
    /// CloudTrail would be let in.
    #[error(
        "the plan would do more to the policy of {0} than let CloudTrail in; the step was not made, \
         report this"
    )]
    AltersStatement(String),
    /// A write would go to something else than the trail, its bucket and its key.
    #[error(
        "the plan would write to {0}, which it is not about; the step was not made, report this"
    )]
    ForeignTarget(String),
    /// A setting or a tag would become something else than the baseline records.
    #[error(
        "the plan would give {0} a setting that the baseline does not record; the step was not \
         made, report this"
    )]
    NotRecorded(String),
}

/// Checks every step of `plan` against what the survey saw.
///
/// # Errors
/// The first refusal.
pub(crate) fn check(plan: &Plan, survey: &Survey) -> Result<(), Refusal> {
    plan.steps.iter().try_for_each(|planned| {
        is_about(&planned.step, survey)?;
        adds_only(&planned.step, survey)
    })
}

fn is_about(step: &Step, survey: &Survey) -> Result<(), Refusal> {
    let wanted = &survey.wanted.trail;
    let key = survey
        .wanted
        .key
        .as_ref()
        .and_then(Fact::known)
        .map(|key| &key.arn)
        .filter(|key| uses_key(wanted, key));
    let fits = match step {
        Step::StartLogging(arn)
        | Step::PutEventSelectors(arn, _)
        | Step::PutInsightSelectors(arn, _)
        | Step::AddTags(arn, _) => *arn == wanted.arn,
        Step::UpdateTrail(update) => update.arn == wanted.arn,
        Step::CreateTrail(region, trail) => {
            survey.current.is_none() && trail.name == wanted.name && *region == wanted.home_region
        }
        Step::PutBucketPolicy { bucket, .. } | Step::PutBucketSetting { bucket, .. } => {
            *bucket == wanted.bucket
        }
        Step::CreateBucket { bucket, .. } => {
            let is_absent = survey.wanted.bucket.as_ref().is_some_and(Fact::is_absent);
            *bucket == wanted.bucket && is_absent
        }
        Step::CancelKeyDeletion(arn) | Step::EnableKey(arn) => Some(arn) == key,
        Step::PutKeyPolicy { key: arn, .. } => Some(arn) == key,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::ForeignTarget(step.resource()))
    }
}

/// Whether the trail is to use the key; what is no ARN names one only to the service.
fn uses_key(trail: &Trail, key: &Arn) -> bool {
    let used = trail.kms_key_id.as_deref();
    used.is_some_and(|used| used.parse().map_or(true, |used: Arn| used == *key))
}

fn adds_only(step: &Step, survey: &Survey) -> Result<(), Refusal> {
    match step {
        Step::UpdateTrail(update) => update_adds(update, survey),
        Step::PutEventSelectors(arn, new) => selectors_add(arn, new, survey),
        Step::PutInsightSelectors(arn, new) => {
            let old = survey.wanted.insights.as_ref().and_then(Fact::known);
            let events = survey.wanted.selectors.as_ref().and_then(Fact::known);
            let data = may_record_data(events);
            let enough = old.is_none_or(|old| insights_cover(new, old, data));
            if enough {
                Ok(())
            } else {
                Err(Refusal::Narrows(arn.to_string()))
            }
        }
        Step::PutBucketPolicy { bucket, policy, .. } => {
            let facts = survey.wanted.bucket.as_ref().and_then(Fact::known);
            let old = facts.and_then(|facts| facts.policy.as_deref());
            policy_adds(old, policy).ok_or_else(|| Refusal::AltersStatement(bucket.clone()))
        }
        Step::PutKeyPolicy { key, policy } => {
            let old = survey.wanted.key_policy.as_ref().and_then(Fact::known);
            policy_adds(old.map(String::as_str), policy)
                .ok_or_else(|| Refusal::AltersStatement(key.to_string()))
        }
        Step::PutBucketSetting {
            setting, document, ..
        } => {
            if is_recorded(*setting, document.as_deref(), survey) {
                Ok(())
            } else {
                Err(Refusal::NotRecorded(step.resource()))
            }
        }
        Step::AddTags(arn, tags) => {
            let before = survey.baseline().map(|baseline| &baseline.tags);
            let of_before = |(key, value): (&String, &String)| {
                before.is_some_and(|before| before.get(key) == Some(value))
            };
            if tags.iter().all(of_before) {
                Ok(())
            } else {
                Err(Refusal::NotRecorded(arn.to_string()))
            }
        }
        Step::StartLogging(_)
        | Step::CreateBucket { .. }
        | Step::CreateTrail(..)
        | Step::CancelKeyDeletion(_)
        | Step::EnableKey(_) => Ok(()),
    }
}

/// Whether a setting may be given this document: the very bytes of the baseline, or what secures a
/// bucket that was made anew. Versioning is only ever enabled, and what no step repairs is not
/// written at all.
fn is_recorded(setting: BucketSetting, document: Option<&str>, survey: &Survey) -> bool {
    let bucket = survey.baseline().map(|baseline| &baseline.bucket);
    let recorded = bucket
        .filter(|bucket| bucket.name == survey.wanted.trail.bucket)
        .and_then(|bucket| bucket.settings.get(&setting))
        .is_some_and(|before| before.as_deref() == document);
    match setting {
        BucketSetting::Versioning => document == Some(VERSIONED),
        BucketSetting::PublicAccessBlock => document == Some(ALL_BLOCKED),
        BucketSetting::Lifecycle => recorded,
        BucketSetting::Encryption
        | BucketSetting::RequestPayment
        | BucketSetting::OwnershipControls
        | BucketSetting::Acl => recorded && document.is_some(),
        BucketSetting::ObjectLock
        | BucketSetting::Replication
        | BucketSetting::Notification
        | BucketSetting::Logging => false,
    }
}

fn update_adds(update: &UpdateTrail, survey: &Survey) -> Result<(), Refusal> {
    let flags = [
        ("IsMultiRegionTrail", update.is_multi_region),
        (
            "IncludeGlobalServiceEvents",
            update.include_global_service_events,
        ),
        ("EnableLogFileValidation", update.log_file_validation),
        ("IsOrganizationTrail", update.is_organization_trail),
    ];
    let texts = [
        ("S3BucketName", &update.bucket),
        ("S3KeyPrefix", &update.key_prefix),
        ("SnsTopicName", &update.sns_topic_name),
        ("KmsKeyId", &update.kms_key_id),
        ("CloudWatchLogsLogGroupArn", &update.log_group_arn),
        ("CloudWatchLogsRoleArn", &update.log_group_role_arn),
    ];
    let off = flags
        .iter()
        .find(|(_, flag)| *flag == Some(false))
        .map(|(field, _)| *field);
    let before = survey.baseline().and_then(|one| one.key_prefix.as_deref());
    let had_no_prefix = before == Some("");
    // an empty text is how the API clears a setting
    let cleared = texts
        .iter()
        .filter(|(field, _)| *field != "S3KeyPrefix" || !had_no_prefix)
        .find(|(_, text)| text.as_deref().is_some_and(str::is_empty))
        .map(|(field, _)| *field);
    match off.or(cleared) {
        Some(field) => Err(Refusal::SwitchesOff {
            field,
            trail: update.arn.to_string(),
        }),
        None => Ok(()),
    }
}

fn selectors_add(arn: &Arn, new: &EventSelectors, survey: &Survey) -> Result<(), Refusal> {
    let old = survey.wanted.selectors.as_ref().and_then(Fact::known);
    // without knowing what is there, nothing can be shown to be a superset of it
    let enough = old.is_some_and(|old| covers(new, old));
    if enough {
        Ok(())
    } else {
        Err(Refusal::Narrows(arn.to_string()))
    }
}

/// Whether every statement of `old` stands in `new`, byte for byte and in order, and whatever else
/// stands there only lets CloudTrail in.
fn policy_adds(old: Option<&str>, new: &str) -> Option<()> {
    let new = Policy::parse(new).ok()?;
    let old = old.map(Policy::parse).transpose().ok()?;
    let mut expected = old
        .iter()
        .flat_map(|old| {
            old.statements()
                .iter()
                .map(|statement| old.source(statement))
        })
        .peekable();
    for statement in new.statements() {
        if expected.next_if_eq(&new.source(statement)).is_none() && !lets_cloudtrail_in(statement) {
            return None;
        }
    }
    expected.next().is_none().then_some(())
}

/// Whether the statement allows, and nobody but CloudTrail.
fn lets_cloudtrail_in(statement: &Statement<'_>) -> bool {
    let Some(PrincipalElement::Only(Principal::Named(kinds))) = &statement.principal else {
        return false;
    };
    let is_cloudtrail = match kinds.as_slice() {
        [(PrincipalKind::Service, names)] => names.iter().all(|name| name.value == SERVICE),
        _ => false,
    };
    statement.effect == Effect::Allow && is_cloudtrail
}

#[cfg(test)]
mod tests;
