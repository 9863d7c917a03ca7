//! The runs of Automation documents: the runbook engine over the account's own door.
//!
//! A service only asks for a run; [`Sandbox::settle`] performs it with no lock held, so that its
//! calls and the functions that it invokes reach the same account.

mod api;

use trailkeeper_runbook::{AwsApi, Call, Execution, Need};

use crate::account::Sandbox;
use crate::services::{config, ssm};

impl Sandbox {
    /// Runs an execution to its end, or until it waits for approval. How it stands can be read all
    /// the while.
    pub(crate) async fn run_automation(&self, id: &str) {
        if let Some(execution) = self.unpark(id) {
            return Box::pin(self.drive(id, execution)).await;
        }
        let Some(order) = self.with_world(|world| ssm::begin(world, id)) else {
            return;
        };
        match Execution::start(order.document, order.start, self.now()) {
            Ok(execution) => Box::pin(self.drive(id, execution)).await,
            Err(error) => self.with_world(|world| {
                ssm::refused(world, id, &error.to_string());
                config::automation_ended(world, id);
            }),
        }
    }

    async fn drive(&self, id: &str, mut execution: Execution) {
        let mut cancelled = false;
        loop {
            let need = execution.next(self.now());
            let stop = self.with_world(|world| ssm::note(world, id, execution.report()));
            if stop && !cancelled {
                cancelled = true;
                execution.cancel(self.now());
                continue;
            }
            match need {
                Need::Done => {
                    return self.with_world(|world| config::automation_ended(world, id));
                }
                Need::Wait(duration) => self.advance(duration),
                Need::Approval { .. } => {
                    match self.with_world(|world| ssm::next_decision(world, id)) {
                        // one that is not taken leaves the run waiting
                        Some(decision) => drop(execution.decide(decision, self.now())),
                        None => return self.park(id, execution),
                    }
                }
                Need::Call(call) => self.answer_step(&mut execution, call).await,
            }
        }
    }

    async fn answer_step(&self, execution: &mut Execution, call: Call) {
        let answer = AwsApi::call(self, &call.service, &call.api, &call.region, call.input).await;
        execution.answer(answer, self.now());
    }
}
