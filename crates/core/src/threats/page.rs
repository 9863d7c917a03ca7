//! docs/threats.md, made from the rows.

use crate::finding::Code;

use super::need::{Need, Only};
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
  cannot bring back what was not recorded meanwhile: that gap is reported. A person starts it, or AWS
  Config with `AutomaticRemediation=true`, or the event with `EventMode=enforce`.
- **Noticed** (N): a message or a finding names what happened, to what, and by whom where that is
  known. What to do is a person's decision, because only a person knows what is right, or because
  nothing can be undone.
- **Guard** (G): the attack is aimed at AWS Config, the functions, the runbook or the roles. The guard
  checks these on the schedule and reports on its own rule. It does not repair itself where that could
  widen anybody's permissions.
- One is **out of reach**.

What a row needs beyond the template's defaults stands in its section: parameters of the rule (with a
small first letter) and of the runbook, and those of the defaults that must not be taken back. In
brackets stands what is lost without one: findings, calls or settings that are not made again, ways to
perform the attack that are not undone. The rest of the row holds without it. A baseline holds what
guards the trail, with its roles, where `trailkeeper baseline --roles` made it.

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
    let needs: Vec<String> = threat
        .parameters
        .iter()
        .map(|one| need(one, threat))
        .collect();
    let ways = |only| threat.ways_seen_by(only).collect::<Vec<_>>().join("; ");
    for (label, value) in [
        ("Calls", calls.join(", ")),
        ("Seen by", seen_shortly(threat)),
        ("Seen by its event alone", ways(Only::Event)),
        (
            "Answered at the next run of the rules alone",
            ways(Only::Rule),
        ),
        (
            "Answered by nobody, so that the message of the call itself and the alarm on missing \
             evaluations remain",
            ways(Only::Alarm),
        ),
        ("What happens", happens(threat)),
        ("Stays lost", threat.stays_lost.to_owned()),
        ("Needs", needs.join(", ")),
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

/// The parameter, and in brackets what is lost without it.
fn need(need: &Need, threat: &Threat) -> String {
    let named = |name: &str| match name.contains(' ') {
        true => name.to_owned(),
        false => format!("`{name}`"),
    };
    let lost = |what: &&str| {
        let is_call = what.starts_with(|letter: char| letter.is_ascii_uppercase());
        let is_code = threat.codes().any(|code| code == *what);
        match is_call || is_code {
            true => format!("`{what}`"),
            false => (*what).to_owned(),
        }
    };
    let parameter = named(need.parameter);
    match need.of {
        [] => parameter,
        of => {
            let of: Vec<String> = of.iter().map(lost).collect();
            format!("{parameter} ({})", of.join("; "))
        }
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
        (Class::Noticed, "") => format!("{sooner}; nothing is changed"),
        (Class::Noticed, condition) => format!(
            "{sooner} where {condition}, else at the next scheduled run; nothing is changed"
        ),
        (Class::Guarded, _) => {
            let but = if threat.only.is_empty() {
                ""
            } else {
                ", but for the ways named above"
            };
            format!("{sooner}; reported on the rule `guard` until it is as deployed again{but}")
        }
        (Class::OutOfReach, _) => "nothing".to_owned(),
    }
}
