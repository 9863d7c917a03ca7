//! The loop around an execution: performs what it asks for and tells it what came of it.

use std::future::Future;
use std::pin::pin;

use futures::future::{Either, select};
use jiff::SignedDuration;

use crate::action::ApprovalRequest;
use crate::approver::{Approver, Nobody};
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
///
/// Nobody approves: a step that asks for it fails.
pub async fn run_until(
    execution: &mut Execution,
    api: &dyn AwsApi,
    clock: &dyn Clock,
    cancelled: impl Future<Output = ()>,
) {
    run_approved_by(&Nobody, execution, api, clock, cancelled).await;
}

/// The same, with somebody to ask for approval.
pub async fn run_approved_by(
    approver: &dyn Approver,
    execution: &mut Execution,
    api: &dyn AwsApi,
    clock: &dyn Clock,
    cancelled: impl Future<Output = ()>,
) {
    let host = Host {
        approver,
        api,
        clock,
    };
    let mut cancelled = pin!(cancelled);
    let mut watching = true;
    loop {
        let need = execution.next(clock.now());
        if matches!(need, Need::Done) {
            return;
        }
        if !watching {
            host.perform(need, execution).await;
            continue;
        }
        let stop = {
            let step = pin!(host.perform(need, execution));
            matches!(select(step, &mut cancelled).await, Either::Right(_))
        };
        if stop {
            watching = false;
            execution.cancel(clock.now());
        }
    }
}

/// What a run is performed with.
struct Host<'a> {
    approver: &'a dyn Approver,
    api: &'a dyn AwsApi,
    clock: &'a dyn Clock,
}

impl Host<'_> {
    async fn perform(&self, need: Need, execution: &mut Execution) {
        match need {
            Need::Call(call) => self.call(call, execution).await,
            Need::Wait(duration) => self.clock.sleep(duration).await,
            Need::Approval { request, limit } => self.ask(&request, limit, execution).await,
            Need::Done => (),
        }
    }

    async fn call(&self, call: Call, execution: &mut Execution) {
        let answer = self
            .api
            .call(&call.service, &call.api, &call.region, call.input);
        let answered = match select(answer, self.clock.expire(call.limit)).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        };
        match answered {
            Some(answer) => execution.answer(answer, self.clock.now()),
            None => execution.expire(self.clock.now()),
        }
    }

    /// When the time is over the execution sees that by itself.
    async fn ask(
        &self,
        request: &ApprovalRequest,
        limit: SignedDuration,
        execution: &mut Execution,
    ) {
        let decision = self.approver.decide(request);
        let Either::Left((decision, _)) = select(decision, self.clock.expire(limit)).await else {
            return;
        };
        let now = self.clock.now();
        match decision.map(|decision| execution.decide(decision, now)) {
            Some(Ok(())) => (),
            // It would be given again and again.
            Some(Err(error)) => execution.nobody_decides(&error.to_string(), now),
            None => execution.nobody_decides("nobody can approve here", now),
        }
    }
}
