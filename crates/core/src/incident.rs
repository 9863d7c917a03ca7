//! The record of an incident: who did what to the trail, and since when something is missing.
//!
//! CloudTrail's event history tells who, minutes after the fact: never before logging is restored,
//! and never for the decision to restore it.

mod cause;

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::escape;
use crate::fast_path::{Actor, OwnRoles, Reported, calls_on_trail, threats_of_codes};
use crate::finding::Finding;
use crate::identity::{Arn, Caller};
use crate::remediation::{Entry, Outcome as Ended, RepairFailure, RepairResult};

/// CloudTrail's own time of a stop and that of the call's record differ by less.
const STOP_WINDOW: SignedDuration = SignedDuration::from_mins(2);

/// How far back a change is looked for whose time is not known. The rule runs hourly; older calls
/// would blame whoever changed the trail last, and be right by chance.
const CHANGE_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// The most bytes of an event of ours; EventBridge takes 256 KB with its envelope.
const MOST_BYTES: usize = 240 * 1024;

/// Who did what to the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Who.
    pub actor: Actor,
    /// The call: `StopLogging`.
    pub call: String,
    /// Whether the call, by its parameters, can have brought the fault about. Else it is only the
    /// last change of the trail that is known.
    pub is_cause: bool,
    /// The id of its event.
    pub event_id: String,
    /// When.
    pub time: Timestamp,
    /// Since when events are missing.
    pub gap_start: Option<Timestamp>,
    /// When logging was seen on again.
    pub gap_end: Option<Timestamp>,
    /// The known attacks that it is: `B01`.
    pub threats: Vec<&'static str>,
}

/// What the event history is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The trail.
    pub trail: Arn,
    /// The calls that can have done it, at least one.
    pub calls: Vec<&'static str>,
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

impl Search {
    /// The search for who brought about what a repair found; none where no call on the trail can
    /// have.
    pub fn of_result(result: &RepairResult, now: Timestamp) -> Option<Self> {
        let entries = result.changes.iter().chain(&result.remaining);
        let codes: Vec<&str> = entries.map(|entry| entry.code.as_str()).collect();
        let mut search = Self::of_codes(result.trail_arn.clone()?, &codes, now)?;
        search.gap_start = result.gap_start;
        search.gap_end = result.gap_end;
        Some(match result.gap_start {
            Some(stop) if codes.contains(&"trail-not-logging") => search.around(stop),
            _ => search,
        })
    }

    /// The same for what a rule found on the trail.
    pub fn of_findings(trail: Arn, findings: &[Finding], now: Timestamp) -> Option<Self> {
        let codes: Vec<&str> = findings.iter().map(|one| one.code.as_str()).collect();
        let search = Self::of_codes(trail, &codes, now)?;
        let stop = findings.iter().find_map(stopped_at);
        Some(match stop {
            Some(stop) => search.around(stop),
            None => search,
        })
    }

    fn of_codes(trail: Arn, codes: &[&str], now: Timestamp) -> Option<Self> {
        let calls = calls_on_trail(codes.iter().copied());
        (!calls.is_empty()).then(|| Self {
            trail,
            calls,
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            threats: threats_of_codes(codes.iter().copied()),
            from: earlier(now, CHANGE_WINDOW),
            until: now,
            gap_start: None,
            gap_end: None,
        })
    }

    /// Only the calls around the time of a stop: an older one of somebody else must not be blamed
    /// while the history does not have the newest yet.
    fn around(mut self, stop: Timestamp) -> Self {
        self.calls.retain(|call| *call == "StopLogging");
        self.from = earlier(stop, STOP_WINDOW);
        self.until = stop.checked_add(STOP_WINDOW).unwrap_or(stop);
        self
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

/// The newest of these records that did it: a call on the trail, by name or ARN, that had an
/// effect, can have brought a fault about and was no repair of ours. Where none can have, the
/// newest change of the trail, which is not its cause.
pub fn from_history(records: &[String], search: &Search, own: OwnRoles<'_>) -> Option<Incident> {
    let read = records.iter().filter_map(|text| {
        let record: Value = serde_json::from_str(text).ok()?;
        of_record(&record, search, own)
    });
    read.reduce(Incident::better)
}

impl Incident {
    /// Of two the one to name: what can have been the cause, then the newer one. Of two in one
    /// second the first is the newer: that is the history's order.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        if (other.is_cause, other.time) > (self.is_cause, self.time) {
            other
        } else {
            self
        }
    }
}

fn of_record(record: &Value, search: &Search, own: OwnRoles<'_>) -> Option<Incident> {
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    let call = text("eventName")?;
    let time: Timestamp = text("eventTime")?.parse().ok()?;
    let actor = Actor::read(record);
    let has_failed = ["errorCode", "errorMessage"]
        .iter()
        .any(|name| match record.get(name) {
            None | Some(Value::Null) => false,
            Some(value) => value != "",
        });
    let source = text("eventSource")?;
    let is_it = search.calls.contains(&call)
        && source == "cloudtrail.amazonaws.com"
        && (search.from..=search.until).contains(&time)
        && !has_failed
        && is_on(record, &search.trail)
        && !own.made(source, call, has_failed, &actor);
    is_it.then(|| Incident {
        is_cause: cause::is_cause(call, record, &search.codes),
        call: call.to_owned(),
        event_id: escape::cut(text("eventID").unwrap_or_default(), 64),
        time,
        actor,
        gap_start: search.gap_start,
        gap_end: search.gap_end,
        threats: search.threats.clone(),
    })
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

/// What came of a repair, for those who are told.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// Where it ran.
    pub caller: &'a Caller,
    /// When it ended.
    pub at: Timestamp,
    /// `repaired`, or the code of the failure.
    pub code: &'a str,
    /// The sentence of a failure.
    pub failure: Option<&'a str>,
    /// The result.
    pub result: &'a RepairResult,
}

