//! One attempt at a step: begin, wait, take the answer.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::approval::Asking;
use super::finish::Ending;
use super::scope::variable;
use super::{Call, Execution, Need, Phase, Running, Then};
use crate::action::{ApprovalRequest, Failure, Judgement, Work, judge, prepare, reported_inputs};
use crate::aws_api::{ApiFailure, FailureKind};
use crate::document::{Action, ApiPurpose, Step};
use crate::report::Status;

/// How long a wait goes on if the document does not say.
const WAIT_TIMEOUT: SignedDuration = SignedDuration::from_secs(3600);
/// How long an approval is waited for if the document does not say.
const APPROVAL_TIMEOUT: SignedDuration = SignedDuration::from_secs(604_800);
/// The longest that the message to the approvers' topic may take.
const NOTICE_LIMIT: SignedDuration = SignedDuration::from_secs(25);
/// The pause between two looks of a wait. The service's own is not published; this one is ours.
const POLL: SignedDuration = SignedDuration::from_secs(5);
/// How long a throttled call is made again before the attempt fails. In SSM a setting of the
/// account from 0 to 3,600 seconds; this value is ours.
const THROTTLE_WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// The longest pause before a throttled call or a failed attempt is repeated; ours too.
const LONGEST_PAUSE: i64 = 16;

impl Execution {
    /// Takes the running step on; none: look again at what runs now.
    pub(super) fn advance(&mut self, running: Running, now: Timestamp) -> Option<Need> {
        match &running.phase {
            Phase::Begin => self.begin(running, now),
            Phase::Calling { call, .. } => {
                let need = Need::Call(call.clone());
                self.current = Some(running);
                return Some(need);
            }
            Phase::Pausing { until, .. } if now < *until => {
                let need = Need::Wait(until.duration_since(now));
                self.current = Some(running);
                return Some(need);
            }
            Phase::Pausing { .. } => self.pause_is_over(running, now),
            Phase::Asking(asking) => {
                if self
                    .deadline(&running)
                    .is_some_and(|deadline| deadline <= now)
                {
                    self.show(&running, Status::InProgress);
                    self.time_out(running, now);
                    return None;
                }
                let need = self.approval_need(&running, asking, now);
                self.current = Some(running);
                return Some(need);
            }
        }
        None
    }

    fn begin(&mut self, mut running: Running, now: Timestamp) {
        let Some(step) = self.document.steps.get(running.step) else {
            return self.end(now);
        };
        running.attempt_began = now;
        running.throttled = None;
        let prepared = prepare(step, &self.scope(now), now);
        let (inputs, work) = match prepared {
            Ok(prepared) => prepared,
            // The same references have the same values in the next attempt.
            Err(failure) => return self.finish(running, Ending::failed(failure), now),
        };
        if let Some(record) = self.records.get_mut(running.record) {
            record.inputs = reported_inputs(&inputs);
        }
        running.inputs = inputs;
        self.work(running, work, now);
    }

    fn work(&mut self, mut running: Running, work: Work, now: Timestamp) {
        match work {
            Work::Go(chosen) => self.finish(running, Ending::chosen(chosen), now),
            Work::SleepUntil(until) => self.pause(running, until, Then::WakeUp),
            Work::SetVariable { name, value } => {
                let set = variable(&self.document, &name, &value);
                match set {
                    Ok(()) => {
                        self.surroundings.variables.insert(name, value);
                        self.finish(running, Ending::chosen(None), now);
                    }
                    Err(problem) => {
                        self.finish(running, Ending::failed(Failure::input(problem)), now);
                    }
                }
            }
            Work::Approve { request, notice } => match notice {
                None => self.ask_for(running, request),
                Some(notice) => {
                    running.to_ask = Some(request);
                    let call = self.own_call(("sns", "Publish"), notice, NOTICE_LIMIT);
                    self.call(running, call, now);
                }
            },
            Work::Call {
                service,
                api,
                input,
                limit,
            } => {
                let call = self.own_call((&service, &api), input, limit);
                self.call(running, call, now);
            }
        }
    }

    fn ask_for(&mut self, running: Running, request: ApprovalRequest) {
        let decisions = Vec::new();
        self.ask(running, Asking { request, decisions });
    }

    fn own_call(&self, (service, api): (&str, &str), input: Value, limit: SignedDuration) -> Call {
        Call {
            service: service.to_owned(),
            api: api.to_owned(),
            region: self.surroundings.region.clone(),
            input,
            limit,
        }
    }

    fn pause_is_over(&mut self, mut running: Running, now: Timestamp) {
        let phase = std::mem::replace(&mut running.phase, Phase::Begin);
        let Phase::Pausing { then, .. } = phase else {
            self.current = Some(running);
            return;
        };
        match then {
            Then::Begin => self.current = Some(running),
            Then::Call(call) => self.call(running, call, now),
            Then::WakeUp => self.finish(running, Ending::chosen(None), now),
            Then::TimeOut => self.time_out(running, now),
        }
    }

