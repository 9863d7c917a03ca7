//! How a run ended, in the form in which it is reported.

use std::fmt;

use jiff::Timestamp;

use super::goal::Goal;
use super::plan::Plan;
use super::step::StepKind;
use super::view::View;
use crate::identity::{Arn, Region};

/// A reported fact: a stable code and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The code.
    pub code: String,
    /// The text.
    pub text: String,
}

impl Line {
    /// A line of `code` with `text`.
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Something was written, everything was read again, and nothing is left to do.
    Repaired,
    /// Nothing was wrong and nothing was written.
    AlreadyHealthy,
    /// Something is wrong and, as asked, nothing was written.
    Planned,
    /// The trail belongs to another account.
    NotOurs,
    /// Something is left that the run could not do.
    Failed {
        /// The stable code.
        code: String,
        /// One sentence.
        message: String,
    },
}

/// Everything that is reported of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// How it ended.
    pub ending: Ending,
    /// The trail, where one was found or made.
    pub trail_arn: Option<Arn>,
    /// Its home Region.
    pub trail_region: Option<Region>,
    /// Since when nothing was recorded.
    pub gap_start: Option<Timestamp>,
    /// When logging was seen on again.
    pub gap_end: Option<Timestamp>,
    /// What was changed, or would be.
    pub changes: Vec<Line>,
    /// What each step came to: `start-logging: updated`.
    pub steps: Vec<Line>,
    /// What is worth knowing.
    pub notes: Vec<Line>,
    /// What is still wrong.
    pub remaining: Vec<Line>,
}

impl Conclusion {
    /// The end of a run with this plan left over.
    pub(crate) fn of(
        goal: &Goal,
        view: &View,
        trail: Option<(&Arn, &Region)>,
        plan: Plan,
    ) -> Self {
        let ending = ending(goal, view, &plan);
        let changes = if goal.plan_only {
            plan.steps.iter().flat_map(|planned| planned.changes.clone()).collect()
        } else {
            view.journal.changes()
        };
        Self {
            ending,
            trail_arn: trail.map(|(arn, _)| arn.clone()),
            trail_region: trail.map(|(_, region)| region.clone()),
            gap_start: view.gap.start,
            gap_end: view.gap.end,
            changes,
            steps: step_lines(goal, view, &plan),
            notes: plan.notes,
            remaining: plan.remaining,
        }
    }

    /// The end of a run that could not go on, with nothing planned.
    pub(crate) fn failed(goal: &Goal, view: &View, code: &str, message: String) -> Self {
        let mut conclusion = Self::of(goal, view, None, Plan::default());
        conclusion.remaining = vec![Line::new(code, message.clone())];
        conclusion.ending = Ending::Failed { code: code.to_owned(), message };
        conclusion
    }
}

fn ending(goal: &Goal, view: &View, plan: &Plan) -> Ending {
    if goal.plan_only && !(plan.steps.is_empty() && plan.remaining.is_empty()) {
        return Ending::Planned;
    }
    let Some(first) = plan.remaining.first() else {
        let written = view.journal.has_written();
        return if written { Ending::Repaired } else { Ending::AlreadyHealthy };
    };
    let lost = lost_logging(view);
    if let Some((code, message)) = lost {
        return Ending::Failed { code, message };
    }
    let texts: Vec<String> = plan.remaining.iter().map(Line::to_string).collect();
    let message = texts.join("; ");
    if view.journal.has_written() {
        let message = format!("logging is restored, but not all of the trail: {message}");
        return Ending::Failed { code: "partly-repaired".to_owned(), message };
    }
    Ending::Failed { code: first.code.clone(), message }
}

/// The failure that left the account without this trail's records, which is more than partly.
fn lost_logging(view: &View) -> Option<(String, String)> {
    let (_, code, error) = view
        .journal
        .given_up()
        .into_iter()
        .find(|(kind, ..)| matches!(kind, StepKind::StartLogging | StepKind::CreateTrail))?;
    Some((code.to_owned(), super::remaining::advice(error)))
}

/// A line for every kind of step: what it did, would do, or that it was not needed.
fn step_lines(goal: &Goal, view: &View, plan: &Plan) -> Vec<Line> {
    let planned = |kind: StepKind| plan.steps.iter().any(|planned| planned.step.kind() == kind);
    StepKind::ALL
        .into_iter()
        .map(|kind| {
            let done = view.journal.best(kind);
            let text = match done {
                Some(Ok(effect)) => effect.as_str(),
                Some(Err(_)) => "failed",
                None if goal.plan_only && planned(kind) => "planned",
                None if planned(kind) => "not-reached",
                None => "not-needed",
            };
            Line::new(kind.code(), text)
        })
        .collect()
}
