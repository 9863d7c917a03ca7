//! What GetTrailStatus tells.

use jiff::{SignedDuration, Timestamp};

use super::super::finding::Note;
use super::Subject;
use crate::facts::TrailStatus;

/// Digests come hourly and may be this much older than log files.
const DIGEST_ALLOWANCE: SignedDuration = SignedDuration::from_mins(90);

pub(super) fn not_logging(subject: &Subject<'_>) -> Option<String> {
    let status = subject.status()?;
    (status.is_logging == Some(false)).then(|| {
        let name = subject.name();
        match (status.stop_logging_time, status.start_logging_time) {
            (Some(time), _) => format!("{name} stopped {time}"),
            (None, None) => format!("{name} was never started"),
            (None, Some(_)) => format!("{name} has IsLogging false"),
        }
    })
}

pub(super) fn delivery_error(subject: &Subject<'_>) -> Option<String> {
    let error = reported(subject.status()?.delivery_error.as_deref())?;
    let bucket = &subject.trail().bucket;
    Some(format!(
        "{} has LatestDeliveryError {error} on {bucket}",
        subject.name()
    ))
}

pub(super) fn digest_error(subject: &Subject<'_>) -> Option<String> {
    let error = reported(subject.status()?.digest_error.as_deref())?;
    subject
        .wants_digests()
        .then(|| format!("{} has LatestDigestDeliveryError {error}", subject.name()))
}

pub(super) fn cloudwatch_error(subject: &Subject<'_>) -> Option<String> {
    let error = reported(subject.status()?.cloudwatch_error.as_deref())?;
    let concerned =
        is_set(&subject.trail().log_group_arn) || is_set(&subject.requirements.log_group_arn);
    concerned.then(|| {
        format!(
            "{} has LatestCloudWatchLogsDeliveryError {error}",
            subject.name()
        )
    })
}

pub(super) fn notification_error(subject: &Subject<'_>) -> Option<String> {
    let error = reported(subject.status()?.notification_error.as_deref())?;
    let concerned =
        is_set(&subject.trail().sns_topic_arn) || is_set(&subject.requirements.sns_topic);
    concerned.then(|| format!("{} has LatestNotificationError {error}", subject.name()))
}

/// A stopped trail is not also called stale: it cannot deliver.
pub(super) fn stale(subject: &Subject<'_>) -> Option<String> {
    let status = subject
        .status()
        .filter(|status| status.is_logging == Some(true))?;
    let age = subject.requirements.max_delivery_age;
    let name = subject.name();
    if is_old(last_delivery(status)?, subject.now, age) {
        return Some(match status.delivery_time {
            Some(time) => format!("{name} delivered last {time}"),
            None => format!("{name} never delivered a log file"),
        });
    }
    let digest = last_digest(status).filter(|_| subject.wants_digests())?;
    is_old(digest, subject.now, age.saturating_add(DIGEST_ALLOWANCE)).then(|| {
        match status.digest_time {
            Some(time) => format!("{name} delivered its last digest {time}"),
            None => format!("{name} never delivered a digest"),
        }
    })
}

/// The time from which the age of delivery counts: a trail that was started later than it last
/// delivered gets the full age before it has to deliver.
pub(super) fn last_delivery(status: &TrailStatus) -> Option<Timestamp> {
    status.delivery_time.max(status.start_logging_time)
}

/// The same for digests.
pub(super) fn last_digest(status: &TrailStatus) -> Option<Timestamp> {
    status.digest_time.max(status.start_logging_time)
}

fn is_old(time: Timestamp, now: Timestamp, age: SignedDuration) -> bool {
    now.duration_since(time) > age
}

/// A gap in the log is told for so long after it.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// That the trail logs again after it was stopped: the state shows nothing wrong, and the log lacks
/// what was done in between.
pub(super) fn gap(subject: &Subject<'_>) -> Option<Note> {
    let status = subject.status()?;
    let (stopped, started) = (status.stop_logging_time?, status.start_logging_time?);
    let is_over = status.is_logging == Some(true) && stopped < started;
    (is_over && !is_old(started, subject.now, RECENT)).then(|| Note {
        code: "logging-gap",
        text: format!("{} stopped {stopped}, started {started}", subject.name()),
    })
}

/// The API sends an empty text too where there is no error.
fn reported(error: Option<&str>) -> Option<&str> {
    error.filter(|text| !text.trim().is_empty())
}

fn is_set(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !text.is_empty())
}