    /// Makes a call, in no more time than is left to the attempt.
    fn call(&mut self, mut running: Running, mut call: Call, now: Timestamp) {
        if let Some(deadline) = self.deadline(&running) {
            let left = deadline.duration_since(now);
            if left <= SignedDuration::ZERO {
                return self.time_out(running, now);
            }
            call.limit = call.limit.min(left);
        }
        running.phase = Phase::Calling { call, since: now };
        self.current = Some(running);
    }

    /// Lets time pass, but not beyond the end of the attempt.
    fn pause(&mut self, mut running: Running, until: Timestamp, then: Then) {
        let (until, then) = match self.deadline(&running) {
            Some(deadline) if deadline < until => (deadline, Then::TimeOut),
            _ => (until, then),
        };
        running.phase = Phase::Pausing { until, then };
        self.current = Some(running);
    }

    /// When the attempt has to be given up: its own time, or that of a cancelled run.
    pub(super) fn deadline(&self, running: &Running) -> Option<Timestamp> {
        let limit = self.document.steps.get(running.step).and_then(timeout);
        let own = limit.and_then(|limit| running.attempt_began.checked_add(limit).ok());
        own.into_iter().chain(self.cancel_deadline).min()
    }

    pub(super) fn take_answer(
        &mut self,
        mut running: Running,
        answer: Result<Value, ApiFailure>,
        now: Timestamp,
    ) {
        let Phase::Calling { call, .. } = &running.phase else {
            self.current = Some(running);
            return;
        };
        let call = call.clone();
        match answer {
            Err(failure) if failure.kind == FailureKind::Throttled => {
                self.throttled(running, call, &failure, now);
            }
            Err(failure) => {
                let failure = Failure::of_call(&call.service, &call.api, &failure);
                self.attempt_failed(running, Ending::failed(failure), now);
            }
            Ok(_) if running.to_ask.is_some() => {
                if let Some(request) = running.to_ask.take() {
                    self.ask_for(running, request);
                }
            }
            Ok(answer) => self.take_good_answer(running, call, &answer, now),
        }
    }

    fn take_good_answer(&mut self, running: Running, call: Call, answer: &Value, now: Timestamp) {
        let Some(step) = self.document.steps.get(running.step) else {
            return self.end(now);
        };
        match judge(step, &running.inputs, answer) {
            Judgement::Success(outputs) => {
                self.finish(running, Ending::succeeded(outputs), now);
            }
            Judgement::NotYet => {
                self.pause(running, after(now, POLL), Then::Call(call));
            }
            Judgement::Failed(failure, outputs) => {
                let ending = Ending::failed_with(failure, outputs);
                self.attempt_failed(running, ending, now);
            }
        }
    }

    /// A throttled call is made again for a while before the attempt counts as failed.
    fn throttled(
        &mut self,
        mut running: Running,
        call: Call,
        failure: &ApiFailure,
        now: Timestamp,
    ) {
        let (since, count) = running.throttled.unwrap_or((now, 0));
        let until = after(now, pause_after(count + 1));
        if until.duration_since(since) > THROTTLE_WINDOW {
            let failure = Failure::of_call(&call.service, &call.api, failure);
            return self.attempt_failed(running, Ending::failed(failure), now);
        }
        running.throttled = Some((since, count + 1));
        self.pause(running, until, Then::Call(call));
    }

    /// Tries again if the step has attempts left.
    pub(super) fn attempt_failed(&mut self, mut running: Running, ending: Ending, now: Timestamp) {
        let attempts = self
            .document
            .steps
            .get(running.step)
            .map_or(1, |step| step.max_attempts);
        if running.attempt >= attempts {
            return self.finish(running, ending, now);
        }
        let until = after(now, pause_after(running.attempt));
        running.attempt += 1;
        running.phase = Phase::Pausing {
            until,
            then: Then::Begin,
        };
        self.current = Some(running);
    }
}

fn timeout(step: &Step) -> Option<SignedDuration> {
    let written = step
        .timeout_seconds
        .map(|seconds| SignedDuration::from_secs(seconds.into()));
    written.or(match &step.action {
        Action::Api(ApiPurpose::Wait) => Some(WAIT_TIMEOUT),
        Action::Approve => Some(APPROVAL_TIMEOUT),
        _ => None,
    })
}

/// 1, 2, 4, 8, 16, 16, … seconds.
fn pause_after(count: u32) -> SignedDuration {
    let doubled = 1_i64
        .checked_shl(count.saturating_sub(1))
        .unwrap_or(i64::MAX);
    SignedDuration::from_secs(doubled.clamp(1, LONGEST_PAUSE))
}

fn after(now: Timestamp, duration: SignedDuration) -> Timestamp {
    now.checked_add(duration).unwrap_or(Timestamp::MAX)
}
