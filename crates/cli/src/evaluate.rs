//! `trailkeeper evaluate`: the rule's verdict, here and now.

use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use trailkeeper_app::evaluate::judge_account;
use trailkeeper_core::Caller;
use trailkeeper_core::cloudtrail::catalogue::{Severity, entry};
use trailkeeper_core::cloudtrail::{Code, Finding, Verdict};
use trailkeeper_core::config_rule::{
    Compliance, RuleName, RuleParameters, annotation, parse_requirements,
};

use crate::account::{Account, Calls};
use crate::arguments::{AccountArguments, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::escape::escaped;
use crate::output::table::table;
use crate::parameters::{Parameter, object};

const RESOURCE_TYPE: &str = "AWS::::Account";

/// Nobody else repeats a read that failed, so the SDK does.
const CALLS: Calls = Calls {
    attempts: 3,
    time: Duration::from_secs(12),
};

#[derive(Debug, Args)]
pub(crate) struct EvaluateArguments {
    /// The rule
    #[arg(
        long,
        value_name = "RULE",
        default_value = RuleName::CloudtrailEnabled.as_str(),
        value_parser = PossibleValuesParser::new([RuleName::CloudtrailEnabled.as_str()])
    )]
    rule: String,
    /// A parameter of the rule, such as trailName=org-audit; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
    /// How to print the verdict: for people, or as JSON Lines
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    #[command(flatten)]
    account: AccountArguments,
}

/// A verdict as a line of JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    version: u8,
    rule: &'a str,
    resource_type: &'a str,
    resource_id: &'a str,
    compliance: &'a str,
    annotation: String,
    findings: Vec<FindingLine<'a>>,
}

#[derive(Serialize)]
struct FindingLine<'a> {
    code: &'a str,
    severity: &'a str,
    evidence: &'a str,
}

/// Judges the account and prints the verdict.
///
/// # Errors
/// The parameters cannot be used, or there is no account to look at.
pub(crate) async fn run(
    arguments: &EvaluateArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let parameters = RuleParameters::new(object(&arguments.parameters)?);
    let requirements = parse_requirements(&parameters)?;
    let account = Account::open(&arguments.account, CALLS).await?;
    let now = account.ports.clock.now();
    let caller = &account.caller;
    let verdict = judge_account(account.readers(), &requirements, caller, now).await;
    match arguments.format {
        Format::Json => output.json(&line(&arguments.rule, caller, &verdict))?,
        Format::Table => print(caller, &verdict, output)?,
    }
    exit(&verdict)
}

fn line<'a>(rule: &'a str, caller: &'a Caller, verdict: &'a Verdict) -> Line<'a> {
    let compliance = verdict.compliance();
    Line {
        version: 1,
        rule,
        resource_type: RESOURCE_TYPE,
        resource_id: caller.account.as_str(),
        compliance: compliance.as_str(),
        annotation: match compliance {
            Compliance::NonCompliant => annotation::of_findings(&verdict.findings),
            _ => annotation::of_text(&verdict.reason()),
        },
        findings: verdict.findings.iter().map(finding_line).collect(),
    }
}

fn finding_line(finding: &Finding) -> FindingLine<'_> {
    FindingLine {
        code: finding.code.as_str(),
        severity: severity(finding.code),
        evidence: &finding.evidence,
    }
}

fn severity(code: Code) -> &'static str {
    entry(code)
        .map_or(Severity::Critical, |entry| entry.severity)
        .as_str()
}

fn print(caller: &Caller, verdict: &Verdict, output: &mut Output) -> std::io::Result<()> {
    let compliance = verdict.compliance();
    let word = match compliance {
        Compliance::NonCompliant => output.style.bad(compliance.as_str()),
        _ => output.style.good(compliance.as_str()),
    };
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  {RESOURCE_TYPE} {account} in {region}"))?;
    if let Some(trail) = &verdict.trail {
        output.line(format!("trail  {}", escaped(&trail.to_string())))?;
    }
    if !verdict.findings.is_empty() {
        output.line("")?;
        let rows: Vec<[String; 3]> = verdict.findings.iter().map(row).collect();
        output.lines(&table(0, ["CODE", "SEVERITY", "EVIDENCE"], &rows))?;
    }
    if !verdict.notes.is_empty() {
        output.line("")?;
        let notes = verdict.notes.iter();
        let rows: Vec<[String; 2]> = notes
            .map(|note| [note.code.to_owned(), note.text.clone()])
            .collect();
        output.lines(&table(0, ["NOTE", "TEXT"], &rows))?;
    }
    Ok(())
}

fn row(finding: &Finding) -> [String; 3] {
    [
        finding.code.to_string(),
        severity(finding.code).to_owned(),
        finding.evidence.clone(),
    ]
}

/// Where nothing could be read the rule has to say NON_COMPLIANT, but nothing was judged.
fn exit(verdict: &Verdict) -> Result<Exit, CommandError> {
    let mut codes = verdict.findings.iter().map(|finding| finding.code);
    match verdict.compliance() {
        Compliance::NonCompliant if verdict.trail.is_some() => Ok(Exit::Bad),
        Compliance::NonCompliant if codes.any(|code| code != Code::CouldNotVerify) => Ok(Exit::Bad),
        Compliance::NonCompliant => Err(CommandError::NothingRead),
        _ => Ok(Exit::Good),
    }
}
