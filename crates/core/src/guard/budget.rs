//! The repair budget: how often the runbook may start before we only tell.

use jiff::{SignedDuration, Timestamp};

use crate::facts::ExecutionFacts;

/// The most runs of a runbook within [`REPAIR_WINDOW`] that the fast path adds to. Whoever undoes a
/// repair a fifth time within the hour is an automation with another opinion, or an intruder whom a
/// sixth repair does not stop either: both need a person. AWS Config's own attempts count, which
/// are at most a handful an hour for a rule that runs hourly.
pub const MOST_REPAIRS: usize = 4;

/// The time in which runs are counted: the rule's schedule repairs once in it in any case.
pub const REPAIR_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// How many of the runs began within the window before `now`. A run without a start has just begun.
pub fn started_within(executions: &[ExecutionFacts], now: Timestamp) -> usize {
    let is_recent = |one: &&ExecutionFacts| {
        one.started
            .is_none_or(|started| now.duration_since(started) < REPAIR_WINDOW)
    };
    executions.iter().filter(is_recent).count()
}

/// Whether the budget is used up: no run may be added.
pub fn is_exhausted(executions: &[ExecutionFacts], now: Timestamp) -> bool {
    started_within(executions, now) >= MOST_REPAIRS
}
