//! The verdict on what guards the trail.

use trailkeeper_app::guard::{GuardVerdict, judge_guard};
use trailkeeper_core::config_rule::{Compliance, annotation, parse_guard_requirements};
use trailkeeper_core::guard::Requirements;
use trailkeeper_core::{Caller, Code};

use super::{ACCOUNT_TYPE, CALLS, EvaluateArguments, Line, finding_line, finding_row, note_row};
use crate::account::Account;
use crate::arguments::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::table::table;

/// What is said where nothing is wrong.
const AT_WORK: &str = "what guards the trail is at work";

pub(super) async fn run(
    arguments: &EvaluateArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let requirements = Requirements {
        // the rule itself may put things right; who only asks for a verdict writes nothing
        repair: false,
        ..parse_guard_requirements(&arguments.rule_parameters()?)?
    };
    let account = Account::open(&arguments.account, CALLS).await?;
    let now = account.ports.clock.now();
    let verdict = judge_guard(&account.guard, &requirements, &account.caller, now).await;
    match arguments.format {
        Format::Json => output.json(&line(&arguments.rule, &account.caller, &verdict))?,
        Format::Table => print(&account.caller, &verdict, output)?,
    }
    exit(&verdict)
}

fn compliance(verdict: &GuardVerdict) -> Compliance {
    if verdict.findings.is_empty() {
        Compliance::Compliant
    } else {
        Compliance::NonCompliant
    }
}

fn line<'a>(rule: &'a str, caller: &'a Caller, verdict: &'a GuardVerdict) -> Line<'a> {
    Line {
        version: 1,
        rule,
        resource_type: ACCOUNT_TYPE,
        resource_id: caller.account.as_str(),
        compliance: compliance(verdict).as_str(),
        annotation: if verdict.findings.is_empty() {
            annotation::of_text(AT_WORK)
        } else {
            annotation::of_findings(&verdict.findings)
        },
        findings: verdict.findings.iter().map(finding_line).collect(),
    }
}

fn print(caller: &Caller, verdict: &GuardVerdict, output: &mut Output) -> std::io::Result<()> {
    let word = super::word(compliance(verdict), output);
    let (account, region) = (&caller.account, &caller.region);
    output.line(format!("{word}  {ACCOUNT_TYPE} {account} in {region}"))?;
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
fn exit(verdict: &GuardVerdict) -> Result<Exit, CommandError> {
    let mut findings = verdict.findings.iter();
    if verdict.findings.is_empty() {
        Ok(Exit::Good)
    } else if findings.any(|finding| finding.code != Code::CouldNotVerify) {
        Ok(Exit::Bad)
    } else {
        Err(CommandError::NothingRead)
    }
}
