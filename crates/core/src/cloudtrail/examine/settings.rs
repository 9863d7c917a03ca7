//! What the trail's own settings tell.

use super::super::reads::{is_same_key, key_arn};
use super::Subject;
use super::baseline::recorded;
use crate::facts::Fact;
use crate::identity::Arn;

/// An absent flag is unknown, not false: `unverified` speaks of it.
fn off(subject: &Subject<'_>, required: bool, flag: Option<bool>, name: &str) -> Option<String> {
    (required && flag == Some(false)).then(|| format!("{} has {name} false", subject.name()))
}

pub(super) fn not_multi_region(subject: &Subject<'_>) -> Option<String> {
    let flag = subject.trail().is_multi_region;
    off(
        subject,
        subject.requirements.multi_region,
        flag,
        "IsMultiRegionTrail",
    )
}

pub(super) fn global_events_missing(subject: &Subject<'_>) -> Option<String> {
    let required = subject.requirements.global_service_events;
    let flag = subject.trail().include_global_service_events;
    off(subject, required, flag, "IncludeGlobalServiceEvents")
}

pub(super) fn log_validation_off(subject: &Subject<'_>) -> Option<String> {
    let required = subject.requirements.log_file_validation;
    let flag = subject.trail().log_file_validation;
    off(subject, required, flag, "LogFileValidationEnabled")
}

pub(super) fn organization_required(subject: &Subject<'_>) -> Option<String> {
    let flag = subject.trail().is_organization_trail;
    off(
        subject,
        subject.requirements.organization_trail,
        flag,
        "IsOrganizationTrail",
    )
}

/// A required key cannot be used without encryption, so naming one requires both.
pub(super) fn not_encrypted(subject: &Subject<'_>) -> Option<String> {
    let required = subject.requirements.kms
        || subject.requirements.kms_key_id.is_some()
        || recorded(subject, |before| &before.key).is_some();
    let encrypted = subject
        .trail()
        .kms_key_id
        .as_deref()
        .is_some_and(|id| !id.is_empty());
    (required && !encrypted).then(|| format!("{} has no KmsKeyId", subject.name()))
}

pub(super) fn wrong_key(subject: &Subject<'_>) -> Option<String> {
    let used = key_arn(subject.trail())?;
    if let Some(evidence) = other_than_before(subject, &used) {
        return Some(evidence);
    }
    let wanted = subject.requirements.kms_key_id.as_deref()?;
    let differs = match (is_same_key(wanted, &used), &subject.view.wanted_key) {
        (Some(same), _) => !same,
        (None, Some(Fact::Known(key))) => key.arn != used,
        // A key that does not exist is not the one in use.
        (None, Some(fact)) => fact.is_absent(),
        (None, None) => false,
    };
    differs.then(|| format!("{} uses {used}, not {wanted}", subject.name()))
}

/// A baseline's key counts where no key is required, or only one by an alias, which can be moved.
fn other_than_before(subject: &Subject<'_>, used: &Arn) -> Option<String> {
    let required = subject.requirements.kms_key_id.as_deref();
    let before = recorded(subject, |before| &before.key)?;
    let is_open = required.is_none_or(is_alias);
    (is_open && is_same_key(before, used) == Some(false))
        .then(|| format!("{} uses {used}, not {before} as before", subject.name()))
}

/// Whether this names a key by an alias.
pub(crate) fn is_alias(id: &str) -> bool {
    let resource = id.parse::<Arn>().ok().map(|arn| arn.resource);
    resource.as_deref().unwrap_or(id).starts_with("alias/")
}

pub(super) fn wrong_bucket(subject: &Subject<'_>) -> Option<String> {
    let wanted = subject.requirements.bucket.as_deref()?;
    let used = &subject.trail().bucket;
    (wanted != used).then(|| format!("{} delivers to {used}, not {wanted}", subject.name()))
}

pub(super) fn wrong_prefix(subject: &Subject<'_>) -> Option<String> {
    let required = subject.requirements.key_prefix.as_deref();
    let wanted = required.or_else(|| recorded(subject, |before| &before.key_prefix))?;
    let used = subject.trail().key_prefix.as_deref().unwrap_or_default();
    (wanted != used).then(|| {
        format!(
            "{} has S3KeyPrefix `{used}`, not `{wanted}`",
            subject.name()
        )
    })
}

/// The topic is required by its ARN or by its name alone.
pub(super) fn wrong_topic(subject: &Subject<'_>) -> Option<String> {
    let required = subject.requirements.sns_topic.as_deref();
    let wanted = required.or_else(|| recorded(subject, |before| &before.sns_topic_arn))?;
    let used = subject.trail().sns_topic_arn.as_deref().unwrap_or_default();
    let same = match used.parse::<Arn>() {
        Ok(arn) if !wanted.contains(':') => arn.name() == wanted,
        _ => used == wanted,
    };
    (!same).then(|| {
        format!(
            "{} notifies {}, not {wanted}",
            subject.name(),
            or_none(used)
        )
    })
}

/// The API shows a group's ARN with `:*` behind it; people write it without.
pub(super) fn wrong_log_group(subject: &Subject<'_>) -> Option<String> {
    let required = subject.requirements.log_group_arn.as_deref();
    let wanted = required.or_else(|| recorded(subject, |before| &before.log_group_arn))?;
    let used = subject.trail().log_group_arn.as_deref().unwrap_or_default();
    (plain_group(wanted) != plain_group(used)).then(|| {
        format!(
            "{} copies to {}, not {wanted}",
            subject.name(),
            or_none(used)
        )
    })
}

fn plain_group(arn: &str) -> &str {
    arn.strip_suffix(":*").unwrap_or(arn)
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}
