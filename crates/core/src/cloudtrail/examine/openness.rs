//! To whom else the bucket's policy opens the log. What lets everybody in is wrong; what lets
//! somebody in who is named may be meant so and is only told.

use trailkeeper_policy::exposure::{Exposure, LogPlace, Openness, bucket_exposures};

use super::super::finding::{Code, Note};
use super::Subject;
use crate::cloudtrail::{Requirements, TrailView};
use crate::facts::{Fact, Trail};
use crate::identity::Caller;

/// The evidence of the finding.
pub(super) fn public(subject: &Subject<'_>) -> Option<String> {
    let mut exposures = subject.exposures.iter();
    exposures
        .find(|exposure| exposure.openness == Openness::Public)
        .map(|exposure| told(subject, exposure))
}

/// A note for each statement that lets somebody in who is named.
pub(super) fn notes(subject: &Subject<'_>) -> Vec<Note> {
    let exposures = subject.exposures.iter();
    exposures
        .filter(|exposure| exposure.openness == Openness::Others)
        .map(|exposure| Note {
            code: Code::BucketOpenToOthers.as_str(),
            text: told(subject, exposure),
        })
        .collect()
}

fn told(subject: &Subject<'_>, exposure: &Exposure) -> String {
    let bucket = &subject.trail().bucket;
    let (statement, action) = (&exposure.statement, exposure.action);
    let who = match (exposure.openness, exposure.principal.as_str()) {
        // everybody, but of one network or with one account's leave
        (Openness::Others, "everybody") => "others under a condition",
        (_, principal) => principal,
    };
    format!("{bucket}: {statement} allows {action} to {who}")
}

/// The statements, where the policy was read and can be; else others say that it was not.
pub(super) fn exposures(
    requirements: &Requirements,
    caller: &Caller,
    view: &TrailView,
) -> Vec<Exposure> {
    let facts = view.bucket.as_ref().and_then(Fact::known);
    let Some(policy) = facts.and_then(|facts| facts.policy.as_deref()) else {
        return Vec::new();
    };
    let mut accounts = vec![caller.account.to_string(), view.trail.arn.account.clone()];
    accounts.extend(requirements.bucket_owner.iter().map(ToString::to_string));
    let place = LogPlace {
        partition: view.trail.arn.partition.clone(),
        bucket: view.trail.bucket.clone(),
        folder: folder(&view.trail),
        accounts,
    };
    bucket_exposures(policy, &place).unwrap_or_default()
}

/// Where the trail's log files are: of an organization's trail those of all accounts.
fn folder(trail: &Trail) -> String {
    let prefix = trail.key_prefix.as_deref().unwrap_or_default();
    let prefix = match prefix.trim_end_matches('/') {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    };
    if trail.is_organization_trail == Some(true) {
        format!("{prefix}AWSLogs/")
    } else {
        format!("{prefix}AWSLogs/{}/", trail.arn.account)
    }
}
