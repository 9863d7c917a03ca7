//! The step function: what to do next, from what was seen and tried.

use jiff::{SignedDuration, Timestamp};

use super::ask::Ask;
use super::check::check;
use super::conclusion::{Ending, broken_off, conclude, not_ours};
use super::goal::{Goal, Limits};
use super::journal::backoff;
use super::locate::{Location, locate};
use super::plan::{PlannedStep, plan, start_step, was_created_here};
use super::reaction::Reaction;
use super::remaining::advice;
use super::request::Request;
use super::step::StepKind;
use super::survey::{Survey, survey};
use super::view::View;
use crate::call_error::{CallError, ErrorClass};
use crate::cloudtrail::TrailView;
use crate::facts::{OrganizationFacts, Trail};
use crate::identity::{Arn, Caller};

/// The next action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Make these reads; they do not depend on one another.
    Read(Vec<Request>),
    /// Make this write.
    Write(Box<PlannedStep>),
    /// Forget all facts ([`View::forget_facts`]) and ask again.
    Reread,
    /// Wait until then and ask again.
    Wait(Timestamp),
    /// The run has ended.
    Done(Box<Ending>),
}

/// A write that is still planned after it succeeded may only not be visible yet. It is looked
/// for this often, with waits of 1, 2 and 4 seconds, before it is made again.
const REREADS_FOR_CONSISTENCY: usize = 3;

/// A write that succeeds and never shows is not made more often than this.
const SAME_STEP: usize = 3;

/// Decides the next action. Pure: the same goal, view and time give the same action.
pub fn next(goal: &Goal, caller: &Caller, view: &View, now: Timestamp, limits: &Limits) -> Next {
    let decision = Decision {
        goal,
        caller,
        view,
        now,
        limits,
    };
    let action = decision.action();
    let start = match &action {
        Next::Read(_) | Next::Write(_) => now,
        Next::Wait(until) => *until,
        Next::Reread | Next::Done(_) => return action,
    };
    if limits.leave_room_at(start) {
        return action;
    }
    let message = format!(
        "the run's time ends at {:.0} and the next step could not end before; run it again, it \
         goes on from what it finds",
        limits.deadline
    );
    decision.break_off("deadline", message)
}

struct Decision<'a> {
    goal: &'a Goal,
    caller: &'a Caller,
    view: &'a View,
    now: Timestamp,
    limits: &'a Limits,
}

