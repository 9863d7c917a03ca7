//! KMS.

use async_trait::async_trait;
use aws_sdk_kms::types::{KeyManagerType, KeyMetadata};
use trailkeeper_app::ports::{KeyReader, KeyWriter};
use trailkeeper_core::facts::{KeyFacts, KeyState};
use trailkeeper_core::operation::{
    CANCEL_KEY_DELETION, DESCRIBE_KEY, ENABLE_KEY, GET_KEY_POLICY, PUT_KEY_POLICY,
};
use trailkeeper_core::{Arn, CallError, Operation, Region};

use crate::error::{call_error, invalid_request, invalid_response};
use crate::session::Session;

/// The only policy that a key has.
const POLICY_NAME: &str = "default";

/// Reads and writes of keys.
#[derive(Debug, Clone)]
pub struct Keys {
    session: Session,
}

impl Keys {
    /// Keys as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    fn client(&self, operation: Operation, key: &Arn) -> Result<aws_sdk_kms::Client, CallError> {
        let region = key.region().ok_or_else(|| {
            invalid_request(operation, &key.to_string(), "the key's ARN names no Region")
        })?;
        Ok(self.session.kms(&region))
    }
}

#[async_trait]
impl KeyReader for Keys {
    async fn describe_key(&self, id: &str, region: &Region) -> Result<KeyFacts, CallError> {
        let named = id.parse::<Arn>().ok().and_then(|arn| arn.region());
        let answer = self
            .session
            .kms(named.as_ref().unwrap_or(region))
            .describe_key()
            .key_id(id)
            .send()
            .await
            .map_err(|error| call_error(DESCRIBE_KEY, id, &error))?;
        let metadata = answer.key_metadata;
        metadata
            .ok_or("KeyMetadata")
            .and_then(facts)
            .map_err(|field| {
                invalid_response(
                    DESCRIBE_KEY,
                    id,
                    &format!("the answer lacks a usable {field}"),
                )
            })
    }

    async fn key_policy(&self, key: &Arn) -> Result<String, CallError> {
        let id = key.to_string();
        let answer = self
            .client(GET_KEY_POLICY, key)?
            .get_key_policy()
            .key_id(&id)
            .policy_name(POLICY_NAME)
            .send()
            .await
            .map_err(|error| call_error(GET_KEY_POLICY, &id, &error))?;
        answer
            .policy
            .ok_or_else(|| invalid_response(GET_KEY_POLICY, &id, "the answer lacks a Policy"))
    }
}

#[async_trait]
impl KeyWriter for Keys {
    // BypassPolicyLockoutSafetyCheck is left out, and so off.
    async fn put_key_policy(&self, key: &Arn, policy: &str) -> Result<(), CallError> {
        let id = key.to_string();
        self.client(PUT_KEY_POLICY, key)?
            .put_key_policy()
            .key_id(&id)
            .policy_name(POLICY_NAME)
            .policy(policy)
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(PUT_KEY_POLICY, &id, &error))
    }

    async fn enable_key(&self, key: &Arn) -> Result<(), CallError> {
        let id = key.to_string();
        self.client(ENABLE_KEY, key)?
            .enable_key()
            .key_id(&id)
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(ENABLE_KEY, &id, &error))
    }

    async fn cancel_key_deletion(&self, key: &Arn) -> Result<(), CallError> {
        let id = key.to_string();
        self.client(CANCEL_KEY_DELETION, key)?
            .cancel_key_deletion()
            .key_id(&id)
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(CANCEL_KEY_DELETION, &id, &error))
    }
}

fn facts(metadata: KeyMetadata) -> Result<KeyFacts, &'static str> {
    let arn = metadata.arn.and_then(|arn| arn.parse().ok()).ok_or("Arn")?;
    let state = metadata.key_state.ok_or("KeyState")?;
    Ok(KeyFacts {
        arn,
        state: KeyState::from_name(state.as_str()),
        customer_managed: metadata.key_manager == Some(KeyManagerType::Customer),
    })
}
