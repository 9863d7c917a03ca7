//! What the caller cannot see and need not, since another account answers for it.

use super::super::finding::Note;
use super::super::reads::{is_same_key, key_arn, owns_bucket_by_requirement};
use super::Subject;
use super::access::undetermined;
use crate::facts::Fact;

/// The notes of an examination.
pub(super) fn notes(subject: &Subject<'_>) -> Vec<Note> {
    if subject.requirements.strict_visibility {
        return Vec::new();
    }
    unseen(subject)
}

/// Insights are not offered in every Region.
pub(super) fn not_offered(subject: &Subject<'_>) -> bool {
    let failure = subject.view.insights.as_ref().and_then(Fact::failure);
    failure.is_some_and(|error| error.code == "UnsupportedOperationException")
}

/// As notes; strict visibility makes a finding of each.
pub(super) fn unseen(subject: &Subject<'_>) -> Vec<Note> {
    if !subject.is_own() {
        return unseen_of_foreign_trail(subject);
    }
    let trail = subject.trail();
    let mut notes = Vec::new();
    let mut note = |code, text| notes.push(Note { code, text });
    if !subject.requirements.insights.is_empty() && not_offered(subject) {
        let region = &trail.home_region;
        note(
            "insights-not-offered",
            format!("CloudTrail Insights is not offered in {region}"),
        );
    }
    if !owns_bucket_by_requirement(subject.requirements, subject.caller) {
        let text = format!(
            "policy of bucket {}, which another account owns",
            trail.bucket
        );
        note("policy-not-visible", text);
    }
    let foreign_key = key_arn(trail).filter(|arn| !arn.is_owned_by(&subject.caller.account));
    if let Some(arn) = foreign_key {
        note(
            "policy-not-visible",
            format!("state and policy of key {arn}, which another account owns"),
        );
    }
    for checks in [&subject.bucket, &subject.key]
        .into_iter()
        .flatten()
        .flatten()
    {
        if let Some(text) = undetermined(checks) {
            note("policy-undetermined", text);
        }
    }
    notes
}

/// An organization trail seen from a member: its owner answers for the rest.
fn unseen_of_foreign_trail(subject: &Subject<'_>) -> Vec<Note> {
    let trail = subject.trail();
    let text = format!(
        "selectors, insights, bucket and key of {}, which account {} owns",
        trail.name, trail.arn.account
    );
    let mut notes = vec![Note {
        code: "policy-not-visible",
        text,
    }];
    let wanted = subject.requirements.kms_key_id.as_deref();
    if let Some((id, key)) = wanted.zip(key_arn(trail))
        && is_same_key(id, &key).is_none()
    {
        let text = format!("whether {id} is {key}, the key of {}", trail.name);
        notes.push(Note {
            code: "policy-not-visible",
            text,
        });
    }
    notes
}
