//! `trailkeeper repair`: restores the trail.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_app::repair::repair;
use trailkeeper_core::Caller;
use trailkeeper_core::escape::escaped;
use trailkeeper_core::remediation::{Mode, Outcome, RepairResult};
use trailkeeper_core::repair::{Goal, Limits};

use crate::account::{Account, Calls};
use crate::arguments::AccountArguments;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::plan::RunbookArguments;
use crate::report;

/// The repair itself repeats what is worth it.
pub(crate) const CALLS: Calls = Calls {
    attempts: 1,
    time: Duration::from_secs(10),
};

/// As long as someone waits at a terminal, and longer than any repair takes.
const TIME: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug, Args)]
pub(crate) struct RepairArguments {
    #[command(flatten)]
    runbook: RunbookArguments,
    /// Write to AWS without asking at the terminal
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: AccountArguments,
}

/// Repairs and prints what came of it.
///
/// # Errors
/// The parameters cannot be used, there is no account, nobody agreed, the trail is another
/// account's, or it is not as wanted in the end.
pub(crate) async fn run(
    arguments: &RepairArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let request = arguments.runbook.request(Mode::Apply)?;
    let account = Account::open(&arguments.account, CALLS).await?;
    if !account.is_sandbox {
        let trail = format!("trail {}", request.trail);
        confirm(&account.caller, &trail, "repair of", arguments.yes)?;
    }
    let goal = Goal::from(&request);
    let limits = limits(account.ports.clock.now());
    let ended = repair(&account.ports, &account.caller, &goal, &limits).await;
    report::print(&ended, &account.caller, arguments.runbook.format, output)?;
    let result = ended.map_err(CommandError::Repair)?;
    match result.outcome {
        Some(Outcome::NotOurs) => Err(not_ours(&result)),
        _ => Ok(Exit::Good),
    }
}

/// The bounds of a run that begins at `now`. The time serves as the random value too: two
/// terminals do not start in the same nanosecond, and a sandbox repeats itself.
pub(crate) fn limits(now: Timestamp) -> Limits {
    Limits {
        deadline: now.checked_add(TIME).unwrap_or(now),
        call_time: SignedDuration::try_from(CALLS.time).unwrap_or(SignedDuration::MAX),
        seed: now.as_nanosecond().unsigned_abs() as u64,
    }
}

/// The error of a run about another account's trail.
pub(crate) fn not_ours(result: &RepairResult) -> CommandError {
    let note = result.notes.iter().find(|note| note.code == "not-ours");
    let text = note.map_or("the trail belongs to another account", |note| &note.text);
    CommandError::NotOurs(text.to_owned())
}

/// Says what is to be done where, and asks unless `yes` was given before. `deed` is what it is
/// called where nobody agrees.
///
/// # Errors
/// Nobody agreed.
pub(crate) fn confirm(
    caller: &Caller,
    what: &str,
    deed: &'static str,
    yes: bool,
) -> Result<(), CommandError> {
    let Caller {
        account, region, ..
    } = caller;
    let verb = match deed {
        "repair of" => "repaired",
        "upload from" | "upload to" => "uploaded",
        _ => "run",
    };
    let what = escaped(what);
    eprint_line(&format!(
        "to be {verb}: {what} in account {account}, {region}"
    ));
    if yes || asked() {
        return Ok(());
    }
    Err(CommandError::NotConfirmed {
        deed,
        account: account.to_string(),
        region: region.to_string(),
    })
}

/// Whether someone at the terminal answers `yes`, in full.
fn asked() -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    let mut error = io::stderr();
    let shown = error
        .write_all(b"Type yes to write to this account: ")
        .and_then(|()| error.flush());
    let mut answer = String::new();
    shown.is_ok() && io::stdin().read_line(&mut answer).is_ok() && answer.trim() == "yes"
}

fn eprint_line(text: &str) {
    // a closed standard error is no reason to leave a trail broken
    let _unread = writeln!(io::stderr(), "{text}");
}
