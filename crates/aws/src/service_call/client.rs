//! A client of one service in one Region, whatever its protocol.

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
use trailkeeper_core::Region;

use super::Service;
use crate::endpoint::{own_endpoint, service_url};

/// A request as its protocol writes it.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) method: &'static str,
    /// Path and query, percent-encoded.
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// How a protocol reads the body of an answer.
pub(crate) type Read<T> = fn(&[u8]) -> Result<T, BoxError>;

/// How a protocol reads the code and the text of an error answer, as far as there are any.
pub(crate) type ReadFailure = fn(&HttpResponse) -> ErrorMetadata;

/// A client of a service in one Region, whose answers are read as `T`.
#[derive(Debug)]
pub(crate) struct Client<T>(Operation<Parts, T, ServiceError>);

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: fmt::Debug + Send + Sync + 'static> Client<T> {
    /// A client with the credentials and the settings of `config`.
    pub(crate) fn new(
        service: &'static Service,
        config: &SdkConfig,
        region: &Region,
        (read, failure): (Read<T>, ReadFailure),
    ) -> Self {
        let own = own_endpoint(config, service.id);
        let url = own.unwrap_or_else(|| service_url(service, config, region));
        let retry = config.retry_config().cloned();
        let timeout = config.timeout_config().cloned();
        let mut builder = Operation::builder()
            .service_name(service.id)
            .operation_name(service.id)
            .endpoint_url(&url)
            .standard_retry(&retry.unwrap_or_else(RetryConfig::standard))
            .retry_classifier(TransientErrorClassifier::<ServiceError>::new())
            .retry_classifier(AwsErrorCodeClassifier::<ServiceError>::default())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(
                timeout.unwrap_or_else(|| aws_config::timeout::TimeoutConfig::builder().build()),
            )
            .interceptor(UserAgentInterceptor::new())
            .with_connection_poisoning()
            .runtime_plugin(signing(service, config, region))
            .serializer(request)
            .deserializer(move |response| answer(response, read, failure));
        if let Some(version) = config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(client) = config.http_client() {
            builder = builder.http_client(client);
        }
        Self(builder.build())
    }

    /// Makes a call.
    pub(crate) async fn call(
        &self,
        parts: Parts,
    ) -> Result<T, SdkError<ServiceError, HttpResponse>> {
        self.0.invoke(parts).await
    }
}

fn signing(service: &Service, config: &SdkConfig, region: &Region) -> StaticRuntimePlugin {
    let region = aws_config::Region::new(region.as_str().to_owned());
    let mut layer = Layer::new(service.id);
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigningRegion::from(region));
    layer.store_put(SigningName::from_static(service.name));
    layer.store_put(SigV4OperationSigningConfig::default());
    layer.store_put(ApiMetadata::new(service.name, service.version));
    let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
    let mut components = RuntimeComponentsBuilder::new(service.id)
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

fn request(parts: Parts) -> Result<HttpRequest, BoxError> {
    let length = parts.body.len().to_string();
    let mut request = HttpRequest::new(SdkBody::from(parts.body));
    request.set_method(parts.method)?;
    request.set_uri(parts.path)?;
    let headers = request.headers_mut();
    for (name, value) in parts.headers {
        headers.try_insert(name, value)?;
    }
    if parts.method != "GET" {
        headers.try_insert("content-length", length)?;
    }
    Ok(request)
}

fn answer<T>(
    response: &HttpResponse,
    read: Read<T>,
    failure: ReadFailure,
) -> Result<T, OrchestratorError<ServiceError>> {
    if response.status().is_success() {
        let body = response.body().bytes().unwrap_or_default();
        read(body).map_err(OrchestratorError::response)
    } else {
        Err(OrchestratorError::operation(ServiceError(failure(
            response,
        ))))
    }
}

/// An error that a service answered with.
#[derive(Debug)]
pub(crate) struct ServiceError(ErrorMetadata);

impl fmt::Display for ServiceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the service refused the call: {}", self.0)
    }
}

impl Error for ServiceError {}

impl ProvideErrorMetadata for ServiceError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}
