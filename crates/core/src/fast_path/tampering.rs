//! Which attack leaves which fault, and by which call.

use crate::finding::Code;

/// A code of a finding, the calls that bring the fault about, and the known attacks that do.
struct Trace {
    code: &'static str,
    calls: &'static [&'static str],
    threats: &'static [&'static str],
}

macro_rules! traces {
    ($($code:literal: [$($call:literal)*] [$($threat:literal)*];)*) => {
        const TRACES: &[Trace] = &[$(Trace {
            code: $code,
            calls: &[$($call),*],
            threats: &[$($threat),*],
        }),*];
    };
}

// By the texts of the codes, which are never renamed: some are of findings of other rules.
traces! {
    "trail-not-logging": ["StopLogging"] ["B01"];
    "trail-missing": ["DeleteTrail"] ["B02"];
    "not-multi-region": ["UpdateTrail"] ["B03" "B42"];
    "global-events-missing": ["UpdateTrail"] ["B04"];
    "log-validation-off": ["UpdateTrail"] ["B05"];
    "not-encrypted": ["UpdateTrail"] ["B06"];
    "wrong-key": ["UpdateTrail"] ["B06"];
    "wrong-topic": ["UpdateTrail"] ["B07"];
    "wrong-log-group": ["UpdateTrail"] ["B08"];
    "wrong-bucket": ["UpdateTrail"] ["B09"];
    "wrong-prefix": ["UpdateTrail"] ["B09"];
    "bucket-not-ours": ["UpdateTrail"] ["B09"];
    "organization-trail-required": ["UpdateTrail"] ["B10"];
    "management-events-missing": ["PutEventSelectors"] ["B11" "B14"];
    "management-events-narrowed": ["PutEventSelectors"] ["B12" "B13" "B15"];
    "data-events-missing": ["PutEventSelectors"] ["B16"];
    "insights-missing": ["PutInsightSelectors" "StopLogging"] ["B17"];
    "bucket-missing": ["DeleteBucket"] ["B24"];
    "bucket-refuses-cloudtrail": ["PutBucketPolicy" "DeleteBucketPolicy"] ["B25"];
    "key-disabled": ["DisableKey"] ["B33"];
    "key-pending-deletion": ["ScheduleKeyDeletion"] ["B34"];
    "key-refuses-cloudtrail": ["PutKeyPolicy"] ["B35"];
    "key-unusable": ["DeleteImportedKeyMaterial" "DisconnectCustomKeyStore"] ["B36"];
}

fn trace(code: &str) -> Option<&'static Trace> {
    TRACES.iter().find(|trace| trace.code == code)
}

/// The names of the calls on a trail that can have brought about what these codes tell, each once,
/// in the order of the codes.
pub fn calls_on_trail<'c>(codes: impl IntoIterator<Item = &'c str>) -> Vec<&'static str> {
    let calls = codes
        .into_iter()
        .filter_map(trace)
        .flat_map(|trace| trace.calls);
    let on_trail = |call: &&&str| {
        ["StopLogging", "DeleteTrail", "UpdateTrail"].contains(*call) || call.ends_with("Selectors")
    };
    once(calls.filter(on_trail).copied())
}

/// The known attacks that these codes tell of, each once.
pub fn threats_of_codes<'c>(codes: impl IntoIterator<Item = &'c str>) -> Vec<&'static str> {
    let threats = codes
        .into_iter()
        .filter_map(trace)
        .flat_map(|trace| trace.threats);
    once(threats.copied())
}

/// Those of a call's `threats` that the findings confirm; all of them where the findings say
/// nothing of any.
pub fn confirmed(threats: &[&'static str], codes: &[Code]) -> Vec<&'static str> {
    let seen = threats_of_codes(codes.iter().map(|code| code.as_str()));
    let both: Vec<&'static str> = threats
        .iter()
        .copied()
        .filter(|id| seen.contains(id))
        .collect();
    if both.is_empty() {
        threats.to_vec()
    } else {
        both
    }
}

fn once(items: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut kept: Vec<&'static str> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
