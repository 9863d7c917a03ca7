//! The message about what is wrong: JSON for programs, with a text in it for people.
//!
//! One event makes at most one message, also where it is about several instances: `resource` and
//! `profileName` are those of the first that is at fault, `findings` holds what was found on any of
//! them, each once, and `text` names them all.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde::Serialize;
use trailkeeper_policy::analysis::table_date;

use super::envelope::{ApiCall, Failure};
use super::remarks::Remarks;
use super::reported::{NAME, Reported, SENTENCE};
use super::table::plain_name;
use crate::escape;
use crate::identity::Region;
use crate::incident::Outcome;

/// The most bytes of a message: what SNS takes, less room for the subject.
pub const MOST_BYTES: usize = 256 * 1024 - 1024;

/// A subject of SNS has under 100 characters.
const SUBJECT_CHARACTERS: usize = 99;
/// The most characters of the text, which leaves room for findings whatever the characters are.
const TEXT: usize = 32 * 1024;
/// The most characters of a remark, which can name several things.
const LINE: usize = 4096;
/// The most resources, and findings of each, that the text names.
const MOST_NAMED: usize = 20;

/// A resource that a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Resource {
    /// Its type, in AWS Config's words.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id; of a role or profile the name.
    pub id: String,
}

/// A resource and what was found on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The resource.
    pub resource: Resource,
    /// The name of its profile; empty where it has none, or where that is not known.
    pub profile_name: String,
    /// What is wrong; nothing where all is well.
    pub findings: Vec<Reported>,
    /// The instances that it bears on; empty where it is an instance itself.
    pub instances: Vec<String>,
}

impl Concern {
    /// What identifies the resource, for the memory of what was told.
    pub fn key(&self) -> String {
        format!("{} {}", self.resource.kind, self.resource.id)
    }

    /// What identifies the findings: codes and evidence, in an order of their own.
    pub fn evidence(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(Reported::line).collect();
        lines.sort_unstable();
        lines.push(self.profile_name.clone());
        lines.join("\n")
    }
}

/// A message, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Under 100 printable ASCII characters.
    pub subject: String,
    /// The message: JSON, at most [`MOST_BYTES`] long.
    pub message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    version: u8,
    account: &'a str,
    region: &'a str,
    event: &'a str,
    event_time: String,
    actor: String,
    resource: Resource,
    profile_name: String,
    findings: Vec<Reported>,
    text: String,
}

/// A call and the Region whose resources the message is about: that of an event of a global
/// service is wherever the event was forwarded to.
#[derive(Clone, Copy)]
struct Telling<'a> {
    call: &'a ApiCall,
    region: &'a Region,
    remarks: &'a Remarks,
}

impl Telling<'_> {
    /// The event's name.
    fn event(&self) -> String {
        let own = plain_name(&self.call.event_source, &self.call.event_name);
        escape::field(self.remarks.event.as_deref().unwrap_or(own), NAME)
    }
}

/// The message about `concerns`, which are in `region` or bear on instances there; none where
/// nothing is wrong with any of them.
pub fn notice(call: &ApiCall, region: &Region, concerns: &[Concern]) -> Option<Notice> {
    notice_with(call, region, concerns, &Remarks::default())
}

/// The same, with remarks.
pub fn notice_with(
    call: &ApiCall,
    region: &Region,
    concerns: &[Concern],
    remarks: &Remarks,
) -> Option<Notice> {
    let telling = Telling {
        call,
        region,
        remarks,
    };
    let wrong: Vec<&Concern> = concerns
        .iter()
        .filter(|concern| !concern.findings.is_empty())
        .collect();
    let first = wrong.first()?;
    let mut seen = HashSet::new();
    let findings: Vec<Reported> = wrong
        .iter()
        .flat_map(|concern| &concern.findings)
        .filter(|finding| seen.insert(*finding))
        .map(Reported::shown)
        .collect();
    let code = findings.first().map_or("", |finding| &finding.code);
    let subject = subject(telling, code, &first.resource.id);
    let text = text(telling, &wrong);
    let message = fitting(telling, first, findings, &text);
    Some(Notice { subject, message })
}

/// The message about a call that was refused: an `attempt`.
pub fn attempt_notice(call: &ApiCall, failure: &Failure, resource: Resource) -> Notice {
    let telling = Telling {
        call,
        region: &call.region,
        remarks: &Remarks::default(),
    };
    let code = escape::cut(&failure.code, NAME);
    let why = escape::cut(&failure.message, SENTENCE);
    let text = format!(
        "attempt: {} was refused with {code}; nothing changed.\n{}\n{}: {why}\n",
        heading(telling),
        by(call),
        shown_resource(&resource),
    );
    let concern = Concern {
        resource,
        profile_name: String::new(),
        findings: Vec::new(),
        instances: Vec::new(),
    };
    let subject = subject(telling, "attempt refused", &concern.resource.id);
    let message = fitting(telling, &concern, Vec::new(), &text);
    Notice { subject, message }
}

/// The message with as many findings as fit.
fn fitting(
    telling: Telling<'_>,
    first: &Concern,
    mut findings: Vec<Reported>,
    text: &str,
) -> String {
    let all = findings.len();
    loop {
        let left_out = all - findings.len();
        let end = match left_out {
            0 => String::new(),
            _ => format!("Findings left out of this message for its size: {left_out}.\n"),
        };
        let message = body(telling, first, &findings, format!("{text}{end}"));
        if message.len() <= MOST_BYTES || findings.is_empty() {
            return message;
        }
        findings.truncate(findings.len() / 2);
    }
}

