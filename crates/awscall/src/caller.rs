//! The loop that signs and sends.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use futures::future::{Either, select};
use jiff::SignedDuration;
use serde_json::Value;
use trailkeeper_runbook::{ApiFailure, AwsApi, Clock};

use crate::Endpoints;
use crate::answer::Answer;
use crate::credentials::CredentialsCache;
use crate::failure::unanswered;
use crate::operation::Operation;
use crate::request::Request;
use crate::retry::pause;
use crate::sign::signature;
use crate::transport::send;

/// Where chance comes from: any 64 bits, each time others. It spreads retries and makes
/// idempotency tokens, so it need not be secret.
pub type Chance = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How calls are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerSettings {
    /// Endpoints to call instead of AWS's own.
    pub endpoints: Endpoints,
    /// How often a call is tried in all, at least once.
    pub attempts: u32,
    /// The longest that one attempt may take. SSM gives up an operation after 25 s, so less than
    /// that leaves room for another attempt.
    pub attempt_timeout: SignedDuration,
    /// The same for Lambda's Invoke, which answers when the function does.
    pub invoke_timeout: SignedDuration,
}

impl Default for CallerSettings {
    /// AWS's own endpoints, boto3's five attempts, 10 s for each, and what SSM allows a function.
    fn default() -> Self {
        Self {
            endpoints: Endpoints::default(),
            attempts: 5,
            attempt_timeout: SignedDuration::from_secs(10),
            invoke_timeout: SignedDuration::from_secs(300),
        }
    }
}

/// AWS, by service and name.
#[derive(Clone)]
pub struct AwsCaller(Arc<Inner>);

struct Inner {
    settings: CallerSettings,
    credentials: CredentialsCache,
    connector: SharedHttpConnector,
    clock: Arc<dyn Clock>,
    chance: Chance,
}

impl AwsCaller {
    /// A caller with one set of credentials; connections are kept in the connector.
    pub fn new(
        settings: CallerSettings,
        credentials: SharedCredentialsProvider,
        connector: SharedHttpConnector,
        clock: Arc<dyn Clock>,
        chance: Chance,
    ) -> Self {
        Self(Arc::new(Inner {
            settings,
            credentials: CredentialsCache::new(credentials),
            connector,
            clock,
            chance,
        }))
    }

    async fn attempt(
        &self,
        operation: &Operation,
        request: &Request,
    ) -> Result<Answer, ApiFailure> {
        let inner = &self.0;
        let now = inner.clock.now();
        let credentials = inner.credentials.get(now).await?;
        let signature = signature(request, &credentials, now)?;
        let limit = match operation.is_invoke() {
            true => inner.settings.invoke_timeout,
            false => inner.settings.attempt_timeout,
        };
        let sent = pin!(send(&inner.connector, request, &signature));
        let expired = inner.clock.expire(limit);
        match select(sent, expired).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => {
                let reason = format!("none within {} s", limit.as_secs());
                Err(unanswered("Timeout", &reason))
            }
        }
    }

    async fn repeat(&self, operation: &Operation, request: &Request) -> Result<Value, ApiFailure> {
        let inner = &self.0;
        let attempts = inner.settings.attempts.max(1);
        let mut attempt = 1;
        loop {
            let tried = self.attempt(operation, request).await;
            let read = tried.and_then(|answer| operation.read(&answer, attempt));
            let Err(failure) = read else {
                return read;
            };
            if failure.code.starts_with("ExpiredToken") {
                inner.credentials.forget().await;
            }
            let repeat = operation.repeat();
            match pause(&failure, repeat, attempt, attempts, (inner.chance)()) {
                Some(pause) => inner.clock.sleep(pause).await,
                None => return Err(failure),
            }
            attempt = attempt.saturating_add(1);
        }
    }

    /// A random UUID, as boto3 makes it for an idempotency token.
    fn token(&self) -> String {
        let (high, low) = ((self.0.chance)(), (self.0.chance)());
        let high = (high & !0xF000) | 0x4000;
        let low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        let (first, second, third) = (high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF);
        let (fourth, fifth) = (low >> 48, low & 0xFFFF_FFFF_FFFF);
        format!("{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{fifth:012x}")
    }
}

#[async_trait]
impl AwsApi for AwsCaller {
    async fn call(
        &self,
        service: &str,
        api: &str,
        region: &str,
        input: Value,
    ) -> Result<Value, ApiFailure> {
        let operation = Operation::find(service, api)?;
        let endpoints = &self.0.settings.endpoints;
        let request = operation.request(region, input, endpoints, || self.token())?;
        self.repeat(&operation, &request).await
    }
}

impl fmt::Debug for AwsCaller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.0.settings;
        formatter
            .debug_struct("AwsCaller")
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}
