//! What differs from the baseline, and what the digests miss.

use jiff::SignedDuration;

use super::super::data_events::{lacking, records_all, resource_types};
use super::super::finding::Note;
use super::super::reads::baseline_place;
use super::super::{Beside, TrailView};
use super::Subject;
use crate::baseline::{Baseline, change_of, key_of};
use crate::digest::{LogFileCheck, evidence, time_of};
use crate::facts::{BucketSetting, Fact};
use crate::identity::{AccountId, Arn};

/// Digests come hourly. One that was delivered so much later than the newest that is there is not
/// there any more.
const LATE: SignedDuration = SignedDuration::from_mins(70);

/// How long ago a digest can have been delivered and must be in a folder that was listed.
const LISTED: SignedDuration = SignedDuration::from_hours(24);

/// The baseline, where it was read and is one of this trail.
pub(super) fn baseline<'s>(subject: &'s Subject<'_>) -> Option<&'s Baseline> {
    subject.requirements.baseline_sha256.as_ref()?;
    usable(subject.view, &subject.caller.account)
}

/// What the baseline says of a setting of the trail that no parameter names.
pub(super) fn recorded<'s>(
    subject: &'s Subject<'_>,
    of: fn(&Baseline) -> &Option<String>,
) -> Option<&'s str> {
    of(baseline(subject)?).as_deref()
}

/// The baseline of a trail of `account`, where it was read and is one of this trail.
pub(crate) fn usable<'v>(view: &'v TrailView, account: &AccountId) -> Option<&'v Baseline> {
    usable_of(&view.beside, account, &view.trail.arn)
}

/// The same, of what was read beside a trail.
pub(crate) fn usable_of<'v>(
    beside: &'v Beside,
    account: &AccountId,
    trail: &Arn,
) -> Option<&'v Baseline> {
    let read = beside.baseline.as_ref()?.known()?;
    let baseline = read.as_ref().ok()?;
    baseline.check_subject(account, trail).ok()?;
    Some(baseline)
}

pub(super) fn unusable(subject: &Subject<'_>) -> Option<String> {
    let sha256 = subject.requirements.baseline_sha256.as_deref()?;
    let place = baseline_place(subject.requirements, subject.caller, subject.view)?;
    let key = key_of(sha256);
    let fact = subject.view.beside.baseline.as_ref()?;
    if fact.is_absent() {
        return Some(format!("{} has no object {key}", place.bucket));
    }
    let baseline = match fact.known()? {
        Ok(baseline) => baseline,
        Err(error) => return Some(format!("{}: {key}: {error}", error.code())),
    };
    let (account, trail) = (&subject.caller.account, &subject.trail().arn);
    if let Err(error) = baseline.check_subject(account, trail) {
        return Some(format!("{}: {key}: {error}", error.code()));
    }
    (baseline.bucket.name != place.bucket).then(|| {
        let (theirs, ours) = (&baseline.bucket.name, &place.bucket);
        format!("baseline-other-bucket: {key} was captured of {theirs}, not of {ours}")
    })
}

pub(super) fn data_events_missing(subject: &Subject<'_>) -> Option<String> {
    let before = &baseline(subject)?.event_selectors;
    let seen = subject.view.selectors.as_ref().and_then(Fact::known)?;
    (!records_all(seen, before)).then(|| {
        let types = resource_types(&lacking(seen, before));
        format!("{} leaves out {}", subject.name(), types.join(", "))
    })
}

pub(super) fn tags_changed(subject: &Subject<'_>) -> Option<String> {
    let before = &baseline(subject)?.tags;
    let seen = subject.view.beside.tags.as_ref().and_then(Fact::known)?;
    let changed: Vec<&str> = before
        .iter()
        .filter(|(key, value)| seen.get(*key) != Some(*value))
        .map(|(key, _)| key.as_str())
        .collect();
    (!changed.is_empty()).then(|| format!("{} lacks tags {}", subject.name(), changed.join(", ")))
}

