//! Credentials, Regions and clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use trailkeeper_core::Region;

use crate::endpoint::own_endpoint;
use crate::instances::{self, Ec2};
use crate::service_call::{EVENT_BRIDGE, GUARD_DUTY, JsonClient, LAMBDA, SSM};

/// A connection that is not there after this time will not come: AWS answers in milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How calls are to be made.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// The Region of calls that name none; none: as the environment or the profile says.
    pub region: Option<Region>,
    /// The profile; none: as the environment says.
    pub profile: Option<String>,
    /// One endpoint for all services, such as an emulator's; none: as the environment says, else
    /// AWS.
    pub endpoint_url: Option<String>,
    /// How often a call is tried in all, at least once. One where the caller retries by itself.
    pub attempts: u32,
    /// The longest that a call may take with all its attempts. A Lambda derives it from its
    /// deadline.
    pub operation_timeout: Duration,
}

/// Why no call can be made at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Nothing names a Region.
    #[error("no Region is set; set AWS_REGION, or `region` in the profile")]
    NoRegion,
    /// The environment or the profile names no possible Region.
    #[error("`{0}` is not a Region name; correct AWS_REGION, or `region` in the profile")]
    InvalidRegion(String),
}

/// One set of credentials and its clients, each built on first use and kept.
#[derive(Debug, Clone)]
pub struct Session(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: SdkConfig,
    region: Region,
    cloudtrail: PerRegion<aws_sdk_cloudtrail::Client>,
    config_service: PerRegion<aws_sdk_config::Client>,
    detectors: PerRegion<JsonClient>,
    ec2: PerRegion<Ec2>,
    events: PerRegion<JsonClient>,
    functions: PerRegion<JsonClient>,
    iam: PerRegion<aws_sdk_iam::Client>,
    kms: PerRegion<aws_sdk_kms::Client>,
    organizations: PerRegion<aws_sdk_organizations::Client>,
    s3: PerRegion<aws_sdk_s3::Client>,
    sns: PerRegion<aws_sdk_sns::Client>,
    ssm: PerRegion<JsonClient>,
    sts: PerRegion<aws_sdk_sts::Client>,
}

impl Session {
    /// A session with the default chains for credentials, Region and endpoints: environment,
    /// profile files, web identity, container and instance roles.
    ///
    /// # Errors
    /// No Region is set, or none that can be one.
    pub async fn load(settings: SessionSettings) -> Result<Self, SessionError> {
        let mut loader = aws_config::defaults(behavior())
            .http_client(https_client())
            .retry_config(RetryConfig::standard().with_max_attempts(settings.attempts.max(1)))
            .timeout_config(timeouts(&settings));
        if let Some(region) = &settings.region {
            loader = loader.region(sdk_region(region));
        }
        if let Some(profile) = settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Self::from_config(loader.load().await)
    }

    /// A session over a configuration that is already there.
    ///
    /// # Errors
    /// The configuration has no Region, or none that can be one.
    pub fn from_config(config: SdkConfig) -> Result<Self, SessionError> {
        let region = config.region().ok_or(SessionError::NoRegion)?.to_string();
        let region = region
            .parse()
            .map_err(|_| SessionError::InvalidRegion(region))?;
        Ok(Self(Arc::new(Inner {
            config,
            region,
            cloudtrail: PerRegion::default(),
            config_service: PerRegion::default(),
            detectors: PerRegion::default(),
            ec2: PerRegion::default(),
            events: PerRegion::default(),
            functions: PerRegion::default(),
            iam: PerRegion::default(),
            kms: PerRegion::default(),
            organizations: PerRegion::default(),
            s3: PerRegion::default(),
            sns: PerRegion::default(),
            ssm: PerRegion::default(),
            sts: PerRegion::default(),
        })))
    }

    /// The Region of calls that name none.
    pub fn region(&self) -> &Region {
        &self.0.region
    }

    /// Where the credentials come from, for calls that go past the clients; none: nowhere.
    pub fn credentials(&self) -> Option<SharedCredentialsProvider> {
        self.0.config.credentials_provider()
    }

    /// The endpoint that stands for AWS's own of all services, if there is one.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.0.config.endpoint_url()
    }

    // S3 puts the bucket's name into the host name, which only AWS's own endpoints resolve.
    pub(crate) fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        self.0.s3.get(region, || {
            let config = aws_sdk_s3::config::Builder::from(&self.0.config)
                .region(sdk_region(region))
                .force_path_style(own_endpoint(&self.0.config, "S3").is_some());
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    // The same client for all calls in a Region: it keeps the credentials.
    pub(crate) fn ec2(&self, region: &Region) -> Ec2 {
        let config = &self.0.config;
        let clients = &self.0.ec2;
        clients.get(region, || instances::client(config, region))
    }
}

macro_rules! json_clients {
    ($($field:ident = $service:ident;)*) => {
        impl Session {
            $(
                pub(crate) fn $field(&self) -> JsonClient {
                    let (config, region) = (&self.0.config, &self.0.region);
                    let clients = &self.0.$field;
                    clients.get(region, || JsonClient::new(&$service, config, region))
                }
            )*
        }
    };
}

json_clients! {
    detectors = GUARD_DUTY;
    events = EVENT_BRIDGE;
    functions = LAMBDA;
    ssm = SSM;
}

macro_rules! clients {
    ($($field:ident = $sdk:ident;)*) => {
        impl Session {
            $(
                pub(crate) fn $field(&self, region: &Region) -> $sdk::Client {
                    self.0.$field.get(region, || {
                        let config = $sdk::config::Builder::from(&self.0.config);
                        $sdk::Client::from_conf(config.region(sdk_region(region)).build())
                    })
                }
            )*
        }
    };
}

clients! {
    cloudtrail = aws_sdk_cloudtrail;
    config_service = aws_sdk_config;
    iam = aws_sdk_iam;
    kms = aws_sdk_kms;
    organizations = aws_sdk_organizations;
    sns = aws_sdk_sns;
    sts = aws_sdk_sts;
}

/// The HTTPS client of every call: rustls over ring, with the certificates of the machine.
pub fn https_client() -> SharedHttpClient {
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

// Pinned: a newer version may change timeouts and retries, and so what a verdict is based on.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

// Each attempt gets an equal share, so that a hanging connection leaves time for another attempt.
fn timeouts(settings: &SessionSettings) -> TimeoutConfig {
    let operation = settings.operation_timeout;
    let attempt = operation / settings.attempts.max(1);
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT.min(attempt))
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build()
}

fn sdk_region(region: &Region) -> aws_config::Region {
    aws_config::Region::new(region.as_str().to_owned())
}

#[derive(Debug)]
struct PerRegion<C>(Mutex<HashMap<Region, C>>);

impl<C> Default for PerRegion<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C: Clone> PerRegion<C> {
    fn get(&self, region: &Region, build: impl FnOnce() -> C) -> C {
        // A panic elsewhere leaves the map whole: an entry is inserted complete or not at all.
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region.clone()).or_insert_with(build).clone()
    }
}
