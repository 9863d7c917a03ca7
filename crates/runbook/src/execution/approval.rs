//! A step that asks: what it waits for, and the decisions it takes.

use jiff::{SignedDuration, Timestamp};

use super::finish::Ending;
use super::{Execution, Need, Phase, Running};
use crate::action::{
    ApprovalRequest, Decision, DecisionError, Failure, FailureStage, FailureType, approval_outputs,
};
use crate::report::Status;

/// A request under way.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) request: ApprovalRequest,
    pub(super) decisions: Vec<Decision>,
}

impl Execution {
    /// The run waits for decisions.
    pub(super) fn ask(&mut self, mut running: Running, asking: Asking) {
        running.phase = Phase::Asking(asking);
        self.show(&running, Status::Waiting);
        self.current = Some(running);
    }

    /// What is still asked for, and for how long.
    pub(super) fn approval_need(&self, running: &Running, asking: &Asking, now: Timestamp) -> Need {
        let deadline = self.deadline(running).unwrap_or(Timestamp::MAX);
        let limit = deadline.duration_since(now).max(SignedDuration::ZERO);
        Need::Approval {
            request: asking.request.clone(),
            limit,
        }
    }

    /// Takes a decision. Enough approvals take the run on, one rejection fails the step.
    ///
    /// # Errors
    /// Nothing is asked, or not this principal; the run waits on.
    pub fn decide(&mut self, decision: Decision, now: Timestamp) -> Result<(), DecisionError> {
        let Some(mut running) = self.current.take() else {
            return Err(DecisionError::NotAsked);
        };
        let Phase::Asking(asking) = &mut running.phase else {
            self.current = Some(running);
            return Err(DecisionError::NotAsked);
        };
        if let Err(error) = admissible(asking, &decision) {
            self.current = Some(running);
            return Err(error);
        }
        let (approved, needed) = (decision.approved, asking.request.needed);
        let why = (decision.principal.clone(), decision.comment.clone());
        asking.decisions.push(decision);
        let decisions = asking.decisions.clone();
        if approved && decisions.len() < needed {
            self.current = Some(running);
            return Ok(());
        }
        self.show(&running, Status::InProgress);
        let ending = if approved {
            Ending::succeeded(approval_outputs(&decisions, "Approved"))
        } else {
            rejected(&why.0, &why.1, &decisions)
        };
        self.finish(running, ending, now);
        Ok(())
    }

    /// Fails the step that asks, for there is nobody who could decide.
    pub fn nobody_decides(&mut self, why: &str, now: Timestamp) {
        let Some(running) = self.current.take() else {
            return;
        };
        let Phase::Asking(asking) = &running.phase else {
            self.current = Some(running);
            return;
        };
        let message = format!(
            "{} approval(s) needed of {}: {why}",
            asking.request.needed,
            asking.request.approvers.join(", ")
        );
        let failure = Failure::new(FailureStage::Invocation, FailureType::Permission, message);
        self.show(&running, Status::InProgress);
        self.finish(running, Ending::failed(failure), now);
    }

    /// Shows the run and its step as waiting, or as under way again.
    pub(super) fn show(&mut self, running: &Running, status: Status) {
        if let Some(record) = self.records.get_mut(running.record) {
            record.step_status = status;
        }
        if self.cancel_deadline.is_none() {
            self.status = status;
        }
    }
}

fn admissible(asking: &Asking, decision: &Decision) -> Result<(), DecisionError> {
    let request = &asking.request;
    let principal = decision.principal.clone();
    let step = request.step.clone();
    if !request.names(&principal) {
        return Err(DecisionError::NotAnApprover {
            principal,
            step,
            approvers: request.approvers.clone(),
        });
    }
    let mut earlier = asking.decisions.iter();
    if earlier.any(|earlier| earlier.principal == principal) {
        return Err(DecisionError::Repeated { principal, step });
    }
    Ok(())
}

fn rejected(principal: &str, comment: &str, decisions: &[Decision]) -> Ending {
    let message = match comment {
        "" => format!("rejected by {principal}"),
        comment => format!("rejected by {principal}: {comment}"),
    };
    let failure = Failure::new(FailureStage::Invocation, FailureType::Action, message);
    Ending::failed_with(failure, approval_outputs(decisions, "Rejected"))
}
