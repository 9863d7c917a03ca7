//! How long the analysis of many policies takes, beside what serde_json takes to parse the same
//! bytes, in one run.
//!
//! `TRAILKEEPER_POLICY_CORPUS` names a folder with one policy document a file; without it the
//! documents are made up, the same ones in every run.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use trailkeeper_policy::Policy;
use trailkeeper_policy::action_table::{Action, ActionTable};
use trailkeeper_policy::analysis::{AttachedDocument, DocumentKind, Subject, analyse};
use trailkeeper_policy::document::Selection;
use trailkeeper_policy::suggest::narrower;

const MEASURED: usize = 7;
/// The system's clock of a thread's time may go in steps of some milliseconds.
const PASSES_AT_ONCE: u32 = 5;
/// As many as there are policies of AWS.
const DOCUMENTS: u64 = 1_582;

fn main() -> Result<(), Box<dyn Error>> {
    let (source, documents) = corpus()?;
    let bytes: usize = documents.iter().map(String::len).sum();
    println!("{source}: {} documents, {bytes} bytes", documents.len());
    let kinds = [
        ("attached, customer managed", DocumentKind::CustomerManaged),
        ("attached, AWS managed", DocumentKind::AwsManaged),
    ];
    let parse = measure(&documents, |text| {
        usize::from(serde_json::from_str::<Value>(text).is_ok())
    });
    report("serde_json to Value", &parse, documents.len(), None);
    let other = [
        ("reading alone", read_alone as fn(&str) -> usize),
        ("reading and the actions meant", actions_meant),
        ("suggestions for every Allow", suggestions),
    ];
    for (name, work) in other {
        report(
            name,
            &measure(&documents, work),
            documents.len(),
            Some(parse.median),
        );
    }
    for (name, kind) in kinds {
        let analysis = measure(&documents, |text| findings(text, kind));
        report(name, &analysis, documents.len(), Some(parse.median));
    }
    Ok(())
}

fn read_alone(text: &str) -> usize {
    Policy::parse(text).is_ok().into()
}

/// Looks every action up and expands every pattern.
fn actions_meant(text: &str) -> usize {
    let Ok(policy) = Policy::parse(text) else {
        return 0;
    };
    let patterns = policy.statements().iter().flat_map(|it| match &it.action {
        Selection::Only(texts) | Selection::AllBut(texts) => texts,
    });
    let table = ActionTable::get();
    patterns
        .map(|pattern| table.expand(&pattern.value).count())
        .sum()
}

fn suggestions(text: &str) -> usize {
    let Ok(policy) = Policy::parse(text) else {
        return 0;
    };
    let [document] = [AttachedDocument {
        name: "policy",
        kind: DocumentKind::CustomerManaged,
        text,
    }];
    let subject = subject(std::slice::from_ref(&document));
    let said = |it| narrower(&subject, &document, &policy, it).len();
    policy.statements().iter().map(said).sum()
}

fn subject<'a>(policies: &'a [AttachedDocument<'a>]) -> Subject<'a> {
    Subject {
        partition: "aws",
        account: Some("111122223333"),
        region: Some("eu-west-1"),
        policies,
        boundary: None,
    }
}

fn findings(text: &str, kind: DocumentKind) -> usize {
    let policies = [AttachedDocument {
        name: "policy",
        kind,
        text,
    }];
    analyse(&subject(&policies)).len()
}

struct Figures {
    median: Duration,
    best: Duration,
    counted: usize,
}

fn measure(documents: &[String], work: impl Fn(&str) -> usize) -> Figures {
    let mut counted = 0;
    let mut passes: Vec<Duration> = (0..MEASURED)
        .map(|_| {
            let start = processor_time();
            for _ in 0..PASSES_AT_ONCE {
                counted = documents.iter().map(|text| work(black_box(text))).sum();
                black_box(counted);
            }
            processor_time().saturating_sub(start) / PASSES_AT_ONCE
        })
        .collect();
    passes.sort();
    Figures {
        median: passes.get(MEASURED / 2).copied().unwrap_or_default(),
        best: passes.first().copied().unwrap_or_default(),
        counted,
    }
}

fn report(name: &str, figures: &Figures, documents: usize, parse: Option<Duration>) {
    let seconds = figures.median.as_secs_f64();
    let ratio = parse.map_or(1.0, |parse| seconds / parse.as_secs_f64());
    println!(
        "{name:<28} {:8.2} ms a pass (best {:.2}), {ratio:5.2} x the parse, {:8.0} documents/s, {} counted",
        seconds * 1e3,
        figures.best.as_secs_f64() * 1e3,
        documents as f64 / seconds,
        figures.counted,
    );
}

/// What this thread has used of a processor: other work on the machine does not count. Where the
/// system does not say, the time that has passed.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn processor_time() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = said.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(
        || START.get_or_init(std::time::Instant::now).elapsed(),
        Duration::from_nanos,
    )
}

#[expect(clippy::disallowed_methods, reason = "the benchmark's only setting")]
fn corpus() -> Result<(String, Vec<String>), Box<dyn Error>> {
    match std::env::var_os("TRAILKEEPER_POLICY_CORPUS") {
        Some(folder) => Ok((
            folder.to_string_lossy().into_owned(),
            read(Path::new(&folder))?,
        )),
        None => Ok((
            "made-up policies".to_owned(),
            (0..DOCUMENTS).map(made_up).collect(),
        )),
    }
}

fn read(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    let texts: Result<Vec<String>, _> = paths.iter().map(std::fs::read_to_string).collect();
    Ok(texts?)
}

/// Numbers that look random (SplitMix64), the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }
}

/// About as many statements, actions, wildcards and conditions as the policies of AWS have.
fn made_up(seed: u64) -> String {
    let mut dice = Dice(seed);
    let statements: Vec<String> = (0..=dice.next(11))
        .map(|number| statement(number, &mut dice))
        .collect();
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{}\n  ]\n}}\n",
        statements.join(",\n")
    )
}

fn statement(number: u64, dice: &mut Dice) -> String {
    let mut actions = Vec::new();
    let mut at = dice.next(ActionTable::get().len() as u64);
    for _ in 0..=dice.next(14) {
        actions.push(format!("        \"{}\"", action(at, dice)));
        at += 1 + dice.next(5);
    }
    let effect = if dice.next(100) == 0 { "Deny" } else { "Allow" };
    let resource = match dice.next(4) {
        0 | 1 => "*",
        2 => "arn:aws:s3:::some-bucket/*",
        _ => "arn:aws:dynamodb:*:*:table/*",
    };
    let condition = match dice.next(5) {
        0 | 1 => ",\n      \"Condition\": {\"StringEquals\": {\"aws:ResourceTag/team\": \"a\"}}",
        _ => "",
    };
    format!(
        "    {{\n      \"Sid\": \"S{number}\",\n      \"Effect\": \"{effect}\",\n      \"Action\": [\n{}\n      ],\n      \"Resource\": \"{resource}\"{condition}\n    }}",
        actions.join(",\n")
    )
}

/// Mostly plain names, some `s3:Get*`, a few `s3:*`.
fn action(at: u64, dice: &mut Dice) -> String {
    let id = u32::try_from(at % ActionTable::get().len() as u64).unwrap_or(0);
    let action = ActionTable::get().action(id);
    let (name, service) = (action.map(Action::name), action.map(Action::service));
    let (name, service) = (name.unwrap_or_default(), service.unwrap_or_default());
    match dice.next(100) {
        0 => format!("{service}:*"),
        1..=5 => format!("{}*", name.get(..service.len() + 4).unwrap_or(name)),
        _ => name.to_owned(),
    }
}
