//! The result of a plan or a repair, as it is printed.

use std::io;

use serde::Serialize;
use serde_json::Value;
use trailkeeper_core::Caller;
use trailkeeper_core::escape::escaped;
use trailkeeper_core::remediation::{Entry, Outcome, RepairResult};
use trailkeeper_core::repair::Ending;

use crate::arguments::Format;
use crate::output::Output;
use crate::output::table::table;

/// The remediator's result with the version of its form.
#[derive(Serialize)]
struct Line {
    version: u8,
    #[serde(flatten)]
    result: Value,
}

/// Prints how a run ended, or how far it came.
///
/// # Errors
/// The output cannot be written.
pub(crate) fn print(
    ended: &Ending,
    caller: &Caller,
    format: Format,
    output: &mut Output,
) -> io::Result<()> {
    let result = match ended {
        Ok(result) => result,
        Err(failure) => failure.result.as_ref(),
    };
    match format {
        Format::Json => output.json(&Line {
            version: 1,
            result: result.to_json(),
        }),
        Format::Table => {
            head(result, caller, output)?;
            lists(result, output)
        }
    }
}

fn head(result: &RepairResult, caller: &Caller, output: &mut Output) -> io::Result<()> {
    let style = output.style;
    let word = match result.outcome {
        Some(outcome @ (Outcome::Repaired | Outcome::AlreadyHealthy)) => {
            style.good(outcome.as_str())
        }
        Some(outcome) => style.bad(outcome.as_str()),
        None => style.bad("failed"),
    };
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  account {account} in {region}"))?;
    if let Some(trail) = &result.trail_arn {
        output.line(format!("trail  {}", escaped(&trail.to_string())))?;
    }
    if let Some(actor) = &result.actor {
        output.line(format!("by     {}", escaped(actor)))?;
    }
    if let Some(gap) = gap(result) {
        output.line(format!("gap    {gap}"))?;
    }
    Ok(())
}

/// The time without records.
pub(crate) fn gap(result: &RepairResult) -> Option<String> {
    let start = result.gap_start?;
    Some(match result.gap_end {
        Some(end) => format!("nothing was recorded from {start:.0} to {end:.0}"),
        None => format!("nothing has been recorded since {start:.0}"),
    })
}

fn lists(result: &RepairResult, output: &mut Output) -> io::Result<()> {
    let done: Vec<Entry> = result
        .steps
        .iter()
        .filter(|step| step.text != "not-needed")
        .cloned()
        .collect();
    let lists = [
        (["DRIFT", "SEEN -> WANTED"], &result.changes),
        (["STEP", "EFFECT"], &done),
        (["NOTE", "TEXT"], &result.notes),
        (["REMAINING", "TEXT"], &result.remaining),
    ];
    for (header, entries) in lists.into_iter().filter(|(_, entries)| !entries.is_empty()) {
        output.line("")?;
        output.lines(&table(0, header, &rows(entries)))?;
    }
    Ok(())
}

/// Entries as rows of a table.
pub(crate) fn rows(entries: &[Entry]) -> Vec<[String; 2]> {
    let row = |entry: &Entry| [entry.code.clone(), entry.text.clone()];
    entries.iter().map(row).collect()
}
