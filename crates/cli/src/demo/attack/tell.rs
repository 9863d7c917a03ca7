//! The attack in words.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailkeeper_core::Finding;
use trailkeeper_core::threats::{Class, SeenBy, Threat};
use trailkeeper_sandbox::CallRecord;
use trailkeeper_sandbox::attacks::Target;
use trailkeeper_sandbox::seed::PublishedMessage;

use super::super::show::Show;
use super::super::stage::Run;
use super::look::{Look, differences};
use super::perform::Performed;
use super::stage::Stage;
use crate::error::CommandError;

type Shown = Result<(), CommandError>;

/// The most characters of a call's input.
const SHOWN: usize = 120;
/// The most calls that are listed.
const MOST_CALLS: usize = 8;

pub(super) fn opening(show: &mut Show<'_>, threat: &Threat) -> Shown {
    let (id, title) = (threat.id, threat.title);
    show.title(&format!("{id}: {title}"))?;
    show.text(threat.attack)?;
    show.text(&format!("Known from: {}.", threat.source))
}

/// The account before the attack.
pub(super) fn before(show: &mut Show<'_>, stage: &Stage) -> Shown {
    let Target {
        account,
        region,
        trail,
        ..
    } = &stage.target;
    show.heading("1. A healthy account")?;
    show.text(&format!(
        "Everything happens in an account in memory; AWS is not called. The trail {trail} of \
         account {account} in {region} records everything, and the rules find nothing wrong."
    ))?;
    let told = stage.setting.told.iter();
    let told: Vec<String> = told
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if !told.is_empty() {
        show.text(&format!("The runbook was given {}.", told.join(", ")))?;
    }
    let baseline = &stage.baseline;
    match baseline.get(..8) {
        None => Ok(()),
        Some(start) => show.text(&format!(
            "Its baseline is in the log bucket, under the SHA-256 {start}…, which rule and \
             runbook name."
        )),
    }
}

