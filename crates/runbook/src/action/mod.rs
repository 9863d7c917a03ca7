//! What the actions do: inputs into work, answers into outputs.

mod approve;
mod failure;
mod judge;
mod lambda;
mod prepare;
mod times;

pub use approve::{ApprovalRequest, Decision, DecisionError};
pub(crate) use approve::{LONGEST_MESSAGE, MOST_APPROVERS, approval_outputs};
pub(crate) use failure::{Failure, FailureStage, FailureType};
pub(crate) use judge::{Judgement, judge};
pub(crate) use prepare::{Work, prepare, reported_inputs};
pub(crate) use times::{parse_duration, parse_timestamp};

use crate::document::Action;

/// The outputs an action has by itself; none where they are not known here.
pub(crate) fn predefined_outputs(action: &Action) -> Option<&'static [&'static str]> {
    match action {
        Action::InvokeLambdaFunction => {
            Some(&["StatusCode", "FunctionError", "LogResult", "Payload"])
        }
        Action::Approve => Some(&["ApprovalStatus", "ApproverDecisions"]),
        Action::Branch(_) | Action::Api(_) | Action::Sleep | Action::UpdateVariable => Some(&[]),
        Action::Other(_) => None,
    }
}