macro_rules! about_one {
    ($($name:ident = $setting:ident;)*) => {
        $(
            pub(super) fn $name(subject: &Subject<'_>) -> Option<String> {
                changed(subject, BucketSetting::$setting)
            }
        )*
    };
}

about_one! {
    lifecycle_changed = Lifecycle;
    versioning_off = Versioning;
    encryption_changed = Encryption;
    requester_pays = RequestPayment;
    ownership_changed = OwnershipControls;
    acl_changed = Acl;
    exposed = PublicAccessBlock;
}

pub(super) fn protection_changed(subject: &Subject<'_>) -> Option<String> {
    let settings = [
        BucketSetting::ObjectLock,
        BucketSetting::Replication,
        BucketSetting::Notification,
        BucketSetting::Logging,
    ];
    let changes: Vec<String> = settings
        .into_iter()
        .filter_map(|setting| difference(subject, setting))
        .collect();
    (!changes.is_empty()).then(|| format!("{}: {}", subject.trail().bucket, changes.join("; ")))
}

fn changed(subject: &Subject<'_>, setting: BucketSetting) -> Option<String> {
    let difference = difference(subject, setting)?;
    Some(format!("{}: {difference}", subject.trail().bucket))
}

fn difference(subject: &Subject<'_>, setting: BucketSetting) -> Option<String> {
    let bucket = &baseline(subject)?.bucket;
    if bucket.name != subject.trail().bucket {
        return None;
    }
    let before = bucket.settings.get(&setting)?;
    let now = subject.view.beside.settings.get(&setting)?.known()?;
    change_of(setting, now.as_deref(), before.as_deref())
}

pub(super) fn log_files_missing(subject: &Subject<'_>) -> Option<String> {
    let check = log_files(subject)?;
    if let Some(evidence) = evidence(check) {
        return Some(evidence);
    }
    let delivered = subject.status()?.digest_time?;
    if !check.no_digest {
        let newest = check.digests.first()?;
        let ends = time_of(&newest.digest.key)?;
        let is_gone = delivered.duration_since(ends) > LATE;
        let key = &newest.digest.key;
        return is_gone
            .then(|| format!("{key} is the newest digest, though one was delivered {delivered}"));
    }
    let is_listed = subject.now.duration_since(delivered) < LISTED;
    is_listed.then(|| format!("no digest is there, though one was delivered {delivered}"))
}

fn log_files<'s>(subject: &'s Subject<'_>) -> Option<&'s LogFileCheck> {
    subject.view.beside.log_files.as_ref()?.known()
}

/// What makes no verdict bad.
pub(super) fn notes(subject: &Subject<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let seen = subject.view.beside.tags.as_ref().and_then(Fact::known);
    if let (Some(baseline), Some(seen)) = (baseline(subject), seen) {
        let added: Vec<&str> = seen
            .keys()
            .filter(|key| !baseline.tags.contains_key(*key))
            .map(String::as_str)
            .collect();
        if !added.is_empty() {
            let text = format!("{} has more tags: {}", subject.name(), added.join(", "));
            notes.push(Note {
                code: "trail-tags-added",
                text,
            });
        }
    }
    notes.extend(unchecked(subject));
    notes
}

/// Log files that were not looked for although that was asked for.
fn unchecked(subject: &Subject<'_>) -> Option<Note> {
    let note = |text| Note {
        code: "log-files-not-checked",
        text,
    };
    if !subject.requirements.check_log_files || !subject.is_own() {
        return None;
    }
    let name = subject.name();
    if subject.trail().is_organization_trail == Some(true) {
        let text = format!("the digests of {name}, which records for an organization");
        return Some(note(text));
    }
    if subject.trail().log_file_validation == Some(false) {
        return Some(note(format!("{name} writes no digests")));
    }
    let check = log_files(subject)?;
    if check.no_digest {
        return Some(note(format!("{name} has no digest of the last two days")));
    }
    let (checked, named) = (check.files.len(), check.named);
    (checked < named).then(|| note(format!("{checked} of {named} files were looked for")))
}
