//! `trailkeeper runbook`: Automation documents, checked and run.

mod approve;
mod check;
mod clock;
mod place;
mod run;
pub(crate) mod steps;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use check::CheckArguments;
use run::RunArguments;

#[derive(Debug, Args)]
pub(crate) struct RunbookCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what Systems Manager would refuse in a document, and what cannot work
    Check(CheckArguments),
    /// Run a document step by step, as Systems Manager would
    Run(RunArguments),
}

/// Why a document's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    /// The file cannot be read.
    #[error("cannot read {}; check the path", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Systems Manager would refuse the document.
    #[error(
        "{} cannot be run; `trailkeeper runbook check` says what is wrong with it",
        .path.display()
    )]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: trailkeeper_runbook::Refused,
    },
    /// It is to run as another role than the caller's.
    #[error(
        "the runbook is to run as {0}, which is for Systems Manager to do; sign in as that role, \
         and leave the parameter for it empty"
    )]
    Role(String),
}

/// Checks or runs.
///
/// # Errors
/// A file cannot be read, or a run does not end well.
pub(crate) async fn run(
    command: &RunbookCommand,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    match &command.command {
        Action::Check(arguments) => check::run(arguments, output),
        Action::Run(arguments) => Box::pin(run::run(arguments, output)).await,
    }
}

fn read(path: &Path) -> Result<String, DocumentError> {
    std::fs::read_to_string(path).map_err(|source| DocumentError::Read {
        path: path.to_owned(),
        source,
    })
}
