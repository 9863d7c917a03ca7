//! The end of a step, of a run, and the way between.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::{Execution, Running, flow};
use crate::action::{Failure, FailureStage, FailureType};
use crate::convert::report_form;
use crate::document::OnCancel;
use crate::report::Status;

/// How long the steps after a cancel may take.
const CANCEL_LIMIT: SignedDuration = SignedDuration::from_secs(120);
/// A run that goes round in circles is ended here; the limit is ours.
const MOST_STEPS: usize = 1000;

/// How a step ended.
pub(super) struct Ending {
    status: Status,
    failure: Option<Failure>,
    outputs: Map<String, Value>,
    /// Where a branch points.
    chosen: Option<String>,
}

impl Ending {
    pub(super) fn succeeded(outputs: Map<String, Value>) -> Self {
        Self {
            status: Status::Success,
            failure: None,
            outputs,
            chosen: None,
        }
    }

    pub(super) fn chosen(chosen: Option<String>) -> Self {
        Self {
            chosen,
            ..Self::succeeded(Map::new())
        }
    }

    pub(super) fn failed(failure: Failure) -> Self {
        Self::failed_with(failure, Map::new())
    }

    pub(super) fn failed_with(failure: Failure, outputs: Map<String, Value>) -> Self {
        Self {
            status: Status::Failed,
            failure: Some(failure),
            ..Self::succeeded(outputs)
        }
    }

    fn timed_out(failure: Failure) -> Self {
        Self {
            status: Status::TimedOut,
            ..Self::failed(failure)
        }
    }
}

impl Execution {
    /// The attempt has taken too long.
    pub(super) fn time_out(&mut self, running: Running, now: Timestamp) {
        let took = now.duration_since(running.attempt_began).as_secs();
        let message = format!("no success within {took} seconds");
        let failure = Failure::new(FailureStage::Invocation, FailureType::Action, message);
        self.attempt_failed(running, Ending::timed_out(failure), now);
    }

    /// Records how the step ended and goes on from there.
    pub(super) fn finish(&mut self, running: Running, ending: Ending, now: Timestamp) {
        let succeeded = ending.status == Status::Success;
        if !succeeded {
            self.count_failure(&running, &ending);
        }
        let next = if succeeded {
            flow::after_success(&self.document, running.step, ending.chosen.as_deref())
        } else {
            flow::after_failure(&self.document, running.step)
        };
        self.record(&running, ending, next, now);
        match next {
            None => self.end(now),
            Some(_) if self.steps_run >= MOST_STEPS => self.end_in_circles(now),
            Some(next) => self.enter(next, now),
        }
    }

    fn count_failure(&mut self, running: &Running, ending: &Ending) {
        let critical = self
            .document
            .steps
            .get(running.step)
            .is_some_and(|step| step.is_critical);
        if !critical {
            return;
        }
        if self.worst != Some(Status::Failed) {
            self.worst = Some(ending.status);
        }
        if self.failure.is_none() {
            let name = self.records.get(running.record);
            let name = name.map_or("", |record| record.step_name.as_str());
            let why = ending
                .failure
                .as_ref()
                .map_or("", |failure| &failure.message);
            self.failure = Some(format!("step {name}: {why}"));
        }
    }

    fn record(&mut self, running: &Running, ending: Ending, next: Option<usize>, now: Timestamp) {
        let next = next.and_then(|next| self.document.steps.get(next));
        let Some(record) = self.records.get_mut(running.record) else {
            return;
        };
        record.step_status = ending.status;
        record.execution_end_time = Some(now);
        record.next_step = next.map(|step| step.name.clone());
        record.outputs = reported(&ending.outputs);
        record.failure_message = ending
            .failure
            .as_ref()
            .map(|failure| failure.message.clone());
        record.failure_details = ending.failure.as_ref().map(Failure::to_details);
        self.outputs
            .insert(record.step_name.clone(), ending.outputs);
    }

    fn end_in_circles(&mut self, now: Timestamp) {
        self.worst = Some(Status::Failed);
        let message = format!("the run was ended after {MOST_STEPS} steps: it goes in circles");
        self.failure.get_or_insert(message);
        self.end(now);
    }

    /// Ends the run.
    pub(super) fn end(&mut self, now: Timestamp) {
        self.current = None;
        self.ended = Some(now);
        self.status = match (self.cancel_deadline, self.worst) {
            (Some(_), _) => Status::Cancelled,
            (None, Some(worst)) => worst,
            (None, None) => Status::Success,
        };
    }

    /// Cancels the run: its step ends at once, and the steps its `onCancel` names begin.
    pub fn cancel(&mut self, now: Timestamp) {
        if self.cancel_deadline.is_some() {
            return;
        }
        let Some(running) = self.current.take() else {
            return;
        };
        self.cancel_deadline = now.checked_add(CANCEL_LIMIT).ok();
        self.status = Status::Cancelling;
        self.stop_step(&running, now);
        let step = self.document.steps.get(running.step);
        let target = match step.map(|step| &step.on_cancel) {
            Some(OnCancel::Step(target)) => self.document.step_index(&target.name),
            _ => None,
        };
        match target {
            Some(target) => self.enter(target, now),
            None => self.end(now),
        }
    }

    /// The steps of a cancelled run have two minutes.
    pub(super) fn keep_cancel_deadline(&mut self, now: Timestamp) {
        if self.cancel_deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some(running) = self.current.take() {
            self.stop_step(&running, now);
            self.end(now);
        }
    }

    fn stop_step(&mut self, running: &Running, now: Timestamp) {
        if let Some(record) = self.records.get_mut(running.record) {
            record.step_status = Status::Cancelled;
            record.execution_end_time = Some(now);
        }
    }
}

/// Outputs in the form of a report.
fn reported(outputs: &Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    let forms = outputs
        .iter()
        .map(|(name, value)| (name.clone(), report_form(value)));
    forms.collect()
}