/// The intruder's calls.
pub(super) fn attack(
    show: &mut Show<'_>,
    target: &Target,
    performed: &Performed,
    others: &[&str],
) -> Shown {
    show.heading("2. The attack")?;
    show.text("The calls of the user mallory, from 203.0.113.24, with a stolen access key:")?;
    let calls = performed.calls.iter();
    let rows = calls.take(MOST_CALLS).map(|call| {
        let name = format!("{}:{}", call.service, call.operation);
        [
            clock(call.at),
            name,
            input(call, target),
            call.outcome.clone(),
        ]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    show.rows(["TIME", "CALL", "WITH", "ANSWER"], &rows)?;
    let more = performed.calls.len().saturating_sub(MOST_CALLS);
    if more > 0 {
        show.text(&format!("and {more} more like these."))?;
    }
    if others.is_empty() {
        return Ok(());
    }
    show.text(&format!(
        "Other ways to the same end: {}.",
        others.join("; ")
    ))
}

/// What a call says besides which trail or bucket it is about.
fn input(call: &CallRecord, target: &Target) -> String {
    let Value::Object(mut members) = call.input.clone() else {
        return String::new();
    };
    let own = [target.trail_arn(), target.bucket.clone()];
    members.retain(|_, value| {
        let text = value.as_str().unwrap_or_default();
        !own.iter().any(|name| name == text)
    });
    if members.is_empty() {
        return String::new();
    }
    let text = Value::Object(members).to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// What was seen without events.
pub(super) struct Scheduled {
    pub(super) findings: Vec<Finding>,
    /// How long after the attack somebody looked.
    pub(super) minutes: i64,
}

/// By what it is seen, and how fast.
pub(super) fn seen(
    show: &mut Show<'_>,
    threat: &Threat,
    performed: &Performed,
    message: Option<&PublishedMessage>,
    scheduled: &Scheduled,
) -> Shown {
    show.heading("3. What is seen, and how fast")?;
    let mut rows = Vec::new();
    if threat.is_seen_at_once() {
        let what = message.and_then(|one| one.subject.clone());
        rows.push(row(
            "event",
            "within a minute",
            &what.unwrap_or_else(|| "a message".to_owned()),
        ));
    }
    for (number, finding) in scheduled.findings.iter().enumerate() {
        let (by, when) = match number {
            0 => ("rule", "next hourly run"),
            _ => ("", ""),
        };
        rows.push(row(by, when, &finding.to_string()));
    }
    rows.extend(threat.seen_by.iter().filter_map(slower));
    show.rows(["SEEN BY", "WHEN", "WHAT"], &rows)?;
    show.text(&match scheduled.findings.as_slice() {
        [] => "The state shows nothing that a scheduled rule could find.".to_owned(),
        _ => format!(
            "The rule's findings are those of an account in which nobody hears of events, {} \
             after the attack.",
            match scheduled.minutes {
                1 => "a minute".to_owned(),
                minutes => format!("{minutes} minutes"),
            }
        ),
    })?;
    match message {
        None => Ok(()),
        Some(message) => {
            let late = message.at.duration_since(performed.at);
            let late = late.max(SignedDuration::ZERO).as_secs();
            show.text(&format!(
                "The message to the topic, {late} s after the call on the sandbox's clock:"
            ))?;
            show.verbatim(&wrapped(&text_of(message)))
        }
    }
}

fn row(by: &str, when: &str, what: &str) -> [String; 3] {
    [by, when, what].map(str::to_owned)
}

/// What sees it besides events and rules.
fn slower(seen: &SeenBy) -> Option<[String; 3]> {
    match seen {
        SeenBy::DeliveryField(field) => Some(row("CloudTrail", "a delivery later", field)),
        SeenBy::GuardDuty => Some(row(
            "GuardDuty",
            "five minutes",
            "Stealth:IAMUser/CloudTrailLoggingDisabled",
        )),
        SeenBy::Digest => Some(row(
            "digest",
            "hourly",
            "names a log file that is not there",
        )),
        SeenBy::Event | SeenBy::TrailRule(_) | SeenBy::GuardRule(_) => None,
    }
}

/// The message's text for people.
fn text_of(message: &PublishedMessage) -> String {
    let parsed: Value = serde_json::from_str(&message.message).unwrap_or_default();
    let text = parsed.get("text").and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// Lines of at most 74 characters.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 74;
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split(' ') {
            let is_full = current.chars().count() + 1 + word.chars().count() > WIDTH;
            if is_full && !current.is_empty() {
                lines.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines.join("\n")
}

/// Who started the runbook.
pub(super) enum Starter {
    Event,
    Rule,
}

/// The runbook, step by step.
pub(super) fn runbook(
    show: &mut Show<'_>,
    run: &Run,
    starter: &Starter,
    writes: &[CallRecord],
) -> Shown {
    show.heading("4. The runbook")?;
    show.text(match starter {
        Starter::Event => {
            "The evaluator has looked at the account because of the event, and started the \
             rule's runbook:"
        }
        Starter::Rule => {
            "No event started it. The verdict of the scheduled rule does, by itself or at the \
             Remediate button:"
        }
    })?;
    show.steps(run)?;
    show.list(["DRIFT", "SEEN -> WANTED"], &run.output("Assess.changes"))?;
    show.writes(writes, &run.output("Repair.steps"))?;
    show.list(["NOTE", "TEXT"], &run.output("Repair.notes"))?;
    show.list(["REMAINING", "WHY"], &run.output("Repair.remaining"))?;
    show.text(&format!("The run's status is {}.", run.status()))
}

/// Why the runbook is not started.
pub(super) fn no_runbook(show: &mut Show<'_>, threat: &Threat) -> Shown {
    show.heading("4. What is done about it")?;
    show.text(match threat.class {
        Class::Guarded => {
            "Nothing is changed: what guards the trail does not repair itself where that could \
             widen permissions. The rule trailkeeper-guard reports it until everything is as \
             deployed again."
        }
        _ => "Nothing is changed: what is right here only a person can know.",
    })
}

/// What the rules still find at the end.
pub(super) fn left(show: &mut Show<'_>, findings: &[Finding]) -> Shown {
    let rows: Vec<[String; 2]> = findings
        .iter()
        .map(|finding| [finding.code.to_string(), finding.evidence.clone()])
        .collect();
    show.rows(["STILL FOUND", "EVIDENCE"], &rows)
}

/// What the account recorded before, then and now.
pub(super) fn coverage(show: &mut Show<'_>, looks: [&Look; 3]) -> Shown {
    show.heading("5. What the trail records")?;
    let rows = differences(looks);
    if rows.is_empty() {
        return show.text("Trail, bucket and key are as they were all the time.");
    }
    show.rows(["WHAT", "BEFORE", "ATTACKED", "IN THE END"], &rows)?;
    show.text("All else is as it was.")
}

/// The gap, and what no repair brings back.
pub(super) fn lost(show: &mut Show<'_>, threat: &Threat, run: Option<&Run>) -> Shown {
    show.heading("6. What stays lost")?;
    let gap = |name: &str| {
        run.map(|run| run.output(name).join(" "))
            .unwrap_or_default()
    };
    let from = gap("Repair.gapStart");
    if !from.is_empty() {
        let to = match gap("Repair.gapEnd") {
            none if none.is_empty() => "the next delivery".to_owned(),
            to => to,
        };
        show.text(&format!("The gap is from {from} to {to}."))?;
    }
    show.text(&format!("Lost: {}.", threat.stays_lost))?;
    if !threat.condition.is_empty() && threat.class == Class::Undone {
        show.text(&format!("It is undone where {}.", threat.condition))?;
    }
    if threat.parameters.is_empty() {
        return Ok(());
    }
    let needs: Vec<String> = threat.parameters.iter().map(ToString::to_string).collect();
    show.text(&format!("It takes {}.", needs.join(", ")))
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}
