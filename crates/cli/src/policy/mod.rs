//! `trailkeeper policy`: what identity policies really grant.

mod check;
mod documents;
mod sarif;

use clap::{Args, Subcommand};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

pub(crate) use documents::DocumentError;

#[derive(Debug, Args)]
pub(crate) struct PolicyCommand {
    #[command(subcommand)]
    command: Subcommands,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Say where identity policies grant more than they must, and what to write instead
    Check(check::CheckArguments),
}

/// Runs the subcommand.
///
/// # Errors
/// As the subcommand's.
pub(crate) fn run(arguments: &PolicyCommand, output: &mut Output) -> Result<Exit, CommandError> {
    match &arguments.command {
        Subcommands::Check(arguments) => check::run(arguments, output),
    }
}
