//! The evaluator: the Lambda function behind the rules of AWS Config.

use std::sync::Arc;

use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_aws::{
    Buckets, ConfigInventory, ConfigRules, Keys, Roles, Session, SessionSettings, SystemClock,
    Trails,
};
use trailkeeper_lambda::{HandlerError, Settings, evaluator, log, serve};

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read here and nowhere else"
)]
fn main() -> Result<(), lambda_runtime::Error> {
    let settings = Settings::read(|name| std::env::var(name).ok());
    let lines = log::subscriber(settings.log_level, std::io::stdout);
    tracing::subscriber::set_global_default(lines)?;
    // One invocation at a time waits for the network most of its life: one thread is enough.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(settings))
}

async fn run(settings: Settings) -> Result<(), lambda_runtime::Error> {
    let ports = ports(&settings).await;
    if let Err(error) = &ports {
        tracing::error!(errorType = error.error_type, "{error}");
    }
    serve(
        settings.region,
        Arc::new(SystemClock),
        |event, invocation| {
            let ports = ports.clone();
            async move { evaluator::handle(event, &ports?, &invocation).await }
        },
    )
    .await
}

async fn ports(settings: &Settings) -> Result<EvaluatePorts, HandlerError> {
    settings.mode.clone()?;
    let session = Session::load(SessionSettings {
        region: settings.region.clone(),
        profile: None,
        endpoint_url: None,
        attempts: evaluator::ATTEMPTS,
        operation_timeout: evaluator::CALL_TIME,
    })
    .await?;
    Ok(EvaluatePorts {
        trails: Arc::new(Trails::new(session.clone())),
        buckets: Arc::new(Buckets::new(session.clone())),
        keys: Arc::new(Keys::new(session.clone())),
        inventory: Arc::new(ConfigInventory::new(session.clone())),
        roles: Arc::new(Roles::new(session.clone())),
        policies: PolicyCache::default(),
        config: Arc::new(ConfigRules::new(session)),
        clock: Arc::new(SystemClock),
    })
}
