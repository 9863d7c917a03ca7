//! The evaluator: the Lambda function behind the rules of AWS Config and of EventBridge.

use std::sync::Arc;

use trailkeeper_aws::{Session, SessionSettings, SystemClock};
use trailkeeper_lambda::evaluator::Evaluator;
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
    // One for all invocations of the process: what it read and told is known to the next.
    let evaluator = evaluator(&settings).await.map(Arc::new);
    if let Err(error) = &evaluator {
        tracing::error!(errorType = error.error_type, "{error}");
    }
    serve(
        settings.region,
        Arc::new(SystemClock),
        |event, invocation| {
            let evaluator = evaluator.clone();
            async move { evaluator::handle(event, &*evaluator?, &invocation).await }
        },
    )
    .await
}

async fn evaluator(settings: &Settings) -> Result<Evaluator, HandlerError> {
    if let Err(error) = &settings.events {
        tracing::error!(errorType = error.error_type, "{error}");
    }
    let session = Session::load(SessionSettings {
        region: settings.region.clone(),
        profile: None,
        endpoint_url: None,
        attempts: evaluator::ATTEMPTS,
        operation_timeout: evaluator::CALL_TIME,
    })
    .await?;
    let ports = session.evaluate_ports();
    let events_ports = session.event_ports(&ports.policies);
    let events = settings.events.clone();
    Ok(Evaluator::with(ports, events_ports, events))
}
