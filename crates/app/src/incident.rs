//! Who did it, asked of CloudTrail's event history, and telling what came of a repair.
//!
//! Nothing here can fail a repair: what could not be read or sent is a note.

use std::sync::Arc;

use futures::future::join;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::incident::{Incident, Outcome, Search, from_history};
use trailkeeper_core::remediation::{Entry, RepairResult};
use trailkeeper_core::repair::Ending;
use trailkeeper_core::{Arn, CallError, Caller};

use crate::ports::{Clock, EventSink, HistoryAttribute, HistoryReader, Notifier};

/// The most calls of LookupEvents for an incident.
pub const MOST_LOOKUPS: usize = 5;

/// LookupEvents takes two calls a second in an account and Region, and others call it too.
const PACE: SignedDuration = SignedDuration::from_millis(500);

/// The time that a lookup is given before the deadline: what the longest call takes, so that none
/// is begun that may not end.
const LOOKUP_TIME: SignedDuration = SignedDuration::from_secs(12);

/// The time that telling is left by the lookups: message and event are sent at the same time.
const TELL_TIME: SignedDuration = SignedDuration::from_secs(12);

/// What an incident is recorded with.
#[derive(Clone)]
pub struct IncidentPorts {
    /// CloudTrail's event history.
    pub history: Arc<dyn HistoryReader>,
    /// SNS.
    pub notifier: Arc<dyn Notifier>,
    /// EventBridge.
    pub events: Arc<dyn EventSink>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Who is told of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IncidentSettings {
    /// The topic; none: no message.
    pub topic: Option<Arn>,
    /// Whether an event of ours is sent.
    pub events: bool,
    /// The roles, by name or ARN, whose calls are the product's own.
    pub own_roles: Vec<String>,
}

/// What the evaluator asks who did it by.
#[derive(Clone)]
pub struct Attribution {
    /// CloudTrail's event history.
    pub history: Arc<dyn HistoryReader>,
    /// The roles, by name or ARN, whose calls are the product's own.
    pub own_roles: Vec<String>,
}

/// The end of a repair with who did the damage, after it was told. A run without an incident is
/// neither looked up nor told.
///
/// # Errors
/// The failure that the repair ended in, never one of its own.
pub async fn record(
    ports: &IncidentPorts,
    settings: &IncidentSettings,
    caller: &Caller,
    mut ending: Ending,
    deadline: Timestamp,
) -> Ending {
    if Outcome::of(&ending, caller, ports.clock.now()).is_none() {
        return ending;
    }
    let own = OwnRoles {
        account: &caller.account,
        roles: &settings.own_roles,
    };
    let until = deadline.checked_sub(TELL_TIME).unwrap_or(deadline);
    let incident = attribute(ports, own, result_of(&mut ending), until).await;
    let notes = publish(ports, settings, caller, &ending, incident.as_ref()).await;
    result_of(&mut ending).notes.extend(notes);
    ending
}

fn result_of(ending: &mut Ending) -> &mut RepairResult {
    match ending {
        Ok(result) => result,
        Err(failure) => failure.result.as_mut(),
    }
}

async fn attribute(
    ports: &IncidentPorts,
    own: OwnRoles<'_>,
    result: &mut RepairResult,
    deadline: Timestamp,
) -> Option<Incident> {
    let clock = ports.clock.as_ref();
    let search = Search::of_result(result, clock.now())?;
    let history = ports.history.as_ref();
    match look_up(history, clock, &search, own, MOST_LOOKUPS, deadline).await {
        Ok(incident) => {
            let Incident { call, time, .. } = &incident;
            let text = format!("{call} at {time}, event {}", incident.event_id);
            let actor = incident.actor.whole();
            if incident.is_cause {
                result.actor = Some(actor);
                result.notes.push(Entry::new("done-by", text));
            } else {
                let text = format!("{actor}, {text}; it is not the cause");
                result.notes.push(Entry::new("last-changed-by", text));
            }
            Some(incident)
        }
        Err(why) => {
            result.notes.push(Entry::new("actor-unknown", why));
            None
        }
    }
}

/// Who did it, by at most so many calls of LookupEvents; who changed the trail last, where none of
/// the changes that are seen can have done it.
///
/// # Errors
/// Why that is not known, in words.
pub async fn look_up(
    history: &dyn HistoryReader,
    clock: &dyn Clock,
    search: &Search,
    own: OwnRoles<'_>,
    most_lookups: usize,
    deadline: Timestamp,
) -> Result<Incident, String> {
    let mut left = most_lookups;
    let mut newest: Option<Incident> = None;
    for sought in &search.calls {
        let attribute = HistoryAttribute::EventName(sought.call.to_owned());
        let mut token = None;
        while left > 0 {
            if left < most_lookups {
                clock.sleep(PACE).await;
            }
            left -= 1;
            if clock.now() + LOOKUP_TIME > deadline {
                return newest.ok_or_else(|| "no time was left to look it up".to_owned());
            }
            let (from, until) = (Some(search.from), Some(search.until));
            let page = history.lookup(&sought.region, &attribute, from, until, token.as_deref());
            let page = match page.await {
                Ok(page) => page,
                Err(error) => return newest.ok_or_else(|| unread(&error)),
            };
            let found = from_history(&page.items, search, own);
            let is_found = found.as_ref().is_some_and(|found| found.is_cause);
            newest = newest.into_iter().chain(found).reduce(Incident::better);
            token = page.next;
            if is_found || token.is_none() {
                break;
            }
        }
    }
    newest.ok_or_else(|| {
        format!(
            "the event history shows no {}; it lags behind by minutes",
            search.told()
        )
    })
}

pub(crate) fn unread(error: &CallError) -> String {
    format!("{} {}", error.operation, error.code)
}

/// Sends message and event; what failed is a note.
async fn publish(
    ports: &IncidentPorts,
    settings: &IncidentSettings,
    caller: &Caller,
    ending: &Ending,
    incident: Option<&Incident>,
) -> Vec<Entry> {
    let mut notes = Vec::new();
    let Some(outcome) = Outcome::of(ending, caller, ports.clock.now()) else {
        return notes;
    };
    let outcome = outcome.by(incident);
    let message = async {
        let Some(topic) = &settings.topic else {
            return Ok(());
        };
        let notice = trailkeeper_core::fast_path::outcome_notice(&outcome);
        let notifier = &ports.notifier;
        let sent = notifier.publish(topic, &notice.subject, &notice.message);
        sent.await
    };
    let event = async {
        if !settings.events {
            return Ok(());
        }
        let detail = outcome.detail();
        let sent = ports.events.put_event(Outcome::DETAIL_TYPE, &detail);
        sent.await
    };
    let (message, event) = join(message, event).await;
    for (code, sent) in [("message-not-sent", message), ("event-not-sent", event)] {
        if let Err(error) = sent {
            notes.push(Entry::new(code, unread(&error)));
        }
    }
    notes
}
