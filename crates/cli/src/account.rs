//! Which account a command works on, and its ports.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use trailkeeper_app::evaluate::InstanceReaders;
use trailkeeper_app::guard::GuardPorts;
use trailkeeper_app::observe::Readers;
use trailkeeper_app::ports::{CallerIdentity, Inventory, ObjectWriter, RoleReader};
use trailkeeper_app::repair::RepairPorts;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_aws::{
    Buckets, ConfigInventory, Identity, Roles, Session, SessionError, SessionSettings,
};
use trailkeeper_core::identity::IdentityError;
use trailkeeper_core::{CallError, Caller};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::scenario::{Scenario, ScenarioError, demo};

use crate::arguments::AccountArguments;

/// Why there is no account to work on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountError {
    /// Nothing names a Region.
    #[error(
        "no Region is set; pass --region, or set AWS_REGION, or choose a profile that has a \
         `region`"
    )]
    NoRegion,
    /// The Region cannot be used.
    #[error(transparent)]
    Session(SessionError),
    /// Nobody is signed in.
    #[error(
        "no AWS credentials were found; sign in with `aws sso login`, choose a profile with \
         --profile, or try --sandbox"
    )]
    NoCredentials(#[source] Option<CallError>),
    /// Whose credentials these are cannot be told.
    #[error(
        "the account cannot be told; check the credentials, and that the endpoint is reachable"
    )]
    Identity(#[source] CallError),
    /// The scenario names no account or no Region.
    #[error("the sandbox cannot be used; correct the scenario's `self`")]
    SandboxIdentity(#[source] IdentityError),
    /// The scenario's file cannot be read.
    #[error("cannot read {}; check the path", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no scenario.
    #[error("{} is not a case/v1 scenario; correct it", .path.display())]
    Scenario {
        /// The file.
        path: PathBuf,
        /// Where it goes wrong.
        source: ScenarioError,
    },
}

impl AccountError {
    fn of_caller(error: CallError) -> Self {
        if error.code == "NoCredentials" {
            Self::NoCredentials(Some(error))
        } else {
            Self::Identity(error)
        }
    }
}

impl From<SessionError> for AccountError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::NoRegion => Self::NoRegion,
            other => Self::Session(other),
        }
    }
}

/// How AWS is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calls {
    /// How often a call is tried in all.
    pub(crate) attempts: u32,
    /// The longest that a call may take with all attempts.
    pub(crate) time: Duration,
}

/// An account to work on.
pub(crate) struct Account {
    /// Who asks, and where.
    pub(crate) caller: Caller,
    /// The ports of the account.
    pub(crate) ports: RepairPorts,
    /// The ports of the rule `guard`.
    pub(crate) guard: GuardPorts,
    /// Puts a baseline into the log bucket.
    pub(crate) objects: Arc<dyn ObjectWriter>,
    inventory: Arc<dyn Inventory>,
    roles: Arc<dyn RoleReader>,
    policies: PolicyCache,
    /// Whether it is an account in memory, which nobody minds being written to.
    pub(crate) is_sandbox: bool,
}

impl Account {
    /// The account that the arguments name; AWS where they name none.
    ///
    /// # Errors
    /// No Region, no credentials, nobody at the endpoint, or a scenario that cannot be loaded.
    pub(crate) async fn open(
        arguments: &AccountArguments,
        calls: Calls,
    ) -> Result<Self, AccountError> {
        match &arguments.sandbox {
            Some(file) => Self::of_sandbox(&sandbox(file.as_deref())?),
            None => Self::of_aws(arguments, calls).await,
        }
    }

    /// A sandbox as an account.
    ///
    /// # Errors
    /// The sandbox was set up without a usable account or Region.
    pub(crate) fn of_sandbox(sandbox: &Sandbox) -> Result<Self, AccountError> {
        let port = Arc::new(sandbox.clone());
        Ok(Self {
            caller: sandbox_caller(sandbox)?,
            ports: sandbox.repair_ports(),
            guard: sandbox.guard_ports(),
            objects: port.clone(),
            inventory: port.clone(),
            roles: port,
            policies: PolicyCache::default(),
            is_sandbox: true,
        })
    }

    async fn of_aws(arguments: &AccountArguments, calls: Calls) -> Result<Self, AccountError> {
        let (session, caller) = session(arguments, calls).await?;
        Ok(Self {
            caller,
            ports: session.repair_ports(),
            guard: session.guard_ports(),
            objects: Arc::new(Buckets::new(session.clone())),
            inventory: Arc::new(ConfigInventory::new(session.clone())),
            roles: Arc::new(Roles::new(session)),
            policies: PolicyCache::default(),
            is_sandbox: false,
        })
    }

    /// The ports that a judgement of the trails needs.
    pub(crate) fn readers(&self) -> Readers<'_> {
        Readers {
            trails: self.ports.trails.as_ref(),
            buckets: self.ports.buckets.as_ref(),
            keys: self.ports.keys.as_ref(),
            tags: self.ports.tags.as_ref(),
            settings: self.ports.settings.as_ref(),
            objects: self.ports.objects.as_ref(),
        }
    }

    /// The ports that a judgement of the instances needs.
    pub(crate) fn instance_readers(&self) -> InstanceReaders<'_> {
        InstanceReaders {
            inventory: self.inventory.as_ref(),
            roles: self.roles.as_ref(),
            policies: &self.policies,
        }
    }
}

/// A session with AWS, and who it belongs to.
///
/// # Errors
/// No Region, no credentials, or nobody at the endpoint.
pub(crate) async fn session(
    arguments: &AccountArguments,
    calls: Calls,
) -> Result<(Session, Caller), AccountError> {
    let settings = SessionSettings {
        region: arguments.region.clone(),
        profile: arguments.profile.clone(),
        endpoint_url: arguments.endpoint_url.clone(),
        attempts: calls.attempts,
        operation_timeout: calls.time,
    };
    let session = Session::load(settings).await?;
    let identity = Identity::new(session.clone());
    let (account, partition) = identity.caller().await.map_err(AccountError::of_caller)?;
    let caller = Caller {
        account,
        region: session.region().clone(),
        partition,
    };
    Ok((session, caller))
}

/// The sandbox that `file` describes; without a file the demo's.
///
/// # Errors
/// The file cannot be read or is no scenario.
pub(crate) fn sandbox(file: Option<&Path>) -> Result<Sandbox, AccountError> {
    let Some(path) = file else {
        return Ok(demo().0);
    };
    let text = std::fs::read_to_string(path).map_err(|source| AccountError::Read {
        path: path.to_owned(),
        source,
    })?;
    let scenario = Scenario::parse(&text).map_err(|source| AccountError::Scenario {
        path: path.to_owned(),
        source,
    })?;
    Ok(scenario.build())
}

/// Who asks in a sandbox, and where.
///
/// # Errors
/// The sandbox was set up without a usable account or Region.
pub(crate) fn sandbox_caller(sandbox: &Sandbox) -> Result<Caller, AccountError> {
    sandbox.with_world(|world| {
        Ok(Caller {
            account: world
                .account_id
                .parse()
                .map_err(AccountError::SandboxIdentity)?,
            region: world
                .region
                .parse()
                .map_err(AccountError::SandboxIdentity)?,
            partition: world.partition.clone(),
        })
    })
}
