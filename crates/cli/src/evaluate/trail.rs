//! The verdict on the account's trails.

use trailkeeper_app::evaluate::judge_account;
use trailkeeper_core::cloudtrail::Verdict;
use trailkeeper_core::config_rule::{Compliance, annotation, parse_requirements};
use trailkeeper_core::escape::escaped;
use trailkeeper_core::{Caller, Code};

use super::{ACCOUNT_TYPE, CALLS, EvaluateArguments, Line, finding_line, finding_row, note_row};
use crate::account::Account;
use crate::arguments::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::table::table;

pub(super) async fn run(
    arguments: &EvaluateArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let requirements = parse_requirements(&arguments.rule_parameters()?)?;
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
        resource_type: ACCOUNT_TYPE,
        resource_id: caller.account.as_str(),
        compliance: compliance.as_str(),
        annotation: match compliance {
            Compliance::NonCompliant => annotation::of_findings(&verdict.findings),
            _ => annotation::of_text(&verdict.reason()),
        },
        findings: verdict.findings.iter().map(finding_line).collect(),
    }
}

fn print(caller: &Caller, verdict: &Verdict, output: &mut Output) -> std::io::Result<()> {
    let word = super::word(verdict.compliance(), output);
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  {ACCOUNT_TYPE} {account} in {region}"))?;
    if let Some(trail) = &verdict.trail {
        output.line(format!("trail  {}", escaped(&trail.to_string())))?;
    }
    if !verdict.findings.is_empty() {
        output.line("")?;
        let rows: Vec<[String; 3]> = verdict.findings.iter().map(finding_row).collect();
        output.lines(&table(0, ["CODE", "SEVERITY", "EVIDENCE"], &rows))?;
    }
    if !verdict.notes.is_empty() {
        output.line("")?;
        let rows: Vec<[String; 2]> = verdict.notes.iter().map(note_row).collect();
        output.lines(&table(0, ["NOTE", "TEXT"], &rows))?;
    }
    Ok(())
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
