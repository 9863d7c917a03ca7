//! What the event history is asked: calls on the trail, its bucket and its key, each in its Region.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::fast_path::{CLOUDTRAIL, KMS, S3, calls_of_codes, threats_of_codes};
use crate::finding::Finding;
use crate::identity::{Arn, Region};
use crate::remediation::{Delivery, RepairResult};

/// CloudTrail's own time of a stop and that of the call's record differ by less.
const STOP_WINDOW: SignedDuration = SignedDuration::from_mins(2);

/// How far back a change is looked for whose time is not known. The rule runs hourly; older calls
/// would blame whoever changed the trail last, and be right by chance.
const CHANGE_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// What the event history is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The trail.
    pub trail: Arn,
    /// Where it delivers to; none where only the trail is searched for.
    pub delivery: Option<Box<Delivery>>,
    /// The calls that can have done it, at least one.
    pub calls: Vec<Sought>,
    /// The codes of the faults.
    pub codes: Vec<String>,
    /// The known attacks that the faults tell of.
    pub threats: Vec<&'static str>,
    /// The earliest time.
    pub from: Timestamp,
    /// The latest.
    pub until: Timestamp,
    /// Since when events are missing.
    pub gap_start: Option<Timestamp>,
    /// When logging was seen on again.
    pub gap_end: Option<Timestamp>,
}

/// A call that is searched for. It is asked for by its name: bucket and key are read and used all
/// the time, and their own calls would fill page after page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// Its name: `StopLogging`.
    pub call: &'static str,
    /// The service: `cloudtrail.amazonaws.com`.
    pub source: &'static str,
    /// The Region that records it.
    pub region: Region,
}

impl Search {
    /// The search for who brought about what a repair found; none where no call on the trail, its
    /// bucket or its key can have.
    pub fn of_result(result: &RepairResult, now: Timestamp) -> Option<Self> {
        let entries = result.changes.iter().chain(&result.remaining);
        let codes: Vec<&str> = entries.map(|entry| entry.code.as_str()).collect();
        let trail = result.trail_arn.clone()?;
        let mut search = Self::of_codes(trail, result.delivery.clone(), &codes, now)?;
        search.gap_start = result.gap_start;
        search.gap_end = result.gap_end;
        Some(match result.gap_start {
            Some(stop) if codes.contains(&"trail-not-logging") => search.around(stop),
            _ => search,
        })
    }

    /// The same for what a rule found on the trail itself.
    pub fn of_findings(trail: Arn, findings: &[Finding], now: Timestamp) -> Option<Self> {
        let codes: Vec<&str> = findings.iter().map(|one| one.code.as_str()).collect();
        let search = Self::of_codes(trail, None, &codes, now)?;
        let stop = findings.iter().find_map(stopped_at);
        Some(match stop {
            Some(stop) => search.around(stop),
            None => search,
        })
    }

    fn of_codes(
        trail: Arn,
        delivery: Option<Box<Delivery>>,
        codes: &[&str],
        now: Timestamp,
    ) -> Option<Self> {
        let mut search = Self {
            calls: Vec::new(),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            threats: threats_of_codes(codes.iter().copied()),
            from: earlier(now, CHANGE_WINDOW),
            until: now,
            gap_start: None,
            gap_end: None,
            trail,
            delivery,
        };
        let calls = calls_of_codes(codes.iter().copied()).into_iter();
        let sought = calls.filter_map(|(source, call)| {
            let region = search.region(source)?;
            Some(Sought {
                call,
                source,
                region,
            })
        });
        search.calls = sought.collect();
        // A bucket that was made anew lacks its settings as well.
        if codes.contains(&"bucket-missing") {
            let is_it = |one: &Sought| one.source != S3 || one.call == "DeleteBucket";
            search.calls.retain(is_it);
        }
        (!search.calls.is_empty()).then_some(search)
    }

    /// The Region that records calls of this service on what belongs to the trail.
    fn region(&self, source: &str) -> Option<Region> {
        match source {
            CLOUDTRAIL => self.trail.region(),
            S3 => Some(self.delivery.as_ref()?.bucket_region.clone()),
            KMS => self.key()?.region(),
            _ => None,
        }
    }

    fn key(&self) -> Option<Arn> {
        let id = self.delivery.as_ref()?.trail.kms_key_id.as_deref()?;
        id.parse().ok()
    }

    /// Only the calls around the time of a stop: an older one of somebody else must not be blamed
    /// while the history does not have the newest yet.
    fn around(mut self, stop: Timestamp) -> Self {
        self.calls.retain(|one| one.call == "StopLogging");
        self.from = earlier(stop, STOP_WINDOW);
        self.until = stop.checked_add(STOP_WINDOW).unwrap_or(stop);
        self
    }

    /// Whether the record is of a call that is searched for, on what belongs to the trail.
    pub(super) fn wants(&self, source: &str, call: &str, record: &Value) -> bool {
        let mut calls = self.calls.iter();
        calls.any(|one| one.call == call && one.source == source)
            && match source {
                CLOUDTRAIL => is_on(record, &self.trail),
                S3 => self.is_on_bucket(record),
                _ => self.is_on_key(record),
            }
    }

    /// The name of a bucket is the only one of its kind, in all Regions and accounts.
    fn is_on_bucket(&self, record: &Value) -> bool {
        let bucket = self.delivery.as_ref().map(|one| one.trail.bucket.as_str());
        let named = record.pointer("/requestParameters/bucketName");
        bucket.is_some() && named.and_then(Value::as_str) == bucket
    }

    /// A key may be named by its ARN, or by its id in its Region.
    fn is_on_key(&self, record: &Value) -> bool {
        let named = record.pointer("/requestParameters/keyId");
        let (Some(key), Some(named)) = (self.key(), named.and_then(Value::as_str)) else {
            return false;
        };
        let region = record.get("awsRegion").and_then(Value::as_str);
        named == key.to_string() || (named == key.name() && region == Some(key.region.as_str()))
    }

    /// What is searched for, in words.
    pub fn told(&self) -> String {
        let names: Vec<&str> = self.calls.iter().map(|one| one.call).collect();
        let is_on_trail = |one: &Sought| one.source == CLOUDTRAIL;
        let what = match self.calls.iter().all(is_on_trail) {
            true => "the trail",
            false => "the trail, its bucket or its key",
        };
        format!("{} on {what}", names.join(" or "))
    }
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// When the trail was stopped, by the evidence: `org-audit stopped 2026-03-02T09:57:12Z`.
fn stopped_at(finding: &Finding) -> Option<Timestamp> {
    if finding.code != crate::finding::Code::TrailNotLogging {
        return None;
    }
    let last = finding.evidence.rsplit(' ').next()?;
    last.parse().ok()
}

/// Whether the call is on the trail, which it may name by name or by ARN. A name alone means the
/// trail of the Region that was called.
fn is_on(record: &Value, trail: &Arn) -> bool {
    let request = record.get("requestParameters").unwrap_or(&Value::Null);
    let named = ["name", "trailName", "resourceId"].into_iter();
    let mut named = named.filter_map(|key| request.get(key)?.as_str());
    let region = record.get("awsRegion").and_then(Value::as_str);
    named.any(|name| {
        name == trail.to_string() || (name == trail.name() && region == Some(trail.region.as_str()))
    })
}
