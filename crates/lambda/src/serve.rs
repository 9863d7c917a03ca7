//! Between the Lambda runtime and a handler.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use trailkeeper_app::ports::Clock;
use trailkeeper_core::Region;

use crate::error::HandlerError;
use crate::invocation::Invocation;

/// Answers invocations with `handler` for as long as Lambda has any.
///
/// # Errors
/// The runtime API cannot be reached.
pub async fn serve<H, F>(
    region: Option<Region>,
    clock: Arc<dyn Clock>,
    handler: H,
) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Value, Invocation) -> F,
    F: Future<Output = Result<Value, HandlerError>>,
{
    lambda_runtime::run(service_fn(async |event| {
        respond(event, region.as_ref(), clock.as_ref(), &handler).await
    }))
    .await
}

/// Answers one invocation with `handler`. One that panics or runs out of time ends in an error
/// with a code too, and in a line of the log, which the handler then cannot write.
///
/// # Errors
/// The handler's, or `bad-invocation`, `out-of-time`, `internal-error`.
pub async fn respond<H, F>(
    event: LambdaEvent<Value>,
    region: Option<&Region>,
    clock: &dyn Clock,
    handler: &H,
) -> Result<Value, HandlerError>
where
    H: Fn(Value, Invocation) -> F,
    F: Future<Output = Result<Value, HandlerError>>,
{
    let request_id = event.context.request_id.clone();
    let logged = |error: HandlerError| {
        let error_type = &error.error_type;
        tracing::error!(requestId = request_id, errorType = error_type, "{error}");
        Err(error)
    };
    let invocation = match Invocation::read(&event.context, region) {
        Ok(invocation) => invocation,
        Err(error) => return logged(error),
    };
    let left = invocation.time_left(clock.now());
    let work = AssertUnwindSafe(async { handler(event.payload, invocation).await });
    match tokio::time::timeout(left, work.catch_unwind()).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_panic)) => logged(panicked()),
        Err(_elapsed) => logged(HandlerError::out_of_time()),
    }
}

fn panicked() -> HandlerError {
    let text = "the function hit a fault of its own; report it with the lines of the log";
    HandlerError::new("internal-error", text)
}
