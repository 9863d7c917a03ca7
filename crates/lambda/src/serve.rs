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

/// Answers invocations with `handler` for as long as Lambda has any. An invocation that panics or
/// runs out of time ends in an error with a code too.
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
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let answer = answer(event, region.as_ref(), clock.as_ref(), &handler);
        let ended = AssertUnwindSafe(answer).catch_unwind().await;
        ended.unwrap_or_else(|_| Err(panicked()))
    }))
    .await
}

async fn answer<H, F>(
    event: LambdaEvent<Value>,
    region: Option<&Region>,
    clock: &dyn Clock,
    handler: &H,
) -> Result<Value, HandlerError>
where
    H: Fn(Value, Invocation) -> F,
    F: Future<Output = Result<Value, HandlerError>>,
{
    let invocation = Invocation::read(&event.context, region)?;
    let left = invocation.time_left(clock.now());
    let request_id = invocation.request_id.clone();
    match tokio::time::timeout(left, handler(event.payload, invocation)).await {
        Ok(ended) => ended,
        Err(_) => {
            let error = out_of_time();
            tracing::error!(
                requestId = request_id,
                errorType = error.error_type,
                "{error}"
            );
            Err(error)
        }
    }
}

fn out_of_time() -> HandlerError {
    let text = "the function's time was up before the work was done; give the function more time, \
         and see whether it can reach the services' endpoints";
    HandlerError::new("out-of-time", text)
}

fn panicked() -> HandlerError {
    let text = "the function hit a fault of its own; report it with the lines of the log";
    HandlerError::new("internal-error", text)
}
