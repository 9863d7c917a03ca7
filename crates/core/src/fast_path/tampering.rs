//! Which call leaves which fault, and which known attack that is.

use super::table::EventRow;
use crate::finding::Code;
use crate::threats::{Threat, threats, threats_of_call};

pub(crate) const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
pub(crate) const S3: &str = "s3.amazonaws.com";
pub(crate) const KMS: &str = "kms.amazonaws.com";

/// The code of a finding, and the calls of a service that bring the fault about.
struct Trace(&'static str, &'static str, &'static [&'static str]);

// By the texts of the codes, which are never renamed.
const TRACES: &[Trace] = &[
    Trace("trail-not-logging", CLOUDTRAIL, &["StopLogging"]),
    Trace("trail-missing", CLOUDTRAIL, &["DeleteTrail"]),
    Trace("not-multi-region", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("global-events-missing", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("log-validation-off", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("not-encrypted", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("wrong-key", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("wrong-topic", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("wrong-log-group", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("wrong-bucket", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("wrong-prefix", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("bucket-not-ours", CLOUDTRAIL, &["UpdateTrail"]),
    Trace("organization-trail-required", CLOUDTRAIL, &["UpdateTrail"]),
    Trace(
        "management-events-missing",
        CLOUDTRAIL,
        &["PutEventSelectors"],
    ),
    Trace(
        "management-events-narrowed",
        CLOUDTRAIL,
        &["PutEventSelectors"],
    ),
    Trace("data-events-missing", CLOUDTRAIL, &["PutEventSelectors"]),
    Trace(
        "insights-missing",
        CLOUDTRAIL,
        &["PutInsightSelectors", "StopLogging"],
    ),
    Trace("trail-tags-changed", CLOUDTRAIL, &["RemoveTags", "AddTags"]),
    Trace("bucket-missing", S3, &["DeleteBucket"]),
    Trace(
        "bucket-refuses-cloudtrail",
        S3,
        &["PutBucketPolicy", "DeleteBucketPolicy"],
    ),
    Trace("bucket-lifecycle-changed", S3, &["PutBucketLifecycle"]),
    Trace("bucket-versioning-off", S3, &["PutBucketVersioning"]),
    Trace(
        "bucket-encryption-changed",
        S3,
        &["PutBucketEncryption", "DeleteBucketEncryption"],
    ),
    Trace("bucket-requester-pays", S3, &["PutBucketRequestPayment"]),
    Trace(
        "bucket-ownership-changed",
        S3,
        &["PutBucketOwnershipControls"],
    ),
    Trace("bucket-acl-changed", S3, &["PutBucketAcl"]),
    Trace("key-disabled", KMS, &["DisableKey"]),
    Trace("key-pending-deletion", KMS, &["ScheduleKeyDeletion"]),
    Trace("key-refuses-cloudtrail", KMS, &["PutKeyPolicy"]),
    Trace("key-unusable", KMS, &["DeleteImportedKeyMaterial"]),
];

/// What a trail that was deleted and made again can lack as well as one that was changed.
const OF_A_NEW_TRAIL: &[&str] = &[
    "not-multi-region",
    "global-events-missing",
    "log-validation-off",
    "not-encrypted",
    "wrong-key",
    "wrong-topic",
    "wrong-log-group",
    "wrong-bucket",
    "wrong-prefix",
    "bucket-not-ours",
    "organization-trail-required",
    "data-events-missing",
    "insights-missing",
    "trail-tags-changed",
];

fn trace(code: &str) -> Option<&'static Trace> {
    TRACES.iter().find(|trace| trace.0 == code)
}

/// The calls that can have brought about what these codes tell, each once, in the order of the
/// codes: event source and event name. CreateTrail is the last.
pub fn calls_of_codes<'c>(
    codes: impl IntoIterator<Item = &'c str, IntoIter: Clone>,
) -> Vec<(&'static str, &'static str)> {
    let codes = codes.into_iter();
    let traces = codes.clone().filter_map(trace);
    let calls =
        traces.flat_map(|Trace(_, source, calls)| calls.iter().map(|call| (*source, *call)));
    let is_of_a_new_one = codes.clone().any(|code| OF_A_NEW_TRAIL.contains(&code));
    let created = is_of_a_new_one.then_some((CLOUDTRAIL, "CreateTrail"));
    once(calls.chain(created))
}

/// The ids of the known attacks that these codes tell of, each once.
pub fn threats_of_codes<'c>(codes: impl IntoIterator<Item = &'c str>) -> Vec<&'static str> {
    let traces = codes.into_iter().filter_map(trace);
    let threats = traces.flat_map(|Trace(code, source, calls)| {
        let of_calls = calls.iter().flat_map(|call| threats_of_call(source, call));
        of_calls.filter(|threat| threat.codes().any(|one| one == *code))
    });
    once(threats.map(|threat| threat.id))
}

/// The known attacks that the event may be part of: those that the findings show, or all of them
/// where the findings show none. That the repair is exhausted is an attack by whatever call it was
/// done.
pub fn attacks(row: &EventRow, codes: &[Code]) -> Vec<&'static Threat> {
    let all: Vec<&'static Threat> = row.threats().collect();
    let shows = |threat: &&&Threat| {
        let mut shown = threat.codes();
        shown.any(|shown| codes.iter().any(|code| code.as_str() == shown))
    };
    let shown: Vec<&'static Threat> = all.iter().filter(shows).copied().collect();
    let mut attacks = if shown.is_empty() { all } else { shown };
    if codes.contains(&Code::RepairsExhausted) {
        let exhausted = Code::RepairsExhausted.as_str();
        let shows = |threat: &&Threat| threat.codes().any(|code| code == exhausted);
        let further: Vec<&'static Threat> = threats().filter(shows).collect();
        attacks.extend(
            further
                .into_iter()
                .filter(|one| !row.threats().any(|own| own == *one)),
        );
    }
    attacks
}

fn once<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
