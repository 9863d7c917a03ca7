//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use trailkeeper_core::Region;

use crate::baseline::BaselineArguments;
use crate::demo::DemoArguments;
use crate::evaluate::EvaluateArguments;
use crate::package::PackageArguments;
use crate::plan::PlanArguments;
use crate::policy::PolicyCommand;
use crate::repair::RepairArguments;
use crate::runbook::RunbookCommand;
use crate::sandbox::SandboxArguments;

const EXITS: &str = "\
Exit codes:
  0  done and good
  1  could not do it: usage, denied, failed
  2  done and bad: NON_COMPLIANT, a plan that is not empty, findings, an invalid
     document";

/// Keeps an AWS account's audit trail as it should be.
#[derive(Debug, Parser)]
#[command(name = "trailkeeper", version = env!("TRAILKEEPER_VERSION"), after_help = EXITS, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Record the healthy account, or compare it with such a record
    Baseline(BaselineArguments),
    /// Show both rules and their repairs in a sandbox, or one attack on a trail
    Demo(DemoArguments),
    /// Judge the account by a rule, without reporting to AWS Config
    Evaluate(EvaluateArguments),
    /// Say what a repair would do; writes nothing
    Plan(PlanArguments),
    /// Check identity policies for grants beyond need
    Policy(PolicyCommand),
    /// Restore the trail and read everything back
    Repair(RepairArguments),
    /// Check or run an Automation document of Systems Manager
    Runbook(RunbookCommand),
    /// Serve a sandbox account to SDKs and the AWS CLI on 127.0.0.1
    Sandbox(SandboxArguments),
    /// Build the Lambda functions and make the archives that the template deploys
    Package(PackageArguments),
}

/// Which account.
#[derive(Debug, Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct AccountArguments {
    /// A sandbox instead of AWS: the demo's account, or that of a case/v1 FILE
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        conflicts_with_all = ["endpoint_url", "profile", "region"]
    )]
    pub(crate) sandbox: Option<Option<PathBuf>>,
    /// One endpoint for all services, such as an emulator's
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(crate) endpoint_url: Option<String>,
    /// The profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The Region; without it that of AWS_REGION or the profile
    #[arg(long)]
    pub(crate) region: Option<Region>,
}

impl AccountArguments {
    /// Whether anything is said that only AWS, or what stands for it, has.
    pub(crate) fn names_aws(&self) -> bool {
        self.endpoint_url.is_some() || self.profile.is_some() || self.region.is_some()
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    // JSON Lines. Without texts of their own the values do not blow up the help.
    Json,
}

/// An endpoint without a scheme would only fail at the first call, and not say why.
fn url(text: &str) -> Result<String, &'static str> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() => Ok(text.to_owned()),
        _ => Err("an endpoint begins with http:// or https://"),
    }
}
