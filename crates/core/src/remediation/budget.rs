//! The repair budget of the runs that AWS Config starts.
//!
//! The fast path counts before it starts a run; AWS Config does not ask. A run of its remediation
//! that would change a trail back once too often within the hour ends before it writes, where that
//! keeps no event from us. A person's run is never turned down.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::result::{Entry, Outcome, RepairResult};
use crate::facts::{ExecutionFacts, ExecutionRecord, Executions};
use crate::fast_path::OwnRoles;
use crate::finding::Code;
use crate::guard::{MOST_REPAIRS, REPAIR_WINDOW, is_recent};
use crate::identity::Arn;

/// The most runs of which it is read what they did: more than six times the budget, and what the
/// time of the count allows at three reads a second. What lies behind so many runs is not counted.
pub const MOST_RUNS_READ: usize = 25;

/// What makes a run do something else under the same name: which function answers, and what it may
/// do. Whoever can have AWS Config start the runbook can give it a function of his own that answers
/// `repaired`.
const TELLING: [&str; 2] = ["RemediatorFunctionName", "AutomationAssumeRole"];

/// What may wait while people look: every event is recorded meanwhile, arrives and can be read. What
/// is not named here is repaired without a count.
const MAY_WAIT: [Code; 8] = [
    Code::LogValidationOff,
    Code::InsightsMissing,
    Code::TrailTagsChanged,
    Code::NotEncrypted,
    Code::WrongTopic,
    Code::NotificationError,
    Code::WrongLogGroup,
    Code::CloudwatchError,
];

/// What a plan notes of a trail that delivers nothing while bucket and key are fine.
const UNDELIVERED: &str = "delivery-not-confirmed";

/// The output by which a step tells how it ended.
const OUTCOME: &str = "outcome";

/// The note of a run that left the telling to one before it.
const REPEAT: &str = "repeat-suppressed";

/// The notes of a run that told nobody.
const NOT_SENT: [&str; 3] = [REPEAT, "message-not-sent", "incident-not-recorded"];

/// A run that may have to be turned down.
#[derive(Debug, Clone, Copy)]
pub struct Budget<'a> {
    /// Our own roles: what they and AWS Config's remediation start counts.
    pub own: OwnRoles<'a>,
    /// The run's id.
    pub execution: &'a str,
    /// The time.
    pub now: Timestamp,
}

impl Budget<'_> {
    /// The trail that the plan would repair, where that can wait: there is something to write, and
    /// every event reaches us meanwhile.
    pub fn can_wait(plan: &RepairResult) -> Option<&Arn> {
        let is_planned = plan.outcome == Some(Outcome::Planned) && !plan.changes.is_empty();
        let delivers =
            plan.gap_start.is_none() && plan.notes.iter().all(|one| one.code != UNDELIVERED);
        let may_wait = plan.changes.iter().chain(&plan.remaining).all(may_wait);
        plan.trail_arn
            .as_ref()
            .filter(|_| is_planned && delivers && may_wait)
    }

    /// Whether the budget holds for the run: AWS Config started it, and it asks before it repairs.
    /// Where a step has told an outcome already this is the look after the repair.
    pub fn limits(&self, run: &ExecutionRecord) -> bool {
        let mut told = run.outputs.iter();
        self.own.config_started(run.executed_by.as_deref())
            && !told.any(|outputs| outputs.contains_key(OUTCOME))
    }

    /// The runs that may have repaired the trail, the newest first; none, where they are too few to
    /// use the budget up. How a run ended does not matter: one whose repair is undone at once fails
    /// when it looks again.
    pub fn runs_to_read<'r>(&self, executions: &'r Executions) -> Vec<&'r ExecutionFacts> {
        let may_count = |run: &&ExecutionFacts| {
            run.id != self.execution
                && is_recent(run, self.now)
                && self.own.is_known_to_start(run.executed_by.as_deref())
        };
        let mut runs: Vec<_> = executions.runs.iter().filter(may_count).collect();
        if runs.len() < MOST_REPAIRS {
            return Vec::new();
        }
        runs.sort_by_key(|run| std::cmp::Reverse(run.started.unwrap_or(self.now)));
        runs
    }
}

/// What the runs before this one did to its trail, counted from the newest on.
#[derive(Debug, Clone)]
pub struct Repairs<'a> {
    asks: &'a ExecutionRecord,
    plan: &'a RepairResult,
    times: Vec<Option<Timestamp>>,
    told_by: Option<String>,
}

