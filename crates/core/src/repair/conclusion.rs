//! How a run ended, in the form in which it is reported.

use super::goal::Goal;
use super::plan::Plan;
use super::step::StepKind;
use super::view::View;
use crate::facts::Trail;
use crate::remediation::{Entry, Outcome, RepairFailure, RepairResult};

/// The end of a run: its result, or the failure with what was reached.
pub type Ending = Result<RepairResult, RepairFailure>;

/// The end of a run about `trail` with this plan left over.
pub(crate) fn conclude(goal: &Goal, view: &View, trail: Option<&Trail>, plan: &Plan) -> Ending {
    let mut result = report(goal, view, trail, plan);
    if let Some((code, message)) = failure(goal, view, plan) {
        return Err(RepairFailure {
            code,
            message,
            result: Box::new(result),
        });
    }
    let is_clean = plan.steps.is_empty() && plan.remaining.is_empty();
    result.outcome = Some(match (is_clean, view.journal.has_written()) {
        (false, _) => Outcome::Planned,
        (true, true) => Outcome::Repaired,
        (true, false) => Outcome::AlreadyHealthy,
    });
    Ok(result)
}

/// The end of a run whose trail belongs to another account.
pub(crate) fn not_ours(goal: &Goal, view: &View, trail: &Trail) -> Ending {
    let mut result = report(goal, view, Some(trail), &Plan::default());
    let text = format!(
        "{} belongs to account {}, which alone can change it",
        trail.arn, trail.arn.account
    );
    result.notes.push(Entry::new("not-ours", text));
    result.outcome = Some(Outcome::NotOurs);
    Ok(result)
}

/// The end of a run that could not go on.
pub(crate) fn broken_off(goal: &Goal, view: &View, code: &str, message: String) -> Ending {
    let mut result = report(goal, view, None, &Plan::default());
    result.remaining = vec![Entry::new(code, message.clone())];
    Err(RepairFailure {
        code: code.to_owned(),
        message,
        result: Box::new(result),
    })
}

fn report(goal: &Goal, view: &View, trail: Option<&Trail>, plan: &Plan) -> RepairResult {
    let changes = if goal.plan_only {
        plan.steps
            .iter()
            .flat_map(|planned| planned.changes.clone())
            .collect()
    } else {
        view.journal.changes()
    };
    RepairResult {
        outcome: None,
        trail_arn: trail.map(|trail| trail.arn.clone()),
        trail_region: trail.map(|trail| trail.home_region.clone()),
        actor: None,
        gap_start: view.gap.start,
        gap_end: view.gap.end,
        changes,
        steps: step_lines(goal, view, plan),
        notes: plan.notes.clone(),
        remaining: plan.remaining.clone(),
    }
}

/// Why the run failed: what it leaves wrong, unless it was only asked for a plan.
fn failure(goal: &Goal, view: &View, plan: &Plan) -> Option<(String, String)> {
    let first = plan.remaining.first().filter(|_| !goal.plan_only)?;
    if let Some(lost) = lost_logging(view) {
        return Some(lost);
    }
    let texts: Vec<String> = plan.remaining.iter().map(Entry::to_string).collect();
    let message = texts.join("; ");
    if !view.journal.has_written() {
        return Some((first.code.clone(), message));
    }
    let message = format!("not all of the trail could be repaired; what remains: {message}");
    Some(("partly-repaired".to_owned(), message))
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
fn step_lines(goal: &Goal, view: &View, plan: &Plan) -> Vec<Entry> {
    let planned = |kind: StepKind| plan.steps.iter().any(|planned| planned.step.kind() == kind);
    let text = |kind: StepKind| match view.journal.best(kind) {
        Some(Ok(effect)) => effect.as_str(),
        Some(Err(_)) => "failed",
        None if goal.plan_only && planned(kind) => "planned",
        None if planned(kind) => "not-reached",
        None => "not-needed",
    };
    StepKind::ALL
        .into_iter()
        .map(|kind| Entry::new(kind.code(), text(kind)))
        .collect()
}
