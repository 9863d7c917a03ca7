//! `trailkeeper evaluate`: a rule's verdict, here and now.

mod guard;
mod instances;
mod trail;

use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use trailkeeper_core::config_rule::{Compliance, RuleName, RuleParameters};
use trailkeeper_core::{Finding, Note};

use crate::account::Calls;
use crate::arguments::{AccountArguments, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::parameters::{Parameter, object};

const ACCOUNT_TYPE: &str = "AWS::::Account";

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
        value_parser = PossibleValuesParser::new(RuleName::ALL.iter().map(|rule| rule.as_str()))
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

impl EvaluateArguments {
    fn rule_parameters(&self) -> Result<RuleParameters, CommandError> {
        Ok(RuleParameters::new(object(&self.parameters)?))
    }
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
pub(crate) struct FindingLine<'a> {
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
    let mut known = RuleName::ALL.iter();
    match known.find(|rule| rule.as_str() == arguments.rule) {
        Some(RuleName::InstanceProfile) => instances::run(arguments, output).await,
        Some(RuleName::Guard) => guard::run(arguments, output).await,
        Some(RuleName::CloudtrailEnabled) | None => trail::run(arguments, output).await,
    }
}

/// A finding for programs.
pub(crate) fn finding_line(finding: &Finding) -> FindingLine<'_> {
    FindingLine {
        code: finding.code.as_str(),
        severity: finding.severity.as_str(),
        evidence: &finding.evidence,
    }
}

/// A finding for people.
pub(crate) fn finding_row(finding: &Finding) -> [String; 3] {
    [
        finding.code.to_string(),
        finding.severity.to_string(),
        finding.evidence.clone(),
    ]
}

fn note_row(note: &Note) -> [String; 2] {
    [note.code.to_owned(), note.text.clone()]
}

/// The word for the verdict, in its colour.
fn word(compliance: Compliance, output: &Output) -> String {
    match compliance {
        Compliance::NonCompliant => output.style.bad(compliance.as_str()),
        _ => output.style.good(compliance.as_str()),
    }
}
