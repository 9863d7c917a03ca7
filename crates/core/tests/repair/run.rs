//! Runs a repair on the account and tells what it did, a line for each action.

use std::fmt::Write as _;

use jiff::SignedDuration;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{AdvancedSelector, BasicSelector, EventSelectors, FieldSelector};
use trailkeeper_core::remediation::RepairResult;
use trailkeeper_core::repair::{Effect, Ending, Next, PlannedStep, Request, Step, View, next};

use crate::stage::{GROUP, KEY, ROLE, Stage, TOPIC, healthy};

/// What is advised about a write that does not show.
const LOOK: &str = "see whether somebody undoes it, then run it again";

/// How long a write takes.
const WRITE: SignedDuration = SignedDuration::from_millis(500);

/// A case: its name, what is broken or asked for, and what the run then does.
pub(crate) type Case = (&'static str, fn(&mut Stage), &'static str);

/// Runs each case on a healthy account and compares what it tells.
pub(crate) fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for (name, break_it, expected) in cases {
        let mut stage = healthy();
        break_it(&mut stage);
        let told = tell(&mut stage);
        let (told, expected) = (trimmed(&told), trimmed(expected));
        if told != expected {
            let _ = write!(wrong, "== {name}\n{told}\n-- expected\n{expected}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    lines.join("\n")
}

/// The transcript of a run.
pub(crate) fn tell(stage: &mut Stage) -> String {
    let (mut told, ending) = run(stage);
    let (head, result) = match &ending {
        Ok(result) => {
            let outcome = result.outcome.unwrap();
            (outcome.as_str().to_owned(), result)
        }
        Err(failure) => (
            format!("FAILED {}: {}", failure.code, failure.message),
            failure.result.as_ref(),
        ),
    };
    tell_result(&mut told, &head, result, ending.is_err());
    shortened(&told)
}

/// Names instead of ARNs, and times without the day.
fn shortened(told: &str) -> String {
    let names = [
        (KEY, "KEY"),
        (TOPIC, "TOPIC"),
        (GROUP, "GROUP"),
        (ROLE, "ROLE"),
        ("arn:aws:cloudtrail:eu-west-1:111122223333:trail/", ""),
        ("2026-03-02T", ""),
        ("not all of the trail could be repaired; what remains: ", ""),
        (LOOK, "(look who undoes it)"),
    ];
    let shorten = |text: String, (long, short): (&str, &str)| text.replace(long, short);
    let words = told.split(|one: char| !one.is_ascii_hexdigit());
    let hashes = words
        .filter(|word| word.len() == 64)
        .map(|word| (word, "HASH"));
    hashes.chain(names).fold(told.to_owned(), shorten)
}

/// The run's actions and its end.
pub(crate) fn run(stage: &mut Stage) -> (String, Ending) {
    let mut view = View::default();
    let mut told = String::new();
    for _ in 0..400 {
        let action = next(&stage.goal, &stage.caller, &view, stage.now, &stage.limits);
        match action {
            Next::Read(requests) => {
                assert_ne!(requests, [], "nothing to read");
                if stage.tells_reads {
                    tell_reads(&mut told, &requests);
                }
                for request in requests {
                    let answer = stage.answer(&request);
                    view.record_read(request, answer, stage.now);
                }
            }
            Next::Write(planned) => {
                let result = stage.perform(&planned.step);
                stage.now = stage.now.checked_add(WRITE).unwrap();
                tell_write(&mut told, &planned, &result, &view);
                view.record_step(&planned, result, stage.now);
            }
            Next::Reread => {
                told.push_str("reread\n");
                view.forget_facts(stage.now);
            }
            Next::Wait(until) => {
                let wait = until.duration_since(stage.now);
                assert!(wait.is_positive(), "a wait that does not pass\n{told}");
                let _ = writeln!(told, "wait {:.3}", wait.as_secs_f64());
                stage.now = until;
            }
            Next::Done(ending) => return (told, *ending),
        }
    }
    panic!("the run does not end\n{told}");
}

/// The step, its changes where they are not those of the attempt before, and what came of it.
fn tell_write(
    told: &mut String,
    planned: &PlannedStep,
    result: &Result<Effect, CallError>,
    view: &View,
) {
    let kind = planned.step.kind();
    let _ = write!(told, "{}{}", kind.code(), detail(&planned.step));
    let last = view.attempts().iter().rev().find(|one| one.kind == kind);
    let is_again = last.is_some_and(|last| last.changes == planned.changes);
    if is_again {
        told.push_str(" again");
    }
    if let Err(error) = result {
        let _ = write!(told, " ({})", error.code);
    }
    told.push('\n');
    for change in planned.changes.iter().filter(|_| !is_again) {
        let _ = writeln!(told, "+ {change}");
    }
}

fn tell_result(told: &mut String, head: &str, result: &RepairResult, failed: bool) {
    let _ = write!(told, "{head}");
    let name = result.trail_arn.as_ref().map(|arn| arn.name().to_owned());
    let _ = write!(told, " [{}]", name.unwrap_or_else(|| "no trail".to_owned()));
    if let Some(start) = result.gap_start {
        let _ = write!(told, " gap {start}");
    }
    if let Some(end) = result.gap_end {
        let _ = write!(told, " to {end}");
    }
    told.push('\n');
    for word in ["added", "updated", "failed", "planned", "not-reached"] {
        let named = result.steps.iter().filter(|one| one.text == word);
        let codes: Vec<&str> = named.map(|one| one.code.as_str()).collect();
        let _ = match codes.len() {
            0 => Ok(()),
            more @ 5.. if word == "not-reached" => writeln!(told, "{word}: {more} steps"),
            _ => writeln!(told, "{word}: {}", codes.join(" ")),
        };
    }
    for note in &result.notes {
        let _ = writeln!(told, "note {note}");
    }
    // the text of a failure is made of these
    for line in result.remaining.iter().filter(|_| !failed) {
        let _ = writeln!(told, "remaining {line}");
    }
}

/// The reads; many settings of one bucket are told by their number.
fn tell_reads(told: &mut String, requests: &[Request]) {
    let mut names: Vec<String> = requests.iter().map(tell_request).collect();
    let is_setting = |one: &&Request| matches!(one, Request::Setting(..));
    let settings = requests.iter().filter(is_setting).count();
    if settings > 2 {
        names.truncate(names.len() - settings);
        names.push(format!("{settings} settings"));
    }
    let _ = writeln!(told, "read {}", names.join(", "));
}

fn tell_request(request: &Request) -> String {
    match request {
        Request::Trails(region, None) => format!("trails of {region}"),
        Request::Trails(region, Some(arn)) => format!("trail {} in {region}", arn.name()),
        Request::AllTrails(region) => format!("all trails from {region}"),
        Request::Organization => "organization".to_owned(),
        Request::Status(arn) => format!("status of {}", arn.name()),
        Request::Selectors(arn) => format!("selectors of {}", arn.name()),
        Request::Insights(arn) => format!("insights of {}", arn.name()),
        Request::Bucket(name, region, owner) => format!("bucket {name} in {region} of {owner}"),
        Request::OwnsBucket(name, region) => format!("owner of {name} in {region}"),
        Request::Key(id, region) => format!("key {id} in {region}"),
        Request::KeyPolicy(arn) => format!("policy of {}", arn.resource),
        Request::Tags(arn) => format!("tags of {}", arn.name()),
        Request::Object(bucket, region, owner, _) => {
            format!("baseline in {bucket} in {region} of {owner}")
        }
        Request::Setting(bucket, region, owner, setting) => {
            format!("{} of {bucket} in {region} of {owner}", setting.as_str())
        }
    }
}

/// What a write carries, where its change does not say it all.
fn detail(step: &Step) -> String {
    match step {
        Step::PutEventSelectors(_, selectors) => format!(" {}", selectors_as_text(selectors)),
        Step::PutInsightSelectors(_, selectors) => {
            let texts = selectors.iter().map(|one| {
                let categories = one.event_categories.join("+");
                format!("{}({categories})", one.insight_type)
            });
            format!(" {}", texts.collect::<Vec<_>>().join(" "))
        }
        Step::AddTags(_, tags) => format!(" {tags:?}"),
        Step::PutBucketPolicy {
            region,
            owner,
            existed,
            ..
        } => format!(" in {region} of {owner}, existed {existed}"),
        Step::PutBucketSetting {
            region,
            owner,
            existed,
            ..
        } => format!(" in {region} of {owner}, existed {existed}"),
        _ => String::new(),
    }
}

fn selectors_as_text(selectors: &EventSelectors) -> String {
    let texts: Vec<String> = match selectors {
        EventSelectors::Basic(all) => all.iter().map(basic_as_text).collect(),
        EventSelectors::Advanced(all) => all.iter().map(advanced_as_text).collect(),
    };
    texts.join(" | ")
}

fn basic_as_text(selector: &BasicSelector) -> String {
    let mut text = selector.read_write_type.as_str().to_owned();
    if selector.include_management_events {
        text += "+management";
    }
    for source in &selector.exclude_management_event_sources {
        text += &format!("-{source}");
    }
    for resource in &selector.data_resources {
        text += &format!(" {}", few(&resource.values));
    }
    text
}

fn few(values: &[String]) -> String {
    match values.len() {
        more @ 4.. => format!("{more} values"),
        _ => values.join(","),
    }
}

fn advanced_as_text(selector: &AdvancedSelector) -> String {
    let of = |field: &FieldSelector| {
        let operators = [
            ("=", &field.equals),
            ("!=", &field.not_equals),
            ("^=", &field.starts_with),
            ("!^=", &field.not_starts_with),
            ("$=", &field.ends_with),
            ("!$=", &field.not_ends_with),
        ];
        let used = operators.iter().filter(|(_, values)| !values.is_empty());
        let used = used.map(|(sign, values)| format!("{sign}{}", few(values)));
        format!("{}{}", field.field, used.collect::<String>())
    };
    let fields: Vec<String> = selector.field_selectors.iter().map(of).collect();
    fields.join("&")
}