fn body(telling: Telling<'_>, first: &Concern, findings: &[Reported], text: String) -> String {
    let Telling { call, region, .. } = telling;
    let message = Message {
        version: 1,
        account: call.account.as_str(),
        region: region.as_str(),
        event: &telling.event(),
        event_time: call.time.to_string(),
        actor: call.actor.to_string(),
        resource: Resource {
            kind: escape::cut(&first.resource.kind, NAME),
            id: escape::field(&first.resource.id, NAME),
        },
        profile_name: escape::field(&first.profile_name, NAME),
        findings: findings.to_vec(),
        text,
    };
    // A value of this type always has a JSON form.
    serde_json::to_string(&message).unwrap_or_default()
}

fn subject(telling: Telling<'_>, code: &str, id: &str) -> String {
    let Telling { call, region, .. } = telling;
    let (account, event) = (&call.account, telling.event());
    let sample = if telling.remarks.is_sample {
        "sample: "
    } else {
        ""
    };
    plain_subject(&format!(
        "Trailkeeper: {sample}{code}: {event} in {account} {region} {id}"
    ))
}

/// The start of a text that can be a subject.
fn plain_subject(whole: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    };
    let subject: String = whole.chars().map(plain).take(SUBJECT_CHARACTERS).collect();
    subject.trim_end().to_owned()
}

fn text(telling: Telling<'_>, wrong: &[&Concern]) -> String {
    let mut text = format!("{}.\n{}\n", heading(telling), by(telling.call));
    if telling.remarks.is_sample {
        text.push_str("This is a sample: nothing of it happened and nothing is done about it.\n");
    }
    for line in &telling.remarks.lines {
        text.push_str(&escape::cut(line, LINE));
        text.push('\n');
    }
    let mut findings = wrong.iter().flat_map(|concern| &concern.findings);
    if findings.any(|finding| !finding.policy_name.is_empty()) {
        let date = table_date();
        let _ = writeln!(
            text,
            "Policies are judged by the actions of IAM as of {date}."
        );
    }
    for concern in wrong.iter().take(MOST_NAMED) {
        text.push_str(&of_concern(concern));
    }
    push_rest(&mut text, wrong.len(), "more resources");
    match text.char_indices().nth(TEXT) {
        // Names in it are escaped already; a second time could only make it longer.
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…\n",
        None => text,
    }
}

fn of_concern(concern: &Concern) -> String {
    let profile = match concern.profile_name.as_str() {
        "" => String::new(),
        name => format!(", profile {}", escape::cut(name, NAME)),
    };
    let mut text = format!("{}{profile}:\n", shown_resource(&concern.resource));
    for finding in concern.findings.iter().take(MOST_NAMED) {
        text.push_str(&finding.shown().line());
        text.push('\n');
    }
    push_rest(&mut text, concern.findings.len(), "more findings");
    if !concern.instances.is_empty() {
        let named: Vec<&str> = concern.instances.iter().map(String::as_str).collect();
        let named = escape::cut(&named.join(", "), SENTENCE);
        let _ = writeln!(text, "Instances with it: {named}");
    }
    text
}

fn push_rest(text: &mut String, all: usize, what: &str) {
    if all > MOST_NAMED {
        let _ = writeln!(text, "(+{} {what})", all - MOST_NAMED);
    }
}

fn heading(telling: Telling<'_>) -> String {
    let Telling { call, region, .. } = telling;
    let account = &call.account;
    let (event, time) = (telling.event(), &call.time);
    format!("{event} in account {account}, Region {region}, at {time}")
}

fn by(call: &ApiCall) -> String {
    format!("By {}.", call.actor.whole())
}

fn shown_resource(resource: &Resource) -> String {
    let [kind, id] = [&resource.kind, &resource.id].map(|text| escape::cut(text, NAME));
    format!("{kind} {id}").trim_end().to_owned()
}

/// The message about what came of a repair.
pub fn outcome_notice(outcome: &Outcome<'_>) -> Notice {
    let result = outcome.result;
    let id = result.trail_arn.as_ref().map(ToString::to_string);
    let id = id.unwrap_or_default();
    let (account, region) = (&outcome.caller.account, &outcome.caller.region);
    let code = outcome.code;
    let whole = format!("Trailkeeper: {code}: {id} in {account} {region}");
    let mut text = outcome.text();
    if let Some((end, _)) = text.char_indices().nth(TEXT) {
        text.truncate(end);
    }
    let message = Message {
        version: 1,
        account: account.as_str(),
        region: region.as_str(),
        event: &escape::field(code, NAME),
        event_time: outcome.at.to_string(),
        actor: escape::field(result.actor.as_deref().unwrap_or("unknown"), SENTENCE),
        resource: Resource {
            kind: "AWS::CloudTrail::Trail".to_owned(),
            id: escape::field(&id, NAME),
        },
        profile_name: String::new(),
        findings: outcome.findings(MOST_NAMED),
        text,
    };
    Notice {
        subject: plain_subject(&whole),
        message: serde_json::to_string(&message).unwrap_or_default(),
    }
}
