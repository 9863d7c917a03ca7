//! `trailkeeper plan`: what a repair would do.

use clap::Args;
use serde_json::Value;
use trailkeeper_app::repair::repair;
use trailkeeper_core::remediation::{Mode, Outcome, RepairRequest, RepairResult};
use trailkeeper_core::repair::Goal;

use crate::account::Account;
use crate::arguments::{AccountArguments, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::parameters::{Parameter, ParameterError, object};
use crate::repair::{CALLS, limits, not_ours};
use crate::report;

#[derive(Debug, Args)]
pub(crate) struct RunbookArguments {
    /// A parameter of the runbook; CloudTrailName and CloudTrailS3BucketName are
    /// required; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
    /// How to print the result: for people, or as JSON Lines
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    runbook: RunbookArguments,
    #[command(flatten)]
    account: AccountArguments,
}

impl RunbookArguments {
    /// What is asked for, in `mode`.
    ///
    /// # Errors
    /// A parameter is missing, unknown, bad, or follows from the command.
    pub(crate) fn request(&self, mode: Mode) -> Result<RepairRequest, CommandError> {
        let parameters = object(&self.parameters)?;
        if parameters.contains_key("Mode") {
            let name = "Mode".to_owned();
            let instead = "run `trailkeeper plan` or `trailkeeper repair`";
            return Err(ParameterError::Reserved { name, instead }.into());
        }
        let request = RepairRequest::parse(&Value::Object(parameters))?;
        Ok(RepairRequest { mode, ..request })
    }
}

/// Plans and prints the plan.
///
/// # Errors
/// The parameters cannot be used, there is no account, or what the plan rests on cannot be read.
pub(crate) async fn run(
    arguments: &PlanArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let request = arguments.runbook.request(Mode::Plan)?;
    let account = Account::open(&arguments.account, CALLS).await?;
    let goal = Goal::from(&request);
    let limits = limits(account.ports.clock.now());
    let ended = repair(&account.ports, &account.caller, &goal, &limits).await;
    report::print(&ended, &account.caller, arguments.runbook.format, output)?;
    let result = ended.map_err(CommandError::Repair)?;
    exit(&result)
}

fn exit(result: &RepairResult) -> Result<Exit, CommandError> {
    match result.outcome {
        Some(Outcome::NotOurs) => Err(not_ours(result)),
        Some(Outcome::AlreadyHealthy) => Ok(Exit::Good),
        _ => Ok(Exit::Bad),
    }
}
