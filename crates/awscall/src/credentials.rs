//! Credentials, kept while they last.

use std::error::Error;

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use futures::lock::Mutex;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::failure::{causes, not_sent};

/// Credentials are renewed this long before they end, so that none ends on its way.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// A provider's credentials. The chain of the SDK asks its sources anew each time, which for some
/// of them is a call.
#[derive(Debug)]
pub(crate) struct CredentialsCache {
    provider: SharedCredentialsProvider,
    last: Mutex<Option<Credentials>>,
}

impl CredentialsCache {
    pub(crate) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            last: Mutex::new(None),
        }
    }

    /// Credentials that are good for now.
    pub(crate) async fn get(&self, now: Timestamp) -> Result<Credentials, ApiFailure> {
        let mut last = self.last.lock().await;
        if let Some(credentials) = last.as_ref().filter(|known| lasts(known, now)) {
            return Ok(credentials.clone());
        }
        let fresh = self.provider.provide_credentials().await;
        let fresh = fresh.map_err(|error| missing(&error))?;
        *last = Some(fresh.clone());
        Ok(fresh)
    }

    /// Forgets credentials that AWS calls expired, whatever they say themselves.
    pub(crate) async fn forget(&self) {
        *self.last.lock().await = None;
    }
}

fn lasts(credentials: &Credentials, now: Timestamp) -> bool {
    let expiry = credentials.expiry().map(Timestamp::try_from);
    match expiry {
        None => true,
        Some(Ok(expiry)) => now.saturating_add(MARGIN).is_ok_and(|soon| soon < expiry),
        Some(Err(_)) => false,
    }
}

fn missing(error: &(dyn Error + 'static)) -> ApiFailure {
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    let reason = format!(
        "no credentials: {}; sign in with `aws sso login`, or choose a profile with AWS_PROFILE",
        texts.join(": ")
    );
    not_sent("NoCredentials", FailureKind::Denied, &reason)
}
