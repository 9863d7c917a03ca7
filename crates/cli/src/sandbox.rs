//! `trailkeeper sandbox`: the account in memory for SDKs and the AWS CLI.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::SignedDuration;
use serde::Serialize;
use trailkeeper_app::fast_path::Mode;
use trailkeeper_sandbox::http::{Stopper, serve};

use crate::account::{sandbox, sandbox_caller};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::product::{Remediation, install, listen};

#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// The port on 127.0.0.1; 0 for any free one
    #[arg(long)]
    port: u16,
    /// The case/v1 case that the account starts as; without it the demo's account
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// What the evaluator does about events of EventBridge: nothing, tell the topic
    /// trailkeeper-notifications, or start the runbook too
    #[arg(long, value_name = "MODE", default_value = "notify")]
    events: EventMode,
}

/// The fast path's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EventMode {
    Off,
    Notify,
    Enforce,
}

impl From<EventMode> for Mode {
    fn from(mode: EventMode) -> Self {
        match mode {
            EventMode::Off => Self::Off,
            EventMode::Notify => Self::Notify,
            EventMode::Enforce => Self::Enforce,
        }
    }
}

/// The line that says that requests are answered from now on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    endpoint: String,
    account_id: &'a str,
    region: &'a str,
}

/// How long a call takes on the account's clock, which stands still otherwise. A client waits out
/// CloudTrail's pace of one write a second on its own clock; at this pace the account agrees.
const CALL_TIME: SignedDuration = SignedDuration::from_secs(1);

/// Serves the account until the process is told to end.
///
/// # Errors
/// The scenario cannot be loaded, or the port cannot be bound.
pub(crate) async fn run(
    arguments: &SandboxArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let sandbox = sandbox(arguments.scenario.as_deref())?;
    install(&sandbox, Remediation::Manual).await?;
    listen(&sandbox, arguments.events.into()).await;
    let caller = sandbox_caller(&sandbox)?;
    let server = serve(sandbox, arguments.port).await?;
    let server = server.with_call_time(CALL_TIME);
    stop_on_signal(&server.stopper()).map_err(CommandError::Runtime)?;
    output.json(&Ready {
        endpoint: server.endpoint(),
        account_id: caller.account.as_str(),
        region: caller.region.as_str(),
    })?;
    server.run().await?;
    Ok(Exit::Good)
}

#[cfg(unix)]
fn stop_on_signal(stopper: &Stopper) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut told = signal(kind)?;
        let stopper = stopper.clone();
        tokio::spawn(async move {
            if told.recv().await.is_some() {
                stopper.stop();
            }
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn stop_on_signal(stopper: &Stopper) -> io::Result<()> {
    let stopper = stopper.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopper.stop();
        }
    });
    Ok(())
}
