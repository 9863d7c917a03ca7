//! `trailkeeper`: the judgement and the repair of an account's audit trail, from a terminal.
//!
//! Architecture invariants: the sandbox is the only account that is ever written to without a
//! confirmation; what came from an account reaches a terminal with its control characters escaped;
//! the same sandbox gives the same bytes of output.

mod account;
mod arguments;
mod baseline;
mod demo;
mod error;
mod evaluate;
mod exit;
mod functions;
mod output;
mod package;
mod parameters;
mod plan;
mod policy;
mod product;
mod repair;
mod report;
mod runbook;
mod sandbox;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

fn main() -> ExitCode {
    let exit = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(usage) => explain(&usage),
    };
    exit.into()
}

/// Prints help or what is wrong with the arguments. Where even that cannot be printed there is
/// nobody to tell.
fn explain(usage: &clap::Error) -> Exit {
    let _unread = usage.print();
    if usage.use_stderr() {
        Exit::Failed
    } else {
        Exit::Good
    }
}

fn run(arguments: Arguments) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(command(arguments.command)),
        Err(error) => Err(CommandError::Runtime(error)),
    };
    ended.unwrap_or_else(|error| error.report())
}

async fn command(command: Command) -> Result<Exit, CommandError> {
    let output = &mut Output::stdout();
    match command {
        Command::Baseline(arguments) => Box::pin(baseline::run(&arguments, output)).await,
        Command::Demo(arguments) => Box::pin(demo::run(&arguments, output)).await,
        Command::Evaluate(arguments) => Box::pin(evaluate::run(&arguments, output)).await,
        Command::Package(arguments) => package::run(&arguments, output).await,
        Command::Plan(arguments) => Box::pin(plan::run(&arguments, output)).await,
        Command::Policy(arguments) => policy::run(&arguments, output),
        Command::Repair(arguments) => Box::pin(repair::run(&arguments, output)).await,
        Command::Runbook(arguments) => Box::pin(runbook::run(&arguments, output)).await,
        Command::Sandbox(arguments) => Box::pin(sandbox::run(&arguments, output)).await,
    }
}
