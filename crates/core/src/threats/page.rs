//! docs/threats.md, made from the rows.

use crate::finding::Code;

use super::{Class, SeenBy, Threat, threats};

/// The text of docs/threats.md.
pub fn page() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str(&figures());
    text.push_str(HEAD);
    for threat in threats() {
        text.push_str(&format!(
            "| [{id}](#{anchor}) | {title} | {class} | {seen} | {undone} |\n",
            id = threat.id,
            anchor = anchor(threat),
            title = threat.title,
            class = threat.class.letter(),
            seen = seen_shortly(threat),
            undone = threat.undone_by,
        ));
    }
    text.push_str("\n# One by one\n");
    for threat in threats() {
        text.push_str(&section(threat));
    }
    text
}

const INTRODUCTION: &str = "\
# Ways to blind a trail

Made from the tables in `crates/core/src/threats`; do not edit it here.

Fifty-two ways to keep a trail from recording, from delivering, or from being read, collected from
public attack tools, detection rules and AWS's own documentation. Each has a scenario that performs
it on the sandbox and shows what is said here: `cargo test -p trailkeeper-tests --test threats`.

# What can be promised, and what cannot

- **Undone** (U): the runbook brings the trail back to what is required, in the account itself. It
  cannot bring back what was not recorded meanwhile: that gap is reported.
- **Noticed** (N): a message or a finding names what happened, to what, and by whom where that is
  known. What to do is a person's decision, because only a person knows what is right, or because
  nothing can be undone.
- **Guard** (G): the attack is aimed at AWS Config, the functions, the runbook or the roles. The guard
  checks these on the schedule and reports on its own rule. It does not repair itself where that could
  widen anybody's permissions.
- One is **out of reach**.

How fast:

| seen by | when |
|---|---|
| event | seconds to a minute after the call, on EventBridge |
| a code of the rules | at the next scheduled run, hourly by default; the fast path asks the same questions when an event arrives |
| a field | what CloudTrail says of its own deliveries: some minutes after the first that fails, hourly for digest files; the rules read it |
| GuardDuty | about five minutes after the call, where GuardDuty is on |
| digest | when the next digest file is due, hourly |

**Events flow only while some trail of the account records management events.** The event of the call
that stops the last trail may be the last one; a deletion after it is not told. The same holds once
selectors let no write through. So the scheduled rule is the net under everything: it asks the APIs
and needs no event. It costs one evaluation of AWS Config and one short run of a function an hour.

A second, minimal trail of write-only management events (a *guard trail*) keeps EventBridge supplied
when the first one is stopped. CloudTrail delivers the first copy of management events in each Region
free of charge and bills every further copy by the event, and S3 bills what is stored: in a busy
account that is the larger part of what this guard costs. A trail whose bucket is in another account
is the better one, because the intruder of this account cannot touch what it has delivered.

An intruder with administrator's permissions can switch off both the trail and its guard. What then
remains is outside the account: an organization trail, the events that were sent before, and
[service control policies](guardrails.md), which stop the call itself.
";

fn figures() -> String {
    let count = |class: Class| threats().filter(|threat| threat.class == class).count();
    let parts = Class::ALL.map(|class| format!("{} {}", count(class), class.as_str()));
    format!(
        "\n# All of them\n\n{} in all: {}.\n\n",
        threats().count(),
        parts.join(", ")
    )
}

const HEAD: &str = "| | attack | class | seen by | undone by |\n|---|---|---|---|---|\n";

/// As GitHub makes it of the section's heading.
fn anchor(threat: &Threat) -> String {
    let heading = heading(threat).to_lowercase();
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn heading(threat: &Threat) -> String {
    format!("{}: {}", threat.id, threat.title)
}

/// The code, with a link where docs/findings.md explains it.
fn code(code: &str) -> String {
    if Code::ALL.iter().any(|known| known.as_str() == code) {
        format!("[`{code}`](findings.md#{code})")
    } else {
        format!("`{code}`")
    }
}

fn seen_shortly(threat: &Threat) -> String {
    let words = threat.seen_by.iter().map(|seen| match seen {
        SeenBy::Event => "event".to_owned(),
        SeenBy::TrailRule(text) | SeenBy::GuardRule(text) => code(text),
        SeenBy::DeliveryField(field) => format!("`{field}`"),
        SeenBy::GuardDuty => "GuardDuty".to_owned(),
        SeenBy::Digest => "digest".to_owned(),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn section(threat: &Threat) -> String {
    let mut text = format!("\n## {}\n\n{}\n\n", heading(threat), threat.attack);
    let calls: Vec<String> = threat.calls.iter().map(name).collect();
    let parameters: Vec<String> = threat.parameters.iter().map(parameter).collect();
    for (label, value) in [
        ("Calls", calls.join(", ")),
        ("Seen by", seen_shortly(threat)),
        ("What happens", happens(threat)),
        ("Stays lost", threat.stays_lost.to_owned()),
        ("Needs", parameters.join(", ")),
        ("Known from", threat.source.to_owned()),
    ] {
        if !value.is_empty() {
            text.push_str(&format!("- {label}: {value}\n"));
        }
    }
    text
}

fn name(call: &super::ThreatCall) -> String {
    format!("`{}:{}`", call.service, call.operation)
}

/// Everything but the baseline is the name of a parameter.
fn parameter(name: &&str) -> String {
    if name.contains(' ') {
        (*name).to_owned()
    } else {
        format!("`{name}`")
    }
}

fn happens(threat: &Threat) -> String {
    let sooner = if threat.is_seen_at_once() {
        "told at once"
    } else {
        "told at the next scheduled run"
    };
    // The gap stays, but what the call left behind does not have to.
    if threat.class == Class::Noticed && !threat.undone_by.is_empty() {
        return format!(
            "{sooner}; the runbook puts right what the call left behind ({}), the rest is a person's \
             decision",
            threat.undone_by
        );
    }
    match (threat.class, threat.condition) {
        (Class::Undone, "") => format!("{sooner}; undone by {}", threat.undone_by),
        (Class::Undone, condition) => format!(
            "{sooner}; undone by {} where {condition}; otherwise only told",
            threat.undone_by
        ),
        (Class::Noticed, _) => format!("{sooner}; nothing is changed"),
        (Class::Guarded, _) => {
            format!("{sooner}; reported on the rule `guard` until it is as deployed again")
        }
        (Class::OutOfReach, _) => "nothing".to_owned(),
    }
}
