//! The loop around an execution: performs what it asks for and tells it what came of it.

use std::future::Future;
use std::pin::pin;

use futures::future::{Either, select};

use crate::aws_api::AwsApi;
use crate::clock::Clock;
use crate::document::Document;
use crate::execution::{Call, Execution, Need, Start, StartError};
use crate::report::AutomationExecution;

/// Runs a document to its end.
///
/// # Errors
/// The run did not start: parameters that do not fit, or an action that cannot be run here.
pub async fn run(
    document: Document,
    start: Start,
    api: &dyn AwsApi,
    clock: &dyn Clock,
) -> Result<AutomationExecution, StartError> {
    let mut execution = Execution::start(document, start, clock.now())?;
    run_until(&mut execution, api, clock, std::future::pending()).await;
    Ok(execution.report())
}

/// Runs an execution to its end, or cancels it when `cancelled` returns. A call that is under way
/// then is given up: whether it took effect is for the next run to see.
pub async fn run_until(
    execution: &mut Execution,
    api: &dyn AwsApi,
    clock: &dyn Clock,
    cancelled: impl Future<Output = ()>,
) {
    let mut cancelled = pin!(cancelled);
    let mut watching = true;
    loop {
        let need = execution.next(clock.now());
        if matches!(need, Need::Done) {
            return;
        }
        if !watching {
            perform(need, execution, api, clock).await;
            continue;
        }
        let stop = {
            let step = pin!(perform(need, execution, api, clock));
            matches!(select(step, &mut cancelled).await, Either::Right(_))
        };
        if stop {
            watching = false;
            execution.cancel(clock.now());
        }
    }
}

async fn perform(need: Need, execution: &mut Execution, api: &dyn AwsApi, clock: &dyn Clock) {
    match need {
        Need::Call(call) => perform_call(call, execution, api, clock).await,
        Need::Wait(duration) => clock.sleep(duration).await,
        Need::Done => (),
    }
}

async fn perform_call(call: Call, execution: &mut Execution, api: &dyn AwsApi, clock: &dyn Clock) {
    let answer = api.call(&call.service, &call.api, &call.region, call.input);
    let answered = match select(answer, clock.expire(call.limit)).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    };
    match answered {
        Some(answer) => execution.answer(answer, clock.now()),
        None => execution.expire(clock.now()),
    }
}