impl<'a> Outcome<'a> {
    /// The outcome that is worth a message: something was repaired, or was not although something
    /// is missing.
    pub fn of(
        ending: &'a Result<RepairResult, RepairFailure>,
        caller: &'a Caller,
        at: Timestamp,
    ) -> Option<Self> {
        let (code, failure, result) = match ending {
            Ok(result) => {
                let outcome = result
                    .outcome
                    .filter(|outcome| *outcome == Ended::Repaired)?;
                (outcome.as_str(), None, result)
            }
            Err(failure) => {
                let result = failure.result.as_ref();
                let is_told = failure.code == "partly-repaired" || result.gap_start.is_some();
                let sentence = Some(failure.message.as_str());
                is_told.then_some((failure.code.as_str(), sentence, result))?
            }
        };
        Some(Self {
            caller,
            at,
            code,
            failure,
            result,
        })
    }

    /// The known attacks that were found.
    pub fn threats(&self) -> Vec<&'static str> {
        let entries = self.result.changes.iter().chain(&self.result.remaining);
        threats_of_codes(entries.map(|entry| entry.code.as_str()))
    }

    /// The `detail-type` of the event of ours.
    pub const DETAIL_TYPE: &'static str = "Trailkeeper Incident";

    /// The `detail` of the event of ours: the result, with what it is about.
    pub fn detail(&self) -> String {
        let mut detail = self.result.to_json();
        let threats = self.threats();
        if let Some(fields) = detail.as_object_mut() {
            fields.insert("version".to_owned(), json!(1));
            fields.insert("account".to_owned(), json!(self.caller.account.as_str()));
            fields.insert("region".to_owned(), json!(self.caller.region.as_str()));
            fields.insert("time".to_owned(), json!(self.at.to_string()));
            fields.insert("outcome".to_owned(), json!(escape::escaped(self.code)));
            fields.insert("threats".to_owned(), json!(threats));
            // Least needed first.
            for list in ["steps", "notes", "changes", "remaining"] {
                let size = serde_json::to_string(&fields).map_or(0, |text| text.len());
                if size > MOST_BYTES {
                    fields.insert(list.to_owned(), json!(["left-out: for its size"]));
                }
            }
        }
        detail.to_string()
    }

    /// The text of the message.
    pub(crate) fn text(&self) -> String {
        let result = self.result;
        let trail = result.trail_arn.as_ref().map(ToString::to_string);
        let trail = trail.as_deref().unwrap_or("(not known)");
        let mut text = format!(
            "{} of trail {} in account {}, Region {}, at {}.\n",
            escape::cut(self.code, 64),
            escape::cut(trail, 1024),
            self.caller.account,
            self.caller.region,
            self.at,
        );
        if let Some(failure) = self.failure {
            let _ = writeln!(text, "{}", escape::cut(failure, 2048));
        }
        let actor = result.actor.as_deref().unwrap_or("unknown");
        let _ = writeln!(text, "By {}.", escape::cut(actor, 2048));
        if let Some(start) = result.gap_start {
            let end = result.gap_end.map(|end| end.to_string());
            let end = end.as_deref().unwrap_or("now; it is not over");
            let _ = writeln!(text, "Events are missing from {start} to {end}.");
        }
        let threats = self.threats();
        if !threats.is_empty() {
            let _ = writeln!(text, "Known attacks: {}.", threats.join(", "));
        }
        for (heading, entries) in [
            ("Found", &result.changes),
            ("Remaining", &result.remaining),
            ("Notes", &result.notes),
        ] {
            text.push_str(&list(heading, entries));
        }
        text
    }

    /// What was found, in the words of the message, at most so many.
    pub(crate) fn findings(&self, most: usize) -> Vec<Reported> {
        let entries = self.result.changes.iter().chain(&self.result.remaining);
        entries.take(most).map(reported).collect()
    }
}

fn list(heading: &str, entries: &[Entry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let lines = entries.iter().take(20);
    let lines: Vec<String> = lines
        .map(|entry| format!("- {}\n", escape::cut(&entry.to_string(), 1024)))
        .collect();
    format!("{heading}:\n{}", lines.concat())
}

/// How bad it is says the catalogue, where it knows the code.
fn reported(entry: &Entry) -> Reported {
    let mut codes = crate::finding::Code::ALL.iter();
    let code = codes.find(|code| code.as_str() == entry.code);
    let severity = code.map(|code| crate::catalogue::severity(*code));
    Reported {
        code: escape::field(&entry.code, 64),
        severity: severity.map(|one| one.to_string()).unwrap_or_default(),
        policy_name: String::new(),
        statement: String::new(),
        grant: String::new(),
        why: escape::field(&entry.text, 2048),
        suggestion: String::new(),
    }
}
