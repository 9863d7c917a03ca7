//! The repair budget: how often the runbook may start before we only tell.

use jiff::{SignedDuration, Timestamp};

use crate::facts::ExecutionFacts;

/// The most runs of a runbook within [`REPAIR_WINDOW`] that the fast path adds to, and the most
/// repairs in it to which a run of AWS Config's adds one. Whoever undoes a repair a fifth time within
/// the hour is an automation with another opinion, or an intruder whom a sixth repair does not stop
/// either: both need a person.
pub const MOST_REPAIRS: usize = 4;

/// The time in which runs are counted: as long as the rule's schedule takes where it is shortest.
pub const REPAIR_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Whether the run began within the window before `now`. A run without a start has just begun.
pub fn is_recent(run: &ExecutionFacts, now: Timestamp) -> bool {
    run.started
        .is_none_or(|started| now.duration_since(started) < REPAIR_WINDOW)
}

/// How many of the runs began within the window before `now`.
pub fn started_within(executions: &[ExecutionFacts], now: Timestamp) -> usize {
    executions.iter().filter(|run| is_recent(run, now)).count()
}

/// Whether the budget is used up: no run may be added.
pub fn is_exhausted(executions: &[ExecutionFacts], now: Timestamp) -> bool {
    started_within(executions, now) >= MOST_REPAIRS
}
