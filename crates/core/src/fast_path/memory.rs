//! What was told already.
//!
//! The memory lives as long as the process: a function that was started anew, or one of several
//! that run side by side, does not know what another one told. A repeat may so be told again;
//! nothing is ever left untold for it.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// The most entries of each kind.
const MOST_ENTRIES: usize = 500;
/// The most bytes of all results together.
const MOST_BYTES: usize = 1 << 20;
/// EventBridge delivers an event again for so long.
const EVENT_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// After this time what is wrong still is told again when an event touches it.
const RESULT_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// Which events were answered, which runs were started and what was told last of each resource.
#[derive(Debug, Default)]
pub struct Memory {
    events: VecDeque<(String, Timestamp)>,
    runs: VecDeque<String>,
    results: VecDeque<Told>,
}

#[derive(Debug)]
struct Told {
    resource: String,
    evidence: String,
    at: Timestamp,
}

impl Told {
    fn bytes(&self) -> usize {
        self.resource.len() + self.evidence.len()
    }
}

impl Memory {
    /// Whether the event was answered before.
    pub fn knows_event(&self, id: &str, now: Timestamp) -> bool {
        let mut events = self.events.iter();
        events.any(|(known, at)| known == id && lasts(*at, EVENT_LASTS, now))
    }

    /// The event is answered. Never said of one whose message could not be sent: its second
    /// delivery must not count as a repeat.
    pub fn keep_event(&mut self, id: &str, now: Timestamp) {
        self.events.retain(|(_, at)| lasts(*at, EVENT_LASTS, now));
        self.events.push_back((id.to_owned(), now));
        while self.events.len() > MOST_ENTRIES {
            self.events.pop_front();
        }
    }

    /// This run of a runbook was started.
    pub fn keep_run(&mut self, id: &str) {
        self.runs.push_back(id.to_owned());
        while self.runs.len() > MOST_ENTRIES {
            self.runs.pop_front();
        }
    }

    /// The ids of the runs that were started.
    pub fn runs(&self) -> Vec<String> {
        self.runs.iter().cloned().collect()
    }

    /// Whether this is what was told of the resource last, and lately.
    pub fn is_repeat(&self, resource: &str, evidence: &str, now: Timestamp) -> bool {
        self.results.iter().any(|told| {
            told.resource == resource
                && told.evidence == evidence
                && lasts(told.at, RESULT_LASTS, now)
        })
    }

    /// This was told of the resource.
    pub fn keep_result(&mut self, resource: &str, evidence: &str, now: Timestamp) {
        self.forget_result(resource);
        self.results
            .retain(|told| lasts(told.at, RESULT_LASTS, now));
        self.results.push_back(Told {
            resource: resource.to_owned(),
            evidence: evidence.to_owned(),
            at: now,
        });
        while self.results.len() > MOST_ENTRIES || self.bytes() > MOST_BYTES {
            self.results.pop_front();
        }
    }

    /// The resource was seen in order: the same fault is news when it comes again.
    pub fn forget_result(&mut self, resource: &str) {
        self.results.retain(|told| told.resource != resource);
    }

    fn bytes(&self) -> usize {
        self.results.iter().map(Told::bytes).sum()
    }
}

/// A time that lies ahead, by a clock that was set back, counts as just now.
fn lasts(at: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(at) < length
}
