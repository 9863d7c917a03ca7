//! What this run has seen and tried.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::gap::Gaps;
use super::journal::{Attempt, Effect, Journal};
use super::plan::PlannedStep;
use super::request::{Answer, Request};
use super::step::StepKind;
use crate::call_error::CallError;
use crate::identity::Region;

/// A read that was made: its answer or its error, how often it has failed in a row, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) result: Result<Answer, CallError>,
    pub(crate) failures: u32,
    pub(crate) at: Timestamp,
}

/// Everything that the next decision may rest on. Starts empty; the driver records into it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    pub(crate) seen: BTreeMap<Request, Seen>,
    pub(crate) journal: Journal,
    pub(crate) gaps: Gaps,
}

impl View {
    /// Records what a read brought, at the time it ended.
    pub fn record_read(
        &mut self,
        request: Request,
        result: Result<Answer, CallError>,
        at: Timestamp,
    ) {
        self.gaps.observe(&request, &result, at);
        let before = self.seen.get(&request).map_or(0, |seen| seen.failures);
        let failures = if result.is_ok() { 0 } else { before + 1 };
        self.seen.insert(
            request,
            Seen {
                result,
                failures,
                at,
            },
        );
    }

    /// The Region in which the bucket was found, else in which it was looked for.
    pub(crate) fn region_of_bucket(&self, bucket: &str) -> Option<Region> {
        let reads = self
            .seen
            .iter()
            .filter_map(|(request, seen)| match request {
                Request::Bucket(name, hint, _) if name == bucket => Some((hint, &seen.result)),
                _ => None,
            });
        let found = reads.clone().find_map(|(_, result)| match result {
            Ok(Answer::Bucket(facts)) => Some(facts.region.clone()),
            _ => None,
        });
        found.or_else(|| reads.map(|(hint, _)| hint.clone()).next())
    }

    /// Records what a step did, at the time its call ended.
    pub fn record_step(
        &mut self,
        planned: &PlannedStep,
        result: Result<Effect, CallError>,
        at: Timestamp,
    ) {
        let kind = planned.step.kind();
        let changes = planned.changes.clone();
        let started = kind == StepKind::StartLogging && result.is_ok();
        self.journal.attempts.push(Attempt {
            kind,
            at,
            changes,
            trail: planned.trail.clone(),
            result,
            rereads_before: self.journal.rereads.len(),
        });
        if kind == StepKind::CreateTrail {
            // whatever came of it, the account may hold another trail than before
            self.forget(|request| {
                matches!(
                    request,
                    Request::Trails(..) | Request::AllTrails(_) | Request::Status(_)
                )
            });
        } else if kind == StepKind::CreateBucket {
            // another one may be there now, without anything in it
            self.forget(|request| {
                matches!(
                    request,
                    Request::Bucket(..)
                        | Request::OwnsBucket(..)
                        | Request::Object(..)
                        | Request::Setting(..)
                )
            });
        } else if started {
            // stopping a trail switches its Insights off, so what was read before may be stale
            self.forget(|request| matches!(request, Request::Insights(_)));
        }
    }

    /// Forgets all facts, so that everything is read again. A baseline stays: it is known by its
    /// hash, and another reading could bring nothing else.
    pub fn forget_facts(&mut self, at: Timestamp) {
        self.seen
            .retain(|request, seen| matches!(request, Request::Object(..)) && seen.result.is_ok());
        self.journal.rereads.push(at);
    }

    /// The attempts made so far, oldest first.
    pub fn attempts(&self) -> &[Attempt] {
        &self.journal.attempts
    }

    fn forget(&mut self, which: impl Fn(&Request) -> bool) {
        self.seen.retain(|request, _| !which(request));
    }
}
