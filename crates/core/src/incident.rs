//! The record of an incident: who did what to the trail, and since when something is missing.
//!
//! CloudTrail's event history tells who, minutes after the fact: never before logging is restored,
//! and never for the decision to restore it. Where nothing is to be restored any more, since it is
//! undone again and again, it is asked at once.

mod cause;
mod search;

pub use search::{Search, Sought};

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::escape;
use crate::fast_path::{Actor, OwnRoles, Reported, threats_of_codes};
use crate::identity::Caller;
use crate::remediation::{Entry, Outcome as Ended, RepairFailure, RepairResult};
use crate::threats::threats;

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
    let is_it = search.wants(source, call, record)
        && (search.from..=search.until).contains(&time)
        && !has_failed
        && !own.made(source, call, has_failed, &actor);
    is_it.then(|| Incident {
        is_cause: cause::is_cause(call, record, search),
        call: call.to_owned(),
        event_id: escape::cut(text("eventID").unwrap_or_default(), 64),
        time,
        actor,
        gap_start: search.gap_start,
        gap_end: search.gap_end,
        threats: search.threats.clone(),
    })
}

/// What came of a repair, for those who are told.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// Where it ran.
    pub caller: &'a Caller,
    /// When it ended.
    pub at: Timestamp,
    /// `repaired`, `repairs-exhausted`, or the code of the failure.
    pub code: &'a str,
    /// The sentence of a failure.
    pub failure: Option<&'a str>,
    /// The result.
    pub result: &'a RepairResult,
    /// Who did the damage, where that is known.
    pub incident: Option<&'a Incident>,
}

impl<'a> Outcome<'a> {
    /// The outcome that is worth a message: something was repaired, or was not although something
    /// is missing or is undone again and again.
    pub fn of(
        ending: &'a Result<RepairResult, RepairFailure>,
        caller: &'a Caller,
        at: Timestamp,
    ) -> Option<Self> {
        let (code, failure, result) = match ending {
            Ok(result) => {
                let told = [Ended::Repaired, Ended::RepairsExhausted];
                let outcome = result.outcome.filter(|one| told.contains(one))?;
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
            incident: None,
        })
    }

    /// The same with who did the damage. The last change of the trail that is not its cause is
    /// nobody's damage.
    #[must_use]
    pub fn by(self, incident: Option<&'a Incident>) -> Self {
        let incident = incident.filter(|incident| incident.is_cause);
        Self { incident, ..self }
    }

    /// The known attacks that were found.
    pub fn threats(&self) -> Vec<&'static str> {
        let entries = self.result.changes.iter().chain(&self.result.remaining);
        let mut ids = threats_of_codes(entries.map(|entry| entry.code.as_str()));
        if self.code == Ended::RepairsExhausted.as_str() {
            let of_outcome = threats().filter(|one| one.codes().any(|code| code == self.code));
            ids.extend(of_outcome.map(|threat| threat.id));
        }
        ids
    }

    /// The `detail-type` of the event of ours.
    pub const DETAIL_TYPE: &'static str = "Trailkeeper Incident";

    /// The `detail` of the event of ours: the result, with what it is about and the call that did
    /// the damage. No member is ever missing or null: what is not known is empty.
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
            let by = self.incident;
            let told = |text: fn(&Incident) -> String| by.map(text).unwrap_or_default();
            for (name, text) in [
                ("call", told(|by| escape::field(&by.call, 64))),
                ("callTime", told(|by| by.time.to_string())),
                ("eventId", told(|by| by.event_id.clone())),
                (
                    "userAgent",
                    told(|by| escape::guarded(by.actor.shown_user_agent())),
                ),
            ] {
                fields.insert(name.to_owned(), json!(text));
            }
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
