//! `trailkeeper runbook check`: what is wrong with documents.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use trailkeeper_core::escape::escaped;
use trailkeeper_runbook::{Finding, Severity, check};

use super::read;
use crate::arguments::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::table::table;

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The documents, YAML or JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print the findings: for people, or as JSON Lines
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// The findings of a document as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    version: u8,
    path: String,
    findings: &'a [Finding],
}

/// Checks every document that can be read. The end is bad if Systems Manager would refuse one.
///
/// # Errors
/// A file cannot be read, or the output not be written.
pub(super) fn run(arguments: &CheckArguments, output: &mut Output) -> Result<Exit, CommandError> {
    let mut exit = Exit::Good;
    let mut unread = None;
    let mut after_table = false;
    for path in &arguments.files {
        let findings = match read(path) {
            Ok(text) => check(&text),
            Err(error) => {
                unread = unread.or(Some(error));
                continue;
            }
        };
        if findings.iter().any(is_error) {
            exit = Exit::Bad;
        }
        match arguments.format {
            Format::Json => output.json(&Line {
                version: 1,
                path: path.display().to_string(),
                findings: &findings,
            })?,
            Format::Table => {
                if after_table {
                    output.line("")?;
                }
                print(path, &findings, output)?;
                after_table = !findings.is_empty();
            }
        }
    }
    unread.map_or(Ok(exit), |error| Err(error.into()))
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

fn print(path: &Path, findings: &[Finding], output: &mut Output) -> io::Result<()> {
    let style = output.style;
    let word = if findings.iter().any(is_error) {
        style.bad("invalid")
    } else {
        style.good("valid")
    };
    output.line(format!("{word}  {}", escaped(&path.display().to_string())))?;
    if findings.is_empty() {
        return Ok(());
    }
    output.line("")?;
    let rows: Vec<[String; 4]> = findings.iter().map(row).collect();
    output.lines(&table(0, ["AT", "SEVERITY", "CODE", "FINDING"], &rows))
}

fn row(finding: &Finding) -> [String; 4] {
    [
        format!("{}:{}", finding.at.line, finding.at.column),
        finding.severity.as_str().to_owned(),
        finding.code.to_owned(),
        format!("{}; {}", finding.message, finding.help),
    ]
}
