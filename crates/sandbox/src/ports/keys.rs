//! KMS.

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::ports::{KeyReader, KeyWriter};
use trailkeeper_core::facts::{KeyFacts, KeyState};
use trailkeeper_core::operation::{
    CANCEL_KEY_DELETION, DESCRIBE_KEY, ENABLE_KEY, GET_KEY_POLICY, PUT_KEY_POLICY,
};
use trailkeeper_core::{Arn, CallError, Operation, Region};

use super::{invalid_request, invalid_response, text};
use crate::account::Sandbox;

/// The only policy that a key has.
const POLICY_NAME: &str = "default";

impl Sandbox {
    /// A call about a key, in the Region of its ARN.
    async fn ask_about_key(
        &self,
        operation: Operation,
        key: &Arn,
        input: Value,
    ) -> Result<Value, CallError> {
        let id = key.to_string();
        let region = key
            .region()
            .ok_or_else(|| invalid_request(operation, &id, "the key's ARN names no Region"))?;
        self.ask(operation, region.as_str(), &id, input).await
    }
}

#[async_trait]
impl KeyReader for Sandbox {
    async fn describe_key(&self, id: &str, region: &Region) -> Result<KeyFacts, CallError> {
        let named = id.parse::<Arn>().ok().and_then(|arn| arn.region());
        let region = named.as_ref().unwrap_or(region).as_str();
        let input = json!({"KeyId": id});
        let answer = self.ask(DESCRIBE_KEY, region, id, input).await?;
        let metadata = answer.get("KeyMetadata").ok_or("KeyMetadata");
        metadata.and_then(facts).map_err(|member| {
            let reason = format!("the answer lacks a usable {member}");
            invalid_response(DESCRIBE_KEY, id, &reason)
        })
    }

    async fn key_policy(&self, key: &Arn) -> Result<String, CallError> {
        let input = json!({"KeyId": key.to_string(), "PolicyName": POLICY_NAME});
        let answer = self.ask_about_key(GET_KEY_POLICY, key, input).await?;
        text(&answer, "Policy").ok_or_else(|| {
            let reason = "the answer lacks a Policy";
            invalid_response(GET_KEY_POLICY, &key.to_string(), reason)
        })
    }
}

#[async_trait]
impl KeyWriter for Sandbox {
    // BypassPolicyLockoutSafetyCheck is left out, and so off.
    async fn put_key_policy(&self, key: &Arn, policy: &str) -> Result<(), CallError> {
        let input = json!({
            "KeyId": key.to_string(),
            "PolicyName": POLICY_NAME,
            "Policy": policy,
        });
        self.ask_about_key(PUT_KEY_POLICY, key, input)
            .await
            .map(drop)
    }

    async fn enable_key(&self, key: &Arn) -> Result<(), CallError> {
        let input = json!({"KeyId": key.to_string()});
        self.ask_about_key(ENABLE_KEY, key, input).await.map(drop)
    }

    async fn cancel_key_deletion(&self, key: &Arn) -> Result<(), CallError> {
        let input = json!({"KeyId": key.to_string()});
        self.ask_about_key(CANCEL_KEY_DELETION, key, input)
            .await
            .map(drop)
    }
}

fn facts(metadata: &Value) -> Result<KeyFacts, &'static str> {
    let arn = text(metadata, "Arn").and_then(|arn| arn.parse().ok());
    let state = text(metadata, "KeyState").ok_or("KeyState")?;
    let manager = text(metadata, "KeyManager");
    Ok(KeyFacts {
        arn: arn.ok_or("Arn")?,
        state: KeyState::from_name(&state),
        customer_managed: manager.as_deref() == Some("CUSTOMER"),
    })
}