impl<'a> Repairs<'a> {
    /// None so far, for the run that asks and its plan.
    pub fn before(asks: &'a ExecutionRecord, plan: &'a RepairResult) -> Self {
        Self {
            asks,
            plan,
            times: Vec::new(),
            told_by: None,
        }
    }

    /// Counts what the run did, if that was a repair of this trail.
    pub fn count(&mut self, run: &ExecutionFacts, did: &ExecutionRecord) {
        if !self.is_alike(did) {
            return;
        }
        let mut steps = did.outputs.iter();
        if steps
            .clone()
            .any(|step| self.is_of(step, Outcome::Repaired))
        {
            self.times.push(run.started);
        } else if steps.any(|step| self.has_told(step)) {
            self.told_by.get_or_insert_with(|| run.id.clone());
        }
    }

    /// Whether no further one may be made.
    pub fn use_up_the_budget(&self) -> bool {
        self.times.len() >= MOST_REPAIRS
    }

    /// What comes of the plan, which is not carried out.
    pub fn turn_down(&self) -> RepairResult {
        let plan = self.plan.clone();
        let first = self.times.iter().flatten().min();
        let free = first.and_then(|first| first.checked_add(REPAIR_WINDOW).ok());
        let free = free.map_or_else(|| "an hour".to_owned(), |free| format!("{free:.0}"));
        let text = format!(
            "{} was repaired {} times within the last hour by {} and was changed again; its events \
             still arrive, so that nothing was written. Find who undoes the repairs, then start the \
             runbook in the Systems Manager console; AWS Config repairs again at its rule's first \
             run after {free}",
            plan.trail_arn
                .as_ref()
                .map_or_else(String::new, Arn::to_string),
            self.times.len(),
            self.asks.document,
        );
        let told = self.told_by.as_ref();
        let told = told.map(|id| Entry::new(REPEAT, format!("execution {id} told it")));
        let why = Entry::new(Code::RepairsExhausted.as_str(), text);
        RepairResult {
            outcome: Some(Outcome::RepairsExhausted),
            notes: [why].into_iter().chain(told).chain(plan.notes).collect(),
            remaining: [plan.changes, plan.remaining].concat(),
            changes: Vec::new(),
            steps: Vec::new(),
            ..plan
        }
    }

    /// Whether the run had the same function and role as the one that asks, in the same version of
    /// the document.
    fn is_alike(&self, run: &ExecutionRecord) -> bool {
        let given = |run: &ExecutionRecord| TELLING.map(|name| run.parameters.get(name).cloned());
        run.version == self.asks.version && given(run) == given(self.asks)
    }

    /// Whether a step told this outcome of this trail.
    fn is_of(&self, step: &Outputs, outcome: Outcome) -> bool {
        let trail = self.plan.trail_arn.as_ref().map(Arn::to_string);
        let is_one = |name: &str, value: &str| {
            let values = step.get(name).map(Vec::as_slice);
            values == Some([value.to_owned()].as_slice())
        };
        is_one(OUTCOME, outcome.as_str()) && trail.is_some_and(|trail| is_one("trailArn", &trail))
    }

    /// Whether a step was turned down for the same faults, and its message was sent.
    fn has_told(&self, step: &Outputs) -> bool {
        let listed = |name: &str| {
            let lines = step.get(name).into_iter().flatten();
            let codes = lines.filter_map(|line| line.split_once(": "));
            codes.map(|(code, _)| code).collect::<BTreeSet<_>>()
        };
        let wrong = self.plan.changes.iter().chain(&self.plan.remaining);
        let wrong: BTreeSet<_> = wrong.map(|entry| entry.code.as_str()).collect();
        self.is_of(step, Outcome::RepairsExhausted)
            && listed("notes").is_disjoint(&NOT_SENT.into())
            && listed("remaining") == wrong
    }
}

type Outputs = BTreeMap<String, Vec<String>>;

fn may_wait(entry: &Entry) -> bool {
    MAY_WAIT.iter().any(|code| code.as_str() == entry.code)
}

impl RepairResult {
    /// Whether a run before this one told the same: one message is enough.
    pub fn was_told_before(&self) -> bool {
        self.notes.iter().any(|note| note.code == REPEAT)
    }
}
