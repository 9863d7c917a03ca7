//! The plan checker: refuses any plan that could shrink what is recorded or touch anything but
//! the one trail, its bucket and its key. It knows nothing of how the plan was made.

use trailkeeper_policy::Policy;

use super::plan::Plan;
use super::selectors::{covers, insights_cover};
use super::step::Step;
use super::survey::Survey;
use crate::facts::{EventSelectors, Fact};
use crate::identity::Arn;
use crate::write_request::UpdateTrail;

/// Why a plan is not carried out. It would be a fault of ours, never of the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A flag would be switched off.
    #[error("the plan would switch {field} off on {trail}; nothing was written, report this")]
    SwitchesOff {
        /// The flag.
        field: &'static str,
        /// The trail.
        trail: String,
    },
    /// Event or insight selectors would record less.
    #[error(
        "the plan would record less on {0} than is recorded now; nothing was written, report this"
    )]
    Narrows(String),
    /// A policy statement of somebody else's would be lost or altered.
    #[error(
        "the plan would alter a foreign statement in the policy of {0}; nothing was written, report this"
    )]
    AltersStatement(String),
    /// A write would go to something else than the trail, its bucket and its key.
    #[error("the plan would write to {0}, which it is not about; nothing was written, report this")]
    ForeignTarget(String),
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
        .map(|key| &key.arn);
    let fits = match step {
        Step::StartLogging(arn)
        | Step::PutEventSelectors(arn, _)
        | Step::PutInsightSelectors(arn, _) => *arn == wanted.arn,
        Step::UpdateTrail(update) => update.arn == wanted.arn,
        Step::CreateTrail(region, trail) => {
            survey.current.is_none() && trail.name == wanted.name && *region == wanted.home_region
        }
        Step::PutBucketPolicy { bucket, .. } => *bucket == wanted.bucket,
        Step::CancelKeyDeletion(arn) | Step::EnableKey(arn) => Some(arn) == key,
        Step::PutKeyPolicy { key: arn, .. } => Some(arn) == key,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::ForeignTarget(step.resource()))
    }
}

fn adds_only(step: &Step, survey: &Survey) -> Result<(), Refusal> {
    match step {
        Step::UpdateTrail(update) => update_adds(update),
        Step::PutEventSelectors(arn, new) => selectors_add(arn, new, survey),
        Step::PutInsightSelectors(arn, new) => {
            let old = survey.wanted.insights.as_ref().and_then(Fact::known);
            let enough = old.is_none_or(|old| insights_cover(new, old));
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
        Step::StartLogging(_)
        | Step::CreateTrail(..)
        | Step::CancelKeyDeletion(_)
        | Step::EnableKey(_) => Ok(()),
    }
}

fn update_adds(update: &UpdateTrail) -> Result<(), Refusal> {
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
    // an empty text is how the API clears a setting
    let cleared = texts
        .iter()
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

/// Whether every statement of `old` stands in `new`, byte for byte and in order.
fn policy_adds(old: Option<&str>, new: &str) -> Option<()> {
    let new = Policy::parse(new).ok()?;
    let Some(old) = old else { return Some(()) };
    let old = Policy::parse(old).ok()?;
    let mut rest = new.statements().iter();
    for statement in old.statements() {
        let text = old.source(statement);
        rest.find(|candidate| new.source(candidate) == text)?;
    }
    Some(())
}
