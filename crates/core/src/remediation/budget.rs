//! The repair budget of the runs that AWS Config starts.
//!
//! The fast path counts before it starts a run; AWS Config does not ask. A run of its remediation
//! that would repair a trail once too often within the hour ends before it writes. A run by hand is
//! never turned down.

use jiff::Timestamp;

use super::result::{Entry, Outcome, RepairResult};
use crate::facts::{ExecutionFacts, ExecutionRecord, Executions};
use crate::fast_path::OwnRoles;
use crate::finding::Code;
use crate::guard::{MOST_REPAIRS, REPAIR_WINDOW, is_recent};
use crate::identity::Arn;

/// The most runs of which it is read what they did: as often as AWS Config's remediation, as the
/// template has it, tries in a row. What lies behind so many runs that repaired nothing is not
/// counted, and the repair goes on.
pub const MOST_RUNS_READ: usize = 25;

/// A run that may have to be turned down.
#[derive(Debug, Clone, Copy)]
pub struct Budget<'a> {
    /// Our own roles: what they and AWS Config's remediation start counts. Whoever else can start
    /// the runbook can give it a function of his own that answers `repaired`.
    pub own: OwnRoles<'a>,
    /// The run's id.
    pub execution: &'a str,
    /// The time.
    pub now: Timestamp,
}

impl Budget<'_> {
    /// Whether the budget holds for the run.
    pub fn limits(&self, run: &ExecutionRecord) -> bool {
        self.own.config_started(run.executed_by.as_deref())
    }

    /// The runs that may have repaired the trail, the oldest first, at most [`MOST_RUNS_READ`];
    /// none, where they are too few to use the budget up. How a run ended does not matter: one
    /// whose repair is undone at once fails when it looks again.
    pub fn runs_to_read<'r>(&self, executions: &'r Executions) -> Vec<&'r ExecutionFacts> {
        let may_count = |run: &&ExecutionFacts| {
            run.id != self.execution
                && is_recent(run, self.now)
                && self.own.started(run.executed_by.as_deref())
        };
        let mut runs: Vec<_> = executions.runs.iter().filter(may_count).collect();
        if runs.len() < MOST_REPAIRS {
            return Vec::new();
        }
        runs.sort_by_key(|run| run.started);
        runs.truncate(MOST_RUNS_READ);
        runs
    }
}

/// The repairs of a trail that were counted, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repairs {
    times: Vec<Option<Timestamp>>,
}

impl Repairs {
    /// Counts what the run did, if that was a repair of this trail.
    pub fn count(&mut self, run: &ExecutionFacts, did: &ExecutionRecord, trail: Option<&Arn>) {
        if has_repaired(did, trail) {
            self.times.push(run.started);
        }
    }

    /// Whether no further one may be made.
    pub fn use_up_the_budget(&self) -> bool {
        self.times.len() >= MOST_REPAIRS
    }

    /// What comes of the plan when it is not carried out.
    pub fn turn_down(&self, plan: RepairResult, document: &str) -> RepairResult {
        let trail = plan.trail_arn.as_ref().map(Arn::to_string);
        let trail = trail.unwrap_or_else(|| "the trail".to_owned());
        let count = self.times.len();
        let first = self.times.iter().flatten().min();
        let free = first.and_then(|first| first.checked_add(REPAIR_WINDOW).ok());
        let until = free.map_or_else(
            || "for an hour".to_owned(),
            |free| format!("until {free:.0}"),
        );
        let text = format!(
            "{trail} was repaired {count} times within the last hour by {document} and is at fault \
             again, so that nothing was written; find who undoes the repairs, then start the \
             runbook by hand, or wait {until}"
        );
        let mut result = RepairResult {
            outcome: Some(Outcome::RepairsExhausted),
            steps: Vec::new(),
            ..plan
        };
        let code = Code::RepairsExhausted.as_str();
        result.notes.push(Entry::new(code, text));
        result
    }
}

/// Whether a step of the run told that it repaired this trail.
fn has_repaired(run: &ExecutionRecord, trail: Option<&Arn>) -> bool {
    let trail = trail.map(Arn::to_string);
    run.outputs.iter().any(|outputs| {
        let told = |name: &str, value: &str| {
            let values = outputs.get(name).map(Vec::as_slice);
            values == Some([value.to_owned()].as_slice())
        };
        told("outcome", Outcome::Repaired.as_str())
            && trail.as_deref().is_none_or(|trail| told("trailArn", trail))
    })
}
