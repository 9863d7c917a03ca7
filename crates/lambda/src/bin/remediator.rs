//! The remediator: the Lambda function that a step of the runbook invokes.

use std::sync::Arc;

use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_aws::{Session, SessionSettings, SystemClock};
use trailkeeper_lambda::remediator::Remediator;
use trailkeeper_lambda::{HandlerError, Settings, log, remediator, serve};

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
    let remediator = remediator_of(&settings).await;
    if let Err(error) = &remediator {
        tracing::error!(errorType = error.error_type, "{error}");
    }
    serve(
        settings.region,
        Arc::new(SystemClock),
        |payload, invocation| {
            let remediator = remediator.clone();
            async move {
                let seed = remediator::seed(&invocation.request_id);
                remediator::handle(payload, &remediator?, &invocation, seed).await
            }
        },
    )
    .await
}

async fn remediator_of(settings: &Settings) -> Result<Remediator, HandlerError> {
    let destinations = settings.destinations.clone()?;
    // No repair is given up for a setting of its report.
    let incident = settings.incident.clone().unwrap_or_else(|error| {
        tracing::error!(errorType = error.error_type, "{error}");
        IncidentSettings::default()
    });
    let session = Session::load(SessionSettings {
        region: settings.region.clone(),
        profile: None,
        endpoint_url: None,
        attempts: remediator::ATTEMPTS,
        operation_timeout: remediator::CALL_TIME,
    })
    .await?;
    Ok(Remediator {
        ports: session.repair_ports(),
        automation: session.automation(),
        incident: session.incident_ports(),
        settings: incident,
        destinations,
    })
}
