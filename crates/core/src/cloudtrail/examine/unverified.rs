//! What had to be known of the trail and is not.

use super::super::reads::{Read, baseline_reads, is_same_key, key_arn, needs};
use super::access::is_not_ours;
use super::baseline::baseline;
use super::delivery::{last_delivery, last_digest};
use super::visibility::{not_offered, unseen};
use super::{Checks, Subject};
use crate::call_error::CallError;
use crate::facts::Fact;
use crate::operation::{self, Operation};

/// Each text is evidence of a `could-not-verify`.
pub(super) fn facts(subject: &Subject<'_>) -> Vec<String> {
    let mut texts = absent_flags(subject);
    for read in needs(subject.requirements, subject.caller, subject.trail()) {
        texts.extend(of_read(subject, &read));
    }
    for read in baseline_reads(subject.requirements, subject.caller, subject.view) {
        texts.extend(of_baseline_read(subject, &read));
    }
    if subject.requirements.strict_visibility {
        texts.extend(unseen(subject).into_iter().map(|note| note.text));
    }
    texts
}

/// Required flags that DescribeTrails left out.
fn absent_flags(subject: &Subject<'_>) -> Vec<String> {
    let (wanted, trail) = (subject.requirements, subject.trail());
    let flags = [
        (
            wanted.multi_region,
            trail.is_multi_region,
            "IsMultiRegionTrail",
        ),
        (
            wanted.global_service_events,
            trail.include_global_service_events,
            "IncludeGlobalServiceEvents",
        ),
        (
            wanted.log_file_validation,
            trail.log_file_validation,
            "LogFileValidationEnabled",
        ),
        (
            wanted.organization_trail,
            trail.is_organization_trail,
            "IsOrganizationTrail",
        ),
    ];
    let mut texts: Vec<String> = flags
        .into_iter()
        .filter(|(required, flag, _)| *required && flag.is_none())
        .map(|(_, _, name)| format!("{} without {name}", operation::DESCRIBE_TRAILS))
        .collect();
    let odd_key = trail
        .kms_key_id
        .as_deref()
        .filter(|id| !id.is_empty() && key_arn(trail).is_none());
    texts.extend(odd_key.map(|id| {
        format!(
            "{} with KmsKeyId `{id}`, no ARN",
            operation::DESCRIBE_TRAILS
        )
    }));
    texts
}

fn of_read(subject: &Subject<'_>, read: &Read) -> Vec<String> {
    let view = subject.view;
    match read {
        Read::Status => match known(&view.status, operation::GET_TRAIL_STATUS) {
            Ok(_) => absent_status(subject),
            Err(text) => vec![text],
        },
        Read::Selectors => unread(&view.selectors, operation::GET_EVENT_SELECTORS),
        Read::Insights if not_offered(subject) => Vec::new(),
        Read::Insights => unread(&view.insights, operation::GET_INSIGHT_SELECTORS),
        Read::Bucket { .. } if is_absent(&view.bucket) || is_not_ours(subject) => Vec::new(),
        Read::Bucket { .. } => match known(&view.bucket, operation::GET_BUCKET_POLICY) {
            Ok(_) => misread(&subject.bucket, operation::GET_BUCKET_POLICY),
            Err(text) => vec![text],
        },
        Read::Key { .. } if is_absent(&view.key) => Vec::new(),
        Read::Key { .. } => unread(&view.key, operation::DESCRIBE_KEY),
        Read::KeyPolicy { .. } if is_absent(&view.key) => Vec::new(),
        Read::KeyPolicy { .. } => match known(&view.key_policy, operation::GET_KEY_POLICY) {
            Ok(_) => misread(&subject.key, operation::GET_KEY_POLICY),
            Err(text) => vec![text],
        },
        Read::WantedKey { id, .. } => unread_wanted_key(subject, id),
        Read::Tags if baseline(subject).is_some() => {
            unread(&view.beside.tags, operation::LIST_TAGS)
        }
        Read::Tags
        | Read::OwnsBucket { .. }
        | Read::Baseline { .. }
        | Read::Setting { .. }
        | Read::LogFiles { .. } => Vec::new(),
    }
}

/// What a baseline records and could not be compared. A baseline that is not there is told as
/// unusable.
fn of_baseline_read(subject: &Subject<'_>, read: &Read) -> Vec<String> {
    let beside = &subject.view.beside;
    match read {
        Read::Baseline { .. } if is_absent(&beside.baseline) => Vec::new(),
        Read::Baseline { .. } => unread(&beside.baseline, operation::GET_OBJECT),
        Read::Setting { setting, .. } => {
            let recorded = baseline(subject).map(|one| &one.bucket);
            let is_compared = recorded.is_some_and(|bucket| {
                bucket.name == subject.trail().bucket && bucket.settings.contains_key(setting)
            });
            match beside.settings.get(setting) {
                Some(fact) if is_compared => fact.failure().map(failed).into_iter().collect(),
                None if is_compared => vec![format!("{} was not called", setting.read_by())],
                _ => Vec::new(),
            }
        }
        Read::LogFiles { .. } => unread(&beside.log_files, operation::LIST_OBJECTS),
        _ => Vec::new(),
    }
}

/// The required key's ARN is needed only where its name does not tell whether it is the trail's.
fn unread_wanted_key(subject: &Subject<'_>, id: &str) -> Vec<String> {
    let fact = &subject.view.wanted_key;
    match key_arn(subject.trail()).map(|used| is_same_key(id, &used)) {
        Some(None) if !is_absent(fact) => unread(fact, operation::DESCRIBE_KEY),
        _ => Vec::new(),
    }
}

/// What GetTrailStatus left out. Absent means unknown: neither stopped nor delivered.
fn absent_status(subject: &Subject<'_>) -> Vec<String> {
    let Some(status) = subject.status() else {
        return Vec::new();
    };
    let without = |name: &str| format!("{} without {name}", operation::GET_TRAIL_STATUS);
    match status.is_logging {
        None => vec![without("IsLogging")],
        Some(false) => Vec::new(),
        Some(true) if last_delivery(status).is_none() => vec![without("LatestDeliveryTime")],
        Some(true) if subject.wants_digests() && last_digest(status).is_none() => {
            vec![without("LatestDigestDeliveryTime")]
        }
        Some(true) => Vec::new(),
    }
}

fn known<T>(fact: &Option<Fact<T>>, operation: Operation) -> Result<&T, String> {
    match fact {
        Some(Fact::Known(value)) => Ok(value),
        Some(Fact::Denied(error) | Fact::Unavailable(error)) => Err(failed(error)),
        None => Err(format!("{operation} was not called")),
    }
}

fn unread<T>(fact: &Option<Fact<T>>, operation: Operation) -> Vec<String> {
    known(fact, operation).err().into_iter().collect()
}

fn misread(checks: &Option<Checks>, operation: Operation) -> Vec<String> {
    match checks {
        Some(Err(error)) => vec![format!("{operation}: {error}")],
        Some(Ok(_)) | None => Vec::new(),
    }
}

fn failed(error: &CallError) -> String {
    format!("{} {}", error.operation, error.code)
}

fn is_absent<T>(fact: &Option<Fact<T>>) -> bool {
    fact.as_ref().is_some_and(Fact::is_absent)
}
