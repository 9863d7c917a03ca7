//! Why a command could not do its work, and how that is told.

use std::error::Error;
use std::io;

use trailkeeper_core::config_rule;
use trailkeeper_core::escape::escaped;
use trailkeeper_core::remediation::{RepairFailure, RequestError};
use trailkeeper_runbook::StartError;
use trailkeeper_sandbox::Failure;
use trailkeeper_sandbox::http::ServeError;

use crate::account::AccountError;
use crate::baseline::RecordError;
use crate::exit::Exit;
use crate::package::PackagingError;
use crate::parameters::ParameterError;
use crate::policy;
use crate::runbook::DocumentError;

/// A command that ended without its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The process cannot wait for anything.
    #[error("the system gives no means to wait for connections")]
    Runtime(#[source] io::Error),
    /// Standard output takes no more.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
    /// There is no account to work on.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A `--param` cannot be used.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The rule does not take the parameters.
    #[error(transparent)]
    Rule(#[from] config_rule::ParameterError),
    /// The runbook does not take the parameters.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A document cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A policy document cannot be looked at.
    #[error(transparent)]
    Policy(#[from] policy::DocumentError),
    /// A document's run did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A document's run ended, but not with success.
    #[error("the run ended with the status {status}: {message}")]
    RunEnded {
        /// The status.
        status: &'static str,
        /// Why.
        message: String,
    },
    /// No trail could be looked at.
    #[error("nothing was judged; give the caller the permissions that the findings name")]
    NothingRead,
    /// A write to AWS was not agreed to.
    #[error(
        "the {deed} account {account} in {region} was not confirmed and nothing was written; \
         answer `yes` at the terminal, or pass --yes"
    )]
    NotConfirmed {
        /// What was to be done.
        deed: &'static str,
        /// The account.
        account: String,
        /// The Region.
        region: String,
    },
    /// The trail is not as wanted in the end.
    #[error("{0}")]
    Repair(RepairFailure),
    /// The trail belongs to somebody else.
    #[error("{0}; run the repair there")]
    NotOurs(String),
    /// The sandbox cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The sandbox refused a part of the product.
    #[error("the product cannot be installed in the sandbox: {0}")]
    Product(String),
    /// There is no baseline, or none to compare with.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// No attack has this id.
    #[error(
        "there is no attack {asked}; did you mean {nearest}? `trailkeeper demo --attack list` \
         names them all"
    )]
    NoSuchAttack {
        /// What was asked for.
        asked: String,
        /// The id that is most like it.
        nearest: &'static str,
    },
    /// The functions could not be packaged.
    #[error(transparent)]
    Packaging(#[from] PackagingError),
    /// A call to the sandbox failed that must not.
    #[error("the sandbox's {operation} failed; this is a fault of the demo, please report it")]
    Sandbox {
        /// The operation.
        operation: &'static str,
        /// What the sandbox answered.
        source: Failure,
    },
    /// A function of the sandbox failed that must not.
    #[error("{0}")]
    Function(String),
}

impl CommandError {
    /// Tells the error on standard error: the sentence, then its causes, each on lines of its own.
    pub(crate) fn report(self) -> Exit {
        if self.is_broken_pipe() {
            return Exit::Good;
        }
        let mut text = format!("error: {}\n", escaped(&self.to_string()));
        let causes = std::iter::successors(self.source(), |cause| (*cause).source());
        for cause in causes {
            let cause = cause.to_string();
            for (number, line) in cause.lines().enumerate() {
                // a line break in a service's text must not pass for a line of ours
                let start = if number == 0 { "because: " } else { "    " };
                text.push_str(&format!("  {start}{}\n", escaped(line)));
            }
        }
        // where even standard error is closed there is nobody to tell
        let _unread = io::Write::write_all(&mut io::stderr(), text.as_bytes());
        Exit::Failed
    }

    fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
