//! The verdicts on the account's instances.

use std::io;

use trailkeeper_app::evaluate::{JudgedInstances, judge_instances};
use trailkeeper_core::config_rule::{Compliance, annotation, parse_instance_requirements};
use trailkeeper_core::escape::escaped;
use trailkeeper_core::instance_profile::{InstanceVerdict, RESOURCE_TYPE};
use trailkeeper_core::{Caller, Code, Finding};

use super::{ACCOUNT_TYPE, CALLS, EvaluateArguments, Line, finding_line, finding_row};
use crate::account::Account;
use crate::arguments::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::table::table;

/// Set off under the line of their instance.
const INDENT: u16 = 2;
const NOTHING_TO_JUDGE: &str = "the account has no instance to judge in this Region";

pub(super) async fn run(
    arguments: &EvaluateArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let requirements = parse_instance_requirements(&arguments.rule_parameters()?)?;
    let account = Account::open(&arguments.account, CALLS).await?;
    let now = account.ports.clock.now();
    let caller = &account.caller;
    let readers = account.instance_readers();
    let judged = judge_instances(readers, &requirements, caller, now).await;
    match arguments.format {
        Format::Json => print_json(&arguments.rule, caller, &judged, output)?,
        Format::Table => print(caller, &judged, output)?,
    }
    exit(&judged)
}

/// A line for each instance, and one for the account where the rule would report on it.
fn print_json(
    rule: &str,
    caller: &Caller,
    judged: &JudgedInstances,
    output: &mut Output,
) -> io::Result<()> {
    for verdict in &judged.verdicts {
        output.json(&Line {
            version: 1,
            rule,
            resource_type: RESOURCE_TYPE,
            resource_id: &verdict.id,
            compliance: verdict.compliance.as_str(),
            annotation: verdict.annotation(),
            findings: verdict.findings.iter().map(finding_line).collect(),
        })?;
    }
    match of_account(judged) {
        None => Ok(()),
        Some((compliance, annotation)) => output.json(&Line {
            version: 1,
            rule,
            resource_type: ACCOUNT_TYPE,
            resource_id: caller.account.as_str(),
            compliance: compliance.as_str(),
            annotation,
            findings: judged.findings.iter().map(finding_line).collect(),
        }),
    }
}

/// What the rule reports on the account itself: instances that may be missing, or that there are
/// none.
fn of_account(judged: &JudgedInstances) -> Option<(Compliance, String)> {
    if !judged.findings.is_empty() {
        let text = annotation::of_findings(&judged.findings);
        return Some((Compliance::NonCompliant, text));
    }
    let none = of_interest(judged).next().is_none();
    none.then(|| (Compliance::Compliant, NOTHING_TO_JUDGE.to_owned()))
}

fn of_interest(judged: &JudgedInstances) -> impl Iterator<Item = &InstanceVerdict> {
    let verdicts = judged.verdicts.iter();
    verdicts.filter(|verdict| verdict.compliance != Compliance::NotApplicable)
}

fn is_bad(verdict: &InstanceVerdict) -> bool {
    verdict.compliance == Compliance::NonCompliant
}

fn print(caller: &Caller, judged: &JudgedInstances, output: &mut Output) -> io::Result<()> {
    let bad = judged.verdicts.iter().filter(|one| is_bad(one)).count();
    let compliance = if bad == 0 && judged.findings.is_empty() {
        Compliance::Compliant
    } else {
        Compliance::NonCompliant
    };
    let word = super::word(compliance, output);
    let (account, region) = (&caller.account, &caller.region);
    let how_many = match (bad, of_interest(judged).count()) {
        (0, 1) => "1 instance".to_owned(),
        (0, all) => format!("{all} instances"),
        (bad, all) => format!("{bad} of {all} instances"),
    };
    output.line(format!("{word}  {how_many} of {account} in {region}"))?;
    if !judged.findings.is_empty() {
        output.line("not all instances were seen:")?;
        print_findings(&judged.findings, output)?;
    }
    let mut verdicts: Vec<&InstanceVerdict> = judged.verdicts.iter().collect();
    verdicts.sort_by(|a, b| (!is_bad(a), &a.id).cmp(&(!is_bad(b), &b.id)));
    verdicts
        .into_iter()
        .try_for_each(|verdict| print_instance(verdict, output))
}

/// An instance with all that was found; what is good in the words for AWS Config.
fn print_instance(verdict: &InstanceVerdict, output: &mut Output) -> io::Result<()> {
    let word = super::word(verdict.compliance, output);
    let profile = match &verdict.profile {
        Some(arn) => format!("profile {}", arn.name()),
        None => "no profile".to_owned(),
    };
    let role = match &verdict.role {
        Some(role) => format!(", role {}", role.name),
        None => String::new(),
    };
    output.line("")?;
    let line = format!("{}  {profile}{role}", verdict.id);
    output.line(format!("{word}  {}", escaped(&line)))?;
    print_findings(&verdict.findings, output)?;
    if verdict.notes.is_empty() {
        return Ok(());
    }
    let notes = verdict.notes.iter().map(super::note_row);
    output.lines(&table(INDENT, ["", ""], &notes.collect::<Vec<_>>()))
}

fn print_findings(findings: &[Finding], output: &mut Output) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 3]> = findings.iter().map(finding_row).collect();
    output.lines(&table(INDENT, ["", "", ""], &rows))
}

/// Where nothing could be read the rule has to say NON_COMPLIANT, but nothing was judged.
fn exit(judged: &JudgedInstances) -> Result<Exit, CommandError> {
    let of_instances = judged.verdicts.iter().flat_map(|one| &one.findings);
    let mut findings = judged.findings.iter().chain(of_instances).peekable();
    if findings.peek().is_none() {
        return Ok(Exit::Good);
    }
    let is_judged = judged
        .verdicts
        .iter()
        .any(|one| one.compliance == Compliance::Compliant);
    if is_judged || findings.any(|finding| finding.code != Code::CouldNotVerify) {
        Ok(Exit::Bad)
    } else {
        Err(CommandError::NothingRead)
    }
}
