//! A run, decided step by step without I/O.
//!
//! [`Execution::next`] says what is needed; [`Execution::answer`], [`Execution::expire`] or the
//! passing of time take it on from there. [`crate::run_until`] is the loop around it, and a host
//! with its own clock can be another.

mod approval;
mod attempt;
mod finish;
mod flow;
mod progress;
mod scope;
mod start;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::action::ApprovalRequest;
use crate::aws_api::ApiFailure;
use crate::bind::{BindError, Supplied};
use crate::document::Document;
use crate::report::{Status, StepExecution};
use approval::Asking;
use scope::Surroundings;

/// What a run is started with.
pub struct Start {
    /// The run's id, a UUID.
    pub execution_id: String,
    /// The account it runs in.
    pub account_id: String,
    /// The Region it runs in, and in which its calls are made.
    pub region: String,
    /// The document's name, for the report.
    pub document_name: String,
    /// The document's version, for the report.
    pub document_version: String,
    /// The ARN of who starts it, for the report.
    pub executed_by: String,
    /// The parameters.
    pub parameters: Supplied,
    /// Makes the ids of the steps' executions.
    pub ids: Box<dyn FnMut() -> String + Send>,
}

/// Why a run did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The parameters do not fit.
    #[error(transparent)]
    Parameters(#[from] BindError),
    /// Some steps have actions that cannot be run here.
    #[error(
        "the document cannot be run here: {}; run it in SSM, or replace these steps",
        .0.iter().map(|(step, action)| format!("step {step} is an {action} step"))
            .collect::<Vec<_>>().join(", ")
    )]
    Unsupported(Vec<(String, String)>),
}

/// What a run needs to go on.
#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    /// An operation called, and its answer told by [`Execution::answer`].
    Call(Call),
    /// So much time to pass.
    Wait(SignedDuration),
    /// A decision about a request, told by [`Execution::decide`].
    Approval {
        /// What is asked.
        request: ApprovalRequest,
        /// How long the step waits for it.
        limit: SignedDuration,
    },
    /// Nothing: the run has ended.
    Done,
}

/// A call of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The service, as the document writes it.
    pub service: String,
    /// The operation, as the document writes it.
    pub api: String,
    /// The Region.
    pub region: String,
    /// The operation's input.
    pub input: Value,
    /// When to give up: then [`Execution::expire`].
    pub limit: SignedDuration,
}

/// A run.
pub struct Execution {
    document: Document,
    surroundings: Surroundings,
    document_name: String,
    document_version: String,
    executed_by: String,
    supplied: Supplied,
    assume_role: Option<String>,
    ids: Box<dyn FnMut() -> String + Send>,
    began: Timestamp,
    ended: Option<Timestamp>,
    status: Status,
    /// The first failure that counts, and whether it was more than a timeout.
    failure: Option<String>,
    worst: Option<Status>,
    /// When the steps of a cancelled run have to be done.
    cancel_deadline: Option<Timestamp>,
    records: Vec<StepExecution>,
    outputs: BTreeMap<String, Map<String, Value>>,
    current: Option<Running>,
    steps_run: usize,
}

/// The step that runs now.
struct Running {
    /// Its place in the document.
    step: usize,
    /// Its place among the records.
    record: usize,
    attempt: u32,
    attempt_began: Timestamp,
    /// Since when this attempt has only been told to slow down, and how often.
    throttled: Option<(Timestamp, u32)>,
    /// What is asked for once its topic has been told.
    to_ask: Option<ApprovalRequest>,
    inputs: Map<String, Value>,
    phase: Phase,
}

enum Phase {
    /// The attempt has not begun.
    Begin,
    /// A call is under way.
    Calling { call: Call, since: Timestamp },
    /// Time has to pass.
    Pausing { until: Timestamp, then: Then },
    /// Somebody has to decide.
    Asking(Asking),
}

enum Then {
    /// The next attempt begins.
    Begin,
    /// The call is made again.
    Call(Call),
    /// The sleep is over.
    WakeUp,
    /// The attempt has taken too long.
    TimeOut,
}

impl Execution {
    /// How the run stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The role the document asks to run as; none: the caller's own rights.
    pub fn assume_role(&self) -> Option<&str> {
        self.assume_role.as_deref()
    }

    /// What the run needs to go on at this time.
    pub fn next(&mut self, now: Timestamp) -> Need {
        loop {
            self.keep_cancel_deadline(now);
            let Some(running) = self.current.take() else {
                return Need::Done;
            };
            if let Some(need) = self.advance(running, now) {
                return need;
            }
        }
    }

    /// Takes the answer to the call that was asked for; without one under way it is dropped.
    pub fn answer(&mut self, answer: Result<Value, ApiFailure>, now: Timestamp) {
        let Some(running) = self.current.take() else {
            return;
        };
        let Phase::Calling { call, since } = &running.phase else {
            self.current = Some(running);
            return;
        };
        if now.duration_since(*since) > call.limit {
            self.time_out(running, now);
            return;
        }
        self.take_answer(running, answer, now);
    }

    /// Gives up the call that is under way.
    pub fn expire(&mut self, now: Timestamp) {
        match self.current.take() {
            Some(running) if matches!(running.phase, Phase::Calling { .. }) => {
                self.time_out(running, now);
            }
            other => self.current = other,
        }
    }
}