impl Decision<'_> {
    fn action(&self) -> Next {
        let mut ask = Ask::new(self.view, self.limits);
        let Some(location) = locate(self.goal, self.caller, &mut ask) else {
            return self.read(ask);
        };
        match location {
            Location::Found(trail) => self.on_existing(&trail, ask),
            Location::NotOurs(trail) => self.on_foreign(&trail, ask),
            Location::Absent => self.on_survey(None, ask),
            Location::Unsettled(error) => self.look_for_trail(&error),
            Location::Unknown(error) => self.done_failed(&error),
        }
    }

    /// Reads everything again, a few times, where it cannot be told yet whether the trail exists.
    fn look_for_trail(&self, error: &CallError) -> Next {
        let journal = &self.view.journal;
        let rereads = journal.rereads_since_last_attempt();
        if rereads > REREADS_FOR_CONSISTENCY {
            return self.done_failed(error);
        }
        let looked = self.view.seen.values().map(|seen| seen.at).max();
        let since = looked.unwrap_or(self.now);
        let times = u32::try_from(rereads + 1).unwrap_or(u32::MAX);
        let wait = backoff(SignedDuration::from_secs(1), times, self.limits);
        let ready = since.checked_add(wait).unwrap_or(since);
        if self.now < ready {
            Next::Wait(ready)
        } else {
            Next::Reread
        }
    }

    /// An organization trail bears the management account's id and may still be ours to keep: a
    /// delegated administrator's.
    fn on_foreign(&self, trail: &Trail, mut ask: Ask<'_>) -> Next {
        let mut unread = None;
        if trail.is_organization_trail == Some(true) {
            let Some(found) = ask.organization(Request::Organization) else {
                return self.read(ask);
            };
            if found
                .known()
                .is_some_and(|found| administers(found.as_ref(), &trail.arn))
            {
                return self.on_existing(trail, ask);
            }
            unread = found.failure().cloned();
        }
        Next::Done(Box::new(not_ours(
            self.goal,
            self.view,
            trail,
            unread.as_ref(),
        )))
    }

    /// Plan A: a stopped trail is started before anything else is even read.
    fn on_existing(&self, trail: &Trail, mut ask: Ask<'_>) -> Next {
        let starts_first = !self.goal.plan_only && !was_created_here(&self.view.journal);
        if starts_first {
            let Some(status) = ask.status(Request::Status(trail.arn.clone())) else {
                return self.read(ask);
            };
            let mut view = TrailView::described(trail.clone());
            view.status = Some(status);
            let start = start_step(&Survey::of_view(view), &self.view.journal);
            if let Some(next) = start.and_then(|planned| self.attempt(planned, Some(trail))) {
                return next;
            }
        }
        self.on_survey(Some(trail), ask)
    }

    /// Plan B, from all facts.
    fn on_survey(&self, trail: Option<&Trail>, mut ask: Ask<'_>) -> Next {
        let journal = &self.view.journal;
        let Some(survey) = survey(self.goal, self.caller, trail, journal, &mut ask) else {
            return self.read(ask);
        };
        if let Some(refused) = self.not_to_be_made(&survey) {
            return refused;
        }
        let plan = plan(self.goal, self.caller, &survey, journal, self.now);
        if let Err(refusal) = check(&plan, &survey) {
            return self.break_off("plan-refused", refusal.to_string());
        }
        if !self.goal.plan_only {
            let attempt = plan
                .steps
                .iter()
                .cloned()
                .find_map(|planned| self.attempt(planned, trail));
            if let Some(next) = attempt {
                return next;
            }
            if journal.has_unverified_write() {
                return Next::Reread;
            }
        }
        let trail = survey.current.as_ref();
        Next::Done(Box::new(conclude(self.goal, self.view, trail, &plan)))
    }

    /// A trail that is named by its ARN is made only where it would have that ARN.
    fn not_to_be_made(&self, survey: &Survey) -> Option<Next> {
        let named = self.goal.trail_arn().filter(|_| survey.current.is_none())?;
        (named != survey.wanted.trail.arn).then(|| {
            let message = format!(
                "{named} is not to be seen here, and account {} cannot make it; name a trail of \
                 this account",
                self.caller.account
            );
            self.break_off("trail-not-found", message)
        })
    }

    fn break_off(&self, code: &str, message: String) -> Next {
        let trail = self.located();
        let ending = broken_off(self.goal, self.view, trail.as_ref(), code, message);
        Next::Done(Box::new(ending))
    }

    /// The trail that the run is about, as far as it is known yet.
    fn located(&self) -> Option<Trail> {
        let mut ask = Ask::new(self.view, self.limits);
        match locate(self.goal, self.caller, &mut ask)? {
            Location::Found(trail) | Location::NotOurs(trail) => Some(*trail),
            Location::Absent | Location::Unsettled(_) | Location::Unknown(_) => None,
        }
    }

    /// The action that this step calls for now, or nothing where it is done or given up.
    fn attempt(&self, mut planned: PlannedStep, trail: Option<&Trail>) -> Option<Next> {
        let journal = &self.view.journal;
        let kind = planned.step.kind();
        if journal.is_done_since_reread(kind) {
            return None;
        }
        match journal.reaction(kind) {
            Some((_, Reaction::GiveUp(_))) => return None,
            Some((failed, Reaction::Retry(base))) => {
                let wait = self.wait_after(failed.at, base, kind);
                if wait.is_some() {
                    return wait;
                }
            }
            Some((failed, Reaction::Reread(base))) if journal.rereads_since(failed) == 0 => {
                return self
                    .wait_after(failed.at, base, kind)
                    .or(Some(Next::Reread));
            }
            _ => {}
        }
        if let Some(next) = self.look_again(&planned) {
            return next;
        }
        match journal.earliest(kind) {
            Some(earliest) if earliest > self.now => Some(Next::Wait(earliest)),
            _ => {
                planned.trail = trail.map(|trail| trail.arn.clone());
                Some(Next::Write(Box::new(planned)))
            }
        }
    }

    /// What to do about a step that succeeded, was read again and is still planned: some waits
    /// and re-reads, then the write again, at last nothing. A step of the same kind that changes
    /// something else is another one: what it is about was not known before.
    fn look_again(&self, planned: &PlannedStep) -> Option<Option<Next>> {
        let journal = &self.view.journal;
        let (kind, changes) = (planned.step.kind(), planned.changes.as_slice());
        let last = journal.last_done(kind, changes)?;
        let rereads = journal.rereads_since(last);
        if rereads <= REREADS_FOR_CONSISTENCY {
            let since = journal.rereads.last().copied().unwrap_or(last.at);
            let base = SignedDuration::from_secs(1);
            let times = u32::try_from(rereads).unwrap_or(u32::MAX);
            let ready = since
                .checked_add(backoff(base, times, self.limits))
                .unwrap_or(since);
            let wait = (self.now < ready).then_some(Next::Wait(ready));
            return Some(wait.or(Some(Next::Reread)));
        }
        (journal.repetitions(kind, changes) >= SAME_STEP).then_some(None)
    }

    fn wait_after(&self, at: Timestamp, base: SignedDuration, kind: StepKind) -> Option<Next> {
        let times = self.view.journal.failures_in_a_row(kind);
        let ready = at
            .checked_add(backoff(base, times, self.limits))
            .unwrap_or(at);
        (self.now < ready).then_some(Next::Wait(ready))
    }

    fn read(&self, ask: Ask<'_>) -> Next {
        match ask.not_before {
            Some(ready) if ready > self.now => Next::Wait(ready),
            _ => Next::Read(ask.missing),
        }
    }

    fn done_failed(&self, error: &CallError) -> Next {
        let code = match error.class {
            ErrorClass::Denied => "denied",
            ErrorClass::Throttled => "throttled",
            ErrorClass::Absent => "trail-not-found",
            _ => "unavailable",
        };
        self.break_off(code, advice(error))
    }
}

fn administers(found: Option<&OrganizationFacts>, trail: &Arn) -> bool {
    found.is_some_and(|found| {
        found.is_delegated_administrator && trail.is_owned_by(&found.management_account)
    })
}
