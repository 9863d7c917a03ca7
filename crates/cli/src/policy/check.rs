//! `trailkeeper policy check`: what policy documents grant beyond need.

use std::io;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use serde::Serialize;
use trailkeeper_core::escape::escaped;
use trailkeeper_policy::analysis::{
    FindingCode, PolicyFinding, Severity, analyse_document, is_partition, partition_of, table_date,
};

use super::documents::{DocumentError, sources};
use super::sarif::Report;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Policy documents, folders of them, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the findings: for people, as JSON Lines, or as one SARIF 2.1.0 log
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// The least severity that makes the end a bad one
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = Severity::Medium.as_str(),
        value_parser = PossibleValuesParser::new(Severity::ALL.iter().map(|word| word.as_str()))
    )]
    fail_on: String,
    /// The partition in which the policies are to stand; without it, the one of their ARNs
    #[arg(long, value_name = "NAME", value_parser = partition)]
    partition: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Sarif,
}

/// The findings of a document as a line of JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    version: u8,
    path: &'a str,
    table_date: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    findings: Vec<FindingLine<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingLine<'a> {
    code: &'a str,
    severity: &'a str,
    statement: &'a str,
    line: usize,
    column: usize,
    action_pattern: &'a str,
    actions: &'a [String],
    action_count: usize,
    resource: &'a str,
    why: &'a str,
    suggestion: &'a str,
}

/// Checks every document that can be read. The end is bad where a finding is severe enough or a
/// document is no policy.
///
/// # Errors
/// A document cannot be read, or the output not be written; what can be read is checked all the
/// same.
pub(super) fn run(arguments: &CheckArguments, output: &mut Output) -> Result<Exit, CommandError> {
    let fail_on = Severity::from_name(&arguments.fail_on).unwrap_or(Severity::Medium);
    let mut exit = Exit::Good;
    let mut unread: Option<DocumentError> = None;
    let mut report = Report::default();
    for path in &arguments.paths {
        let found = match sources(path) {
            Ok(found) => found,
            Err(error) => {
                unread = unread.or(Some(error));
                continue;
            }
        };
        for source in found {
            let text = match source.read() {
                Ok(text) => text,
                Err(error) => {
                    unread = unread.or(Some(error));
                    continue;
                }
            };
            let given = arguments.partition.as_deref();
            let partition = given.unwrap_or_else(|| partition_of(&text));
            let findings = analyse_document(&source.name(), &text, partition);
            if findings.iter().any(|finding| is_bad(finding, fail_on)) {
                exit = Exit::Bad;
            }
            match arguments.format {
                Format::Json => output.json(&line(&source.name(), &findings))?,
                Format::Table => print(&source.name(), &findings, fail_on, output)?,
                Format::Sarif => report.add(&source.name(), &findings),
            }
        }
    }
    if arguments.format == Format::Sarif {
        output.json(&report.log())?;
    }
    unread.map_or(Ok(exit), |error| Err(error.into()))
}

fn partition(name: &str) -> Result<String, String> {
    match is_partition(name) {
        true => Ok(name.to_owned()),
        false => Err("a partition is aws, or aws- and lower-case letters, as aws-cn".to_owned()),
    }
}

/// A document that is no policy grants nothing, and is not what its author meant.
fn is_bad(finding: &PolicyFinding, fail_on: Severity) -> bool {
    finding.severity >= fail_on || finding.code == FindingCode::InvalidPolicy
}

fn line<'a>(path: &'a str, findings: &'a [PolicyFinding]) -> Line<'a> {
    let invalid = findings
        .iter()
        .find(|finding| finding.code == FindingCode::InvalidPolicy);
    Line {
        version: 1,
        path,
        table_date: table_date(),
        error: invalid.map(|finding| finding.why.as_str()),
        findings: findings.iter().map(finding_line).collect(),
    }
}

fn finding_line(finding: &PolicyFinding) -> FindingLine<'_> {
    FindingLine {
        code: finding.code.as_str(),
        severity: finding.severity.as_str(),
        statement: &finding.statement,
        line: finding.line,
        column: finding.column,
        action_pattern: &finding.action_pattern,
        actions: &finding.actions,
        action_count: finding.action_count,
        resource: &finding.resource,
        why: &finding.why,
        suggestion: &finding.suggestion,
    }
}

fn print(
    path: &str,
    findings: &[PolicyFinding],
    fail_on: Severity,
    output: &mut Output,
) -> io::Result<()> {
    let style = output.style;
    let bad = findings
        .iter()
        .filter(|finding| is_bad(finding, fail_on))
        .count();
    let word = match bad {
        0 => style.good("ok "),
        _ => style.bad("bad"),
    };
    output.line(format!("{word}  {}", escaped(path)))?;
    findings
        .iter()
        .try_for_each(|finding| print_finding(finding, output))
}

fn print_finding(finding: &PolicyFinding, output: &mut Output) -> io::Result<()> {
    let statement = match finding.statement.as_str() {
        "" => String::new(),
        name => format!("  statement {}", escaped(name)),
    };
    let (line, column) = (finding.line.max(1), finding.column.max(1));
    output.line(format!(
        "  {line}:{column}  {}  {}{statement}",
        finding.severity,
        output.style.heading(finding.code.as_str()),
    ))?;
    if !finding.action_pattern.is_empty() {
        output.line(format!("    {}", escaped(&grant(finding))))?;
    }
    output.line(format!("    {}", escaped(&finding.why)))?;
    if !finding.suggestion.is_empty() {
        output.line("    instead:")?;
        let lines = finding.suggestion.lines();
        for text in lines {
            output.line(format!("      {}", escaped(text)))?;
        }
    }
    Ok(())
}

/// What is granted, in a line. An action that does not exist is granted on nothing.
fn grant(finding: &PolicyFinding) -> String {
    let of = granted(finding);
    match finding.action_count {
        0 => of,
        1 => format!("{of}: {}", finding.actions.join(", ")),
        count => format!(
            "{of}: {count} actions, the worst {}",
            finding.actions.join(", ")
        ),
    }
}

/// The pattern of actions, and the resource if there is one.
pub(super) fn granted(finding: &PolicyFinding) -> String {
    match (finding.action_pattern.as_str(), finding.resource.as_str()) {
        (pattern, "") => pattern.to_owned(),
        (pattern, resource) => format!("{pattern} on {resource}"),
    }
}
