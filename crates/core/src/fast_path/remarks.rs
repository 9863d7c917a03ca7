//! What a message says besides what is wrong: which attack the call can be part of, and what is
//! done about it.

use super::envelope::ApiCall;
use super::reported::Reported;
use super::table::{EventRow, plain_name};
use super::tampering::attacks;
use crate::escape;
use crate::finding::{Code, Note, Severity};
use crate::threats::threat;

/// The most characters of names in a sentence.
const SHOWN: usize = 256;
/// The most characters of an event's id.
const ID: usize = 128;
/// The most characters of a note.
const NOTE: usize = 1024;
/// The most notes.
const MOST_NOTES: usize = 10;
/// The known attack that keeps out of a record what its call is about.
const OVERSIZED: &str = "B51";

/// What a message says besides what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remarks {
    /// Whether all of it was made up to show what it looks like.
    pub is_sample: bool,
    /// The event's name, where it is not that of the call.
    pub event: Option<String>,
    /// Sentences, each a line. Foreign names in them are escaped.
    pub lines: Vec<String>,
}

/// Which known attack the call can be part of, and what it means: a line of the message.
pub fn meaning(row: &EventRow, codes: &[Code]) -> String {
    let known: Vec<String> = attacks(row, codes)
        .into_iter()
        .map(|threat| format!("{} ({})", threat.id, threat.title))
        .collect();
    let name = plain_name(row.event_source, row.event_name);
    let means = row.means;
    match known.as_slice() {
        [] => format!("{name} means that {means}."),
        [one] => format!("Known attack {one}: {name} means that {means}."),
        several => {
            let several = several.join(", ");
            format!("One of the known attacks {several}: {name} means that {means}.")
        }
    }
}

/// What it means that a call does not say what it is about, and what to check: lines of the message.
pub fn meaning_unnamed(row: &EventRow) -> Vec<String> {
    let known = threat(OVERSIZED).map_or("", |threat| threat.title);
    let kind = row.resource_type;
    vec![
        meaning(row, &[]),
        format!(
            "Known attack {OVERSIZED} ({known}): the event does not say which {kind} it is about, \
             since CloudTrail leaves out parameters that are too long, and these can be made so on \
             purpose. The log does not hold them either."
        ),
        format!(
            "To check: what each {kind} is now against what it should be, first of what guards the \
             trail (the rule guard compares roles with their baseline: guard-role-changed), then \
             of what this actor may reach; and what else this actor did around that time."
        ),
    ]
}

/// What the rule notes besides its findings: lines of the message, at most so many.
pub fn rule_notes(notes: &[Note]) -> Vec<String> {
    let shown = notes.iter().take(MOST_NOTES);
    let mut lines: Vec<String> = shown
        .map(|note| format!("Note: {}.", escape::cut(&note.to_string(), NOTE)))
        .collect();
    let rest = notes.len().saturating_sub(MOST_NOTES);
    if rest > 0 {
        lines.push(format!("(+{rest} more notes)"));
    }
    lines
}

/// A call on something of ours after which nothing is wrong, or of which no rule can tell.
pub fn noticed(row: &EventRow, call: &ApiCall, names: &[String], is_healthy: bool) -> Reported {
    let name = plain_name(&call.event_source, &call.event_name);
    let what = named(names);
    let after = if is_healthy {
        "; the rule finds nothing wrong now"
    } else {
        ""
    };
    let (id, means) = (shown_id(call), row.means);
    let why = format!(
        "{name} on {what} by {}, event {id}: {means}{after}",
        call.actor
    );
    reported(
        "tampering-noticed",
        Severity::Medium,
        why,
        "see whether it was meant; what was recorded or kept less meanwhile stays lost",
    )
}

/// A call on a part of the product.
pub fn of_guard(row: &EventRow, call: &ApiCall, names: &[String]) -> Reported {
    let name = plain_name(&call.event_source, &call.event_name);
    let what = named(names);
    let (id, means) = (shown_id(call), row.means);
    let why = format!("{name} on {what} by {}, event {id}: {means}", call.actor);
    reported(
        "guard-touched",
        Severity::High,
        why,
        "see whether it was meant; the rule guard says what is wrong now",
    )
}

/// The event's id. With it in what is told only the same event is a repeat.
fn shown_id(call: &ApiCall) -> String {
    escape::cut(&call.id, ID)
}

fn named(names: &[String]) -> String {
    match names {
        [] => "something that the event does not name".to_owned(),
        names => escape::cut(&names.join(", "), SHOWN),
    }
}

fn reported(code: &str, severity: Severity, why: String, suggestion: &str) -> Reported {
    Reported {
        code: code.to_owned(),
        severity: severity.to_string(),
        policy_name: String::new(),
        statement: String::new(),
        grant: String::new(),
        why,
        suggestion: suggestion.to_owned(),
    }
}

impl Reported {
    /// The same for this event and no other.
    #[must_use]
    pub fn of_event(mut self, call: &ApiCall) -> Self {
        let id = shown_id(call);
        self.why = format!("{}; event {id} at {}", self.why, call.time);
        self
    }

    /// The runbook was started too often.
    pub fn repairs_exhausted(document: &str, runs: usize) -> Self {
        let why = format!(
            "{runs} runs of {document} were started within the last hour, so that no further one \
             is: somebody or something undoes the repairs"
        );
        let suggestion = "find out who changes the trail back, then start the runbook by hand; \
                          AWS Config's next run still repairs what keeps events from you";
        reported("repairs-exhausted", Severity::High, why, suggestion)
    }

    /// So many runs were started that ours cannot be told among them.
    pub fn repairs_uncounted(document: &str) -> Self {
        let why = format!(
            "more runs of {document} and of documents whose names begin so were started within the \
             last hour than can be listed, so that no further one is: somebody may hide the repairs"
        );
        let suggestion = "find out who starts these runs, then start the runbook by hand; AWS \
                          Config's remediation may go on";
        reported("repairs-exhausted", Severity::High, why, suggestion)
    }
}
