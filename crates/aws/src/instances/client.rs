//! EC2's protocol over the SDK's own machinery, which signs, times and repeats a call as it does
//! for the services that have a crate.

use std::error::Error;
use std::fmt;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use trailkeeper_core::Region;

use super::answer::{self, Answer};

/// The version of EC2's API.
const VERSION: &str = "2016-11-15";

/// What a form does not escape.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

type Members = Vec<(String, String)>;

/// A client of EC2 in one Region.
#[derive(Debug, Clone)]
pub(crate) struct Ec2(Operation<Members, Answer, Ec2Error>);

impl Ec2 {
    /// A client with the credentials and the settings of `config`; `url` is its endpoint.
    pub(crate) fn new(config: &SdkConfig, region: &Region, url: &str) -> Self {
        let retry = config.retry_config().cloned();
        let timeout = config.timeout_config().cloned();
        let mut builder = Operation::builder()
            .service_name("EC2")
            .operation_name("DescribeInstances")
            .endpoint_url(url)
            .standard_retry(&retry.unwrap_or_else(RetryConfig::standard))
            .retry_classifier(TransientErrorClassifier::<Ec2Error>::new())
            .retry_classifier(AwsErrorCodeClassifier::<Ec2Error>::default())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(
                timeout.unwrap_or_else(|| aws_config::timeout::TimeoutConfig::builder().build()),
            )
            .interceptor(UserAgentInterceptor::new())
            .with_connection_poisoning()
            .runtime_plugin(signing(config, region))
            .serializer(request)
            .deserializer(read);
        if let Some(version) = config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(client) = config.http_client() {
            builder = builder.http_client(client);
        }
        Self(builder.build())
    }

    /// DescribeInstances: one page.
    pub(crate) async fn describe_instances(
        &self,
        members: Members,
    ) -> Result<Answer, SdkError<Ec2Error, HttpResponse>> {
        self.0.invoke(members).await
    }
}

fn signing(config: &SdkConfig, region: &Region) -> StaticRuntimePlugin {
    let region = aws_config::Region::new(region.as_str().to_owned());
    let mut layer = Layer::new("EC2");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigningRegion::from(region));
    layer.store_put(SigningName::from_static("ec2"));
    layer.store_put(SigV4OperationSigningConfig::default());
    layer.store_put(ApiMetadata::new("ec2", VERSION));
    let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
    let mut components = RuntimeComponentsBuilder::new("EC2")
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)))
        .with_identity_cache(config.identity_cache())
        .with_sleep_impl(config.sleep_impl())
        .with_time_source(config.time_source());
    if let Some(credentials) = config.credentials_provider() {
        let credentials = SharedIdentityResolver::new(credentials);
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    StaticRuntimePlugin::new()
        .with_config(layer.freeze())
        .with_runtime_components(components)
}

fn request(members: Members) -> Result<HttpRequest, BoxError> {
    let mut body = format!("Action=DescribeInstances&Version={VERSION}");
    for (name, value) in members {
        let value = utf8_percent_encode(&value, ESCAPED);
        body.push_str(&format!("&{name}={value}"));
    }
    let length = body.len().to_string();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri("/")?;
    let headers = request.headers_mut();
    headers.try_insert("content-type", "application/x-www-form-urlencoded")?;
    headers.try_insert("content-length", length)?;
    Ok(request)
}

fn read(response: &HttpResponse) -> Result<Answer, OrchestratorError<Ec2Error>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        answer::parse(body).map_err(|error| OrchestratorError::response(error.into()))
    } else {
        Err(OrchestratorError::operation(Ec2Error(answer::failure(
            body,
        ))))
    }
}

/// An error that EC2 answered with.
#[derive(Debug)]
pub(crate) struct Ec2Error(ErrorMetadata);

impl fmt::Display for Ec2Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EC2 refused the call: {}", self.0)
    }
}

impl Error for Ec2Error {}

impl ProvideErrorMetadata for Ec2Error {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}
