//! STS.

use async_trait::async_trait;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use trailkeeper_app::ports::CallerIdentity;
use trailkeeper_core::operation::GET_CALLER_IDENTITY;
use trailkeeper_core::{AccountId, Arn, CallError};

use crate::error::{call_error, invalid_response};
use crate::session::Session;

/// What the call is about, for the reader of an error.
const RESOURCE: &str = "the caller's credentials";

/// Who the session's credentials belong to.
#[derive(Debug, Clone)]
pub struct Identity {
    session: Session,
}

impl Identity {
    /// The identity behind `session`.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

#[async_trait]
impl CallerIdentity for Identity {
    async fn caller(&self) -> Result<(AccountId, String), CallError> {
        let answer = self
            .session
            .sts(self.session.region())
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| call_error(GET_CALLER_IDENTITY, RESOURCE, &error))?;
        account_and_partition(answer).ok_or_else(|| {
            let reason = "the answer lacks a usable Account or Arn";
            invalid_response(GET_CALLER_IDENTITY, RESOURCE, reason)
        })
    }
}

fn account_and_partition(answer: GetCallerIdentityOutput) -> Option<(AccountId, String)> {
    let account = answer.account?.parse().ok()?;
    let arn: Arn = answer.arn?.parse().ok()?;
    Some((account, arn.partition))
}
