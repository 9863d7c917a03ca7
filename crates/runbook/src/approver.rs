//! Those who approve, as a run needs them.

use async_trait::async_trait;

use crate::action::{ApprovalRequest, Decision};

/// Where approvals come from.
#[async_trait]
pub trait Approver: Send + Sync {
    /// One decision about a request; none: nobody can decide here, and the step fails.
    ///
    /// It is asked again until enough have approved or one has rejected.
    async fn decide(&self, request: &ApprovalRequest) -> Option<Decision>;
}

/// Nobody: a step that asks for approval fails and says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nobody;

#[async_trait]
impl Approver for Nobody {
    async fn decide(&self, _: &ApprovalRequest) -> Option<Decision> {
        None
    }
}
