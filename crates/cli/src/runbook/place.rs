//! Where a document is run.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;

use jiff::Timestamp;
use trailkeeper_awscall::{AwsCaller, CallerSettings, Endpoints, https_connector};
use trailkeeper_core::Caller;
use trailkeeper_runbook::{AwsApi, Clock};
use trailkeeper_sandbox::Sandbox;

use super::clock::LocalClock;
use crate::account::{AccountError, sandbox, sandbox_caller, session};
use crate::arguments::AccountArguments;
use crate::error::CommandError;
use crate::product::{Remediation, install};
use crate::repair::CALLS;

/// An account to run in, and the ids of what runs there.
pub(super) struct Place {
    pub(super) caller: Caller,
    /// Whether nobody minds being written to.
    pub(super) is_sandbox: bool,
    pub(super) api: Box<dyn AwsApi>,
    pub(super) clock: Box<dyn Clock>,
    chance: fn() -> Option<u64>,
}

impl Place {
    /// The account that the arguments name; a sandbox with the product where they name none.
    ///
    /// # Errors
    /// As [`crate::account::Account::open`].
    pub(super) async fn open(arguments: &AccountArguments) -> Result<Self, CommandError> {
        if arguments.names_aws() {
            return Ok(Self::aws(arguments).await?);
        }
        let file = arguments.sandbox.as_ref().and_then(Option::as_deref);
        Self::sandbox(sandbox(file)?).await
    }

    async fn sandbox(sandbox: Sandbox) -> Result<Self, CommandError> {
        install(&sandbox, Remediation::Manual).await?;
        Ok(Self {
            caller: sandbox_caller(&sandbox)?,
            is_sandbox: true,
            api: Box::new(sandbox.clone()),
            clock: Box::new(sandbox),
            chance: || None,
        })
    }

    async fn aws(arguments: &AccountArguments) -> Result<Self, AccountError> {
        let (session, caller) = session(arguments, CALLS).await?;
        let credentials = session
            .credentials()
            .ok_or(AccountError::NoCredentials(None))?;
        let settings = CallerSettings {
            endpoints: match &arguments.endpoint_url {
                Some(url) => Endpoints {
                    every: Some(url.clone()),
                    ..Endpoints::default()
                },
                None => Endpoints {
                    every: session.endpoint_url().map(str::to_owned),
                    ..Endpoints::read(variable)
                },
            },
            ..CallerSettings::default()
        };
        let api = AwsCaller::new(
            settings,
            credentials,
            https_connector(),
            Arc::new(LocalClock),
            Arc::new(random),
        );
        Ok(Self {
            caller,
            is_sandbox: false,
            api: Box::new(api),
            clock: Box::new(LocalClock),
            chance: || Some(random()),
        })
    }

    /// The time there.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes the ids of a run and of its steps: random ones, but the same ones in every sandbox.
    pub(super) fn ids(&self) -> Box<dyn FnMut() -> String + Send> {
        let chance = self.chance;
        let mut made = 0;
        Box::new(move || {
            made += 1;
            let high = chance().unwrap_or(1 << 32);
            let low = chance().unwrap_or(made);
            uuid(high, low)
        })
    }
}

fn uuid(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFF,
        low >> 48 & 0xFFF,
        low & 0xFFFF_FFFF_FFFF
    )
}

/// The standard library seeds its hash maps from the system's random source.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the endpoints of the environment, read at the command's edge"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
