//! What came of it.

use std::io;
use std::path::Path;

use serde::Serialize;
use trailkeeper_core::baseline::Baseline;
use trailkeeper_core::escape::escaped;
use trailkeeper_core::guard::GuardRecord;
use trailkeeper_core::{Caller, Finding};

use crate::arguments::Format;
use crate::evaluate::{FindingLine, finding_line, finding_row};
use crate::output::Output;
use crate::output::table::table;

/// A baseline that was captured.
pub(super) struct Recorded<'a> {
    pub(super) baseline: &'a Baseline,
    pub(super) sha256: &'a str,
    pub(super) path: &'a Path,
    /// Where in the log bucket it belongs.
    pub(super) object: &'a str,
    /// Whether it is there.
    pub(super) is_uploaded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    version: u8,
    account: &'a str,
    region: &'a str,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trail: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    sha256: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
    uploaded: bool,
    guard_parts: usize,
    findings: Vec<FindingLine<'a>>,
}

impl<'a> Line<'a> {
    fn new(outcome: &'a str, caller: &'a Caller, findings: &'a [Finding]) -> Self {
        Self {
            version: 1,
            account: caller.account.as_str(),
            region: caller.region.as_str(),
            outcome,
            trail: None,
            sha256: "",
            file: None,
            object: None,
            uploaded: false,
            guard_parts: 0,
            findings: findings.iter().map(finding_line).collect(),
        }
    }
}

/// The account is not healthy.
pub(super) fn refused(
    findings: &[Finding],
    caller: &Caller,
    format: Format,
    output: &mut Output,
) -> io::Result<()> {
    if format == Format::Json {
        return output.json(&Line::new("not-healthy", caller, findings));
    }
    let word = output.style.bad("not healthy");
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  account {account} in {region}"))?;
    output.line("A baseline is made of a healthy account only; nothing was written.")?;
    print(findings, output)
}

/// It was captured.
pub(super) fn recorded(
    recorded: &Recorded<'_>,
    caller: &Caller,
    format: Format,
    output: &mut Output,
) -> io::Result<()> {
    let Recorded {
        baseline,
        sha256,
        object,
        ..
    } = recorded;
    let trail = baseline.trail.to_string();
    let path = recorded.path.display().to_string();
    let record = GuardRecord::from_json(&baseline.guard).unwrap_or_default();
    let parts = record.0.len();
    if format == Format::Json {
        return output.json(&Line {
            trail: Some(trail),
            sha256,
            file: Some(path),
            object: Some(object),
            uploaded: recorded.is_uploaded,
            guard_parts: parts,
            ..Line::new("captured", caller, &[])
        });
    }
    let word = output.style.good("captured");
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  account {account} in {region}"))?;
    output.line(format!("trail   {}", escaped(&trail)))?;
    output.line(match parts {
        0 => "guard   not recorded; name the rule guard with --config-rule".to_owned(),
        parts => format!("guard   {parts} parts"),
    })?;
    output.line(format!("file    {}", escaped(&path)))?;
    let still = if recorded.is_uploaded {
        "object"
    } else {
        "put at"
    };
    output.line(format!("{still}  {}", escaped(object)))?;
    output.line(format!("sha256  {sha256}"))?;
    output.line("")?;
    output.line(
        "Set baselineSha256 of the rule (of guard also baselineBucket) and BaselineSha256 of the",
    )?;
    output.line("runbook to this SHA-256.")
}

/// It was compared.
pub(super) fn compared(
    sha256: &str,
    findings: &[Finding],
    caller: &Caller,
    format: Format,
    output: &mut Output,
) -> io::Result<()> {
    if format == Format::Json {
        let outcome = if findings.is_empty() {
            "same"
        } else {
            "different"
        };
        return output.json(&Line {
            sha256,
            ..Line::new(outcome, caller, findings)
        });
    }
    let word = if findings.is_empty() {
        output.style.good("as recorded")
    } else {
        output.style.bad("not as recorded")
    };
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  account {account} in {region}"))?;
    output.line(format!("baseline  {sha256}"))?;
    print(findings, output)
}

fn print(findings: &[Finding], output: &mut Output) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    output.line("")?;
    let rows: Vec<[String; 3]> = findings.iter().map(finding_row).collect();
    output.lines(&table(0, ["CODE", "SEVERITY", "EVIDENCE"], &rows))
}
