//! Those who approve a local run: the principals that its command line names.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use trailkeeper_runbook::{ApprovalRequest, Approver, Decision};

/// The principals in whose name steps are approved. Each is asked once a step.
#[derive(Debug)]
pub(super) struct Named {
    principals: Vec<String>,
    /// The step that asks, and who has not been asked by it.
    asked: Mutex<(String, VecDeque<String>)>,
}

impl Named {
    pub(super) fn new(principals: &[String]) -> Self {
        Self {
            principals: principals.to_vec(),
            asked: Mutex::default(),
        }
    }
}

#[async_trait]
impl Approver for Named {
    async fn decide(&self, request: &ApprovalRequest) -> Option<Decision> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.0 != request.step {
            *asked = (request.step.clone(), self.principals.clone().into());
        }
        Some(Decision {
            principal: asked.1.pop_front()?,
            approved: true,
            comment: "approved on the command line".to_owned(),
        })
    }
}
