//! Reporting to AWS Config: every evaluation, whatever PutEvaluations does on the way.

use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::config_rule::Evaluation;
use trailkeeper_core::{CallError, ErrorClass};

use crate::ports::{Clock, ConfigService};

/// The most evaluations that one call takes.
pub const MOST_IN_A_CALL: usize = 100;

/// How often a call is made that is throttled or gets no answer.
const MOST_ATTEMPTS: u32 = 4;

/// How often evaluations are resent that the service names as failed.
const MOST_ROUNDS: u32 = 3;

/// The convention of rule development kits for a call that must not be stored.
const TEST_TOKEN: &str = "TESTMODE";

/// How a report ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    /// The service took everything.
    Accepted {
        /// How many calls were answered well.
        calls: usize,
    },
    /// The rule was deleted meanwhile; nobody waits for the result.
    RuleDeleted,
}

/// Why a report did not reach AWS Config.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The service kept naming evaluations as failed.
    #[error(
        "AWS Config refused {count} evaluations, the first for {first}; the verdicts before stand \
         until the rule runs again"
    )]
    EvaluationsRefused {
        /// How many.
        count: usize,
        /// Type and id of the first resource.
        first: String,
    },
    /// The result token is not one of AWS Config.
    #[error("AWS Config does not know the result token; invoke the rule through AWS Config")]
    TokenRefused(#[source] CallError),
    /// A call failed for good.
    #[error(
        "AWS Config did not take the evaluations; the verdicts before stand until the rule runs again"
    )]
    CallFailed(#[source] CallError),
    /// The time was used up with evaluations still to be sent.
    #[error("no time was left to report {left} evaluations; give the function more time")]
    OutOfTime {
        /// How many were not sent.
        left: usize,
    },
}

impl SubmitError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EvaluationsRefused { .. } => "evaluations-refused",
            Self::TokenRefused(_) => "result-token-refused",
            Self::CallFailed(_) => "put-evaluations-failed",
            Self::OutOfTime { .. } => "out-of-time",
        }
    }
}

/// Reports `evaluations` for the invocation that `token` stands for. Without any evaluation one
/// empty call is made, which tells AWS Config that the evaluation ended.
///
/// # Errors
/// Not everything was taken before `deadline` or within the bounded retries.
pub async fn submit(
    config: &dyn ConfigService,
    clock: &dyn Clock,
    token: &str,
    evaluations: Vec<Evaluation>,
    deadline: Timestamp,
) -> Result<Submitted, SubmitError> {
    let report = Report {
        config,
        clock,
        token,
        deadline,
    };
    match report.send_until_taken(evaluations).await {
        Err(SubmitError::CallFailed(error)) if error.code == "NoSuchConfigRuleException" => {
            Ok(Submitted::RuleDeleted)
        }
        Err(SubmitError::CallFailed(error)) if error.code == "InvalidResultTokenException" => {
            Err(SubmitError::TokenRefused(error))
        }
        Err(error) => Err(error),
        Ok(calls) => Ok(Submitted::Accepted { calls }),
    }
}

struct Report<'a> {
    config: &'a dyn ConfigService,
    clock: &'a dyn Clock,
    token: &'a str,
    deadline: Timestamp,
}

impl Report<'_> {
    /// Sends all, then those that failed again, and returns the number of calls.
    async fn send_until_taken(&self, all: Vec<Evaluation>) -> Result<usize, SubmitError> {
        let (mut calls, mut failed) = self.send_all(&all).await?;
        for round in 0..MOST_ROUNDS {
            if failed.is_empty() || !self.wait(round).await {
                break;
            }
            let (more, again) = self.send_all(&failed).await?;
            calls += more;
            failed = again;
        }
        match failed.first() {
            None => Ok(calls),
            Some(first) => Err(SubmitError::EvaluationsRefused {
                count: failed.len(),
                first: format!("{} {}", first.resource_type, first.resource_id),
            }),
        }
    }

    /// Sends all in as few calls as possible; returns their number and what the service refused.
    async fn send_all(&self, all: &[Evaluation]) -> Result<(usize, Vec<Evaluation>), SubmitError> {
        if all.is_empty() {
            return Ok((1, self.send(&[]).await?));
        }
        let mut failed = Vec::new();
        for (sent, batch) in all.chunks(MOST_IN_A_CALL).enumerate() {
            if sent > 0 && self.clock.now() >= self.deadline {
                let left = all.len() - sent * MOST_IN_A_CALL;
                return Err(SubmitError::OutOfTime { left });
            }
            failed.extend(self.send(batch).await?);
        }
        Ok((all.len().div_ceil(MOST_IN_A_CALL), failed))
    }

    /// One call, repeated while the service only asks for patience. Sending an evaluation twice
    /// is harmless: it carries its own time.
    async fn send(&self, batch: &[Evaluation]) -> Result<Vec<Evaluation>, SubmitError> {
        let test_mode = self.token == TEST_TOKEN;
        let mut attempt = 0;
        loop {
            let call = self.config.put_evaluations(self.token, batch, test_mode);
            let error = match call.await {
                Ok(failed) => return Ok(failed),
                Err(error) => error,
            };
            let passing = matches!(error.class, ErrorClass::Throttled | ErrorClass::Broken);
            if !passing || attempt + 1 >= MOST_ATTEMPTS || !self.wait(attempt).await {
                return Err(SubmitError::CallFailed(error));
            }
            attempt += 1;
        }
    }

    /// Waits 1, 2, 4, ... seconds, or not at all where the deadline would come first.
    async fn wait(&self, round: u32) -> bool {
        let pause = SignedDuration::from_secs(1 << round);
        let in_time = self
            .clock
            .now()
            .checked_add(pause)
            .is_ok_and(|then| then < self.deadline);
        if in_time {
            self.clock.sleep(pause).await;
        }
        in_time
    }
}
