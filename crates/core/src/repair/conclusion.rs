//! How a run ended, in the form in which it is reported.

use super::goal::Goal;
use super::journal::Effect;
use super::plan::{Plan, PlannedStep};
use super::step::StepKind;
use super::view::View;
use crate::call_error::{CallError, ErrorClass};
use crate::cloudtrail::reads::bucket_region as bucket_region_of;
use crate::facts::{BucketSetting, Trail};
use crate::remediation::{Delivery, Entry, Outcome, RepairFailure, RepairResult};

/// The code of a run whose writes were all answered well and did not show.
const NOT_EFFECTIVE: &str = "not-effective";

/// The end of a run: its result, or the failure with what was reached.
pub type Ending = Result<RepairResult, RepairFailure>;

/// The end of a run about `trail` with this plan left over.
pub(crate) fn conclude(goal: &Goal, view: &View, trail: Option<&Trail>, plan: &Plan) -> Ending {
    let mut plan = plan.clone();
    if !goal.plan_only {
        let without_effect: Vec<Entry> = plan.steps.iter().map(without_effect).collect();
        plan.remaining.extend(without_effect);
    }
    let is_clean = plan.steps.is_empty() && plan.remaining.is_empty();
    let mut result = report(goal, view, trail, Some(&plan), is_clean);
    if let Some((code, message)) = failure(goal, view, &plan) {
        return Err(RepairFailure {
            code,
            message,
            result: Box::new(result),
        });
    }
    result.outcome = Some(match (is_clean, view.journal.may_have_written()) {
        (false, _) => Outcome::Planned,
        (true, true) => Outcome::Repaired,
        (true, false) => Outcome::AlreadyHealthy,
    });
    Ok(result)
}

/// A step that is still needed when nothing is left to try: each time it was answered as done, and
/// no re-read has shown it.
fn without_effect(planned: &PlannedStep) -> Entry {
    let code = planned.changes.first().map(|change| change.code.as_str());
    let operation = planned.step.kind().operation();
    let resource = planned.step.resource();
    let text = format!(
        "{operation} was answered as done on {resource} and does not show; see whether somebody \
         undoes it, then run it again"
    );
    Entry::new(code.unwrap_or(NOT_EFFECTIVE), text)
}

/// The end of a run whose trail belongs to another account; `unread` is why it could not be told
/// whether that account has made this one its administrator.
pub(crate) fn not_ours(
    goal: &Goal,
    view: &View,
    trail: &Trail,
    unread: Option<&CallError>,
) -> Ending {
    let mut result = report(goal, view, Some(trail), Some(&Plan::default()), false);
    let text = format!(
        "{} belongs to account {}, which alone can change it",
        trail.arn, trail.arn.account
    );
    result.notes.push(Entry::new("not-ours", text));
    let unread = unread.map(|error| Entry::new("organization-not-available", error.to_string()));
    result.notes.extend(unread);
    result.outcome = Some(Outcome::NotOurs);
    Ok(result)
}

/// The end of a run that could not go on.
pub(crate) fn broken_off(
    goal: &Goal,
    view: &View,
    trail: Option<&Trail>,
    code: &str,
    message: String,
) -> Ending {
    let mut result = report(goal, view, trail, None, false);
    result.remaining = vec![Entry::new(code, message.clone())];
    Err(RepairFailure {
        code: code.to_owned(),
        message,
        result: Box::new(result),
    })
}

/// The report; without a plan it is not known what was still needed. `is_confirmed` says that the
/// last re-read shows everything as it should be.
fn report(
    goal: &Goal,
    view: &View,
    trail: Option<&Trail>,
    plan: Option<&Plan>,
    is_confirmed: bool,
) -> RepairResult {
    let changes = if goal.plan_only {
        plan.iter()
            .flat_map(|plan| &plan.steps)
            .flat_map(|planned| planned.changes.clone())
            .collect()
    } else {
        view.journal.changes(is_confirmed)
    };
    let gap = view.gaps.of(trail.map(|trail| &trail.arn));
    RepairResult {
        outcome: None,
        trail_arn: trail.map(|trail| trail.arn.clone()),
        trail_region: trail.map(|trail| trail.home_region.clone()),
        actor: None,
        gap_start: gap.start,
        gap_end: gap.end,
        changes,
        steps: step_lines(goal, view, plan, is_confirmed),
        notes: plan.map(|plan| plan.notes.clone()).unwrap_or_default(),
        remaining: plan.map(|plan| plan.remaining.clone()).unwrap_or_default(),
        delivery: trail.map(|trail| Box::new(delivery(view, trail))),
    }
}

fn delivery(view: &View, trail: &Trail) -> Delivery {
    let bucket_region = view.region_of_bucket(&trail.bucket);
    Delivery {
        bucket_region: bucket_region.unwrap_or_else(|| bucket_region_of(trail)),
        trail: trail.clone(),
    }
}

/// Why the run failed: what it leaves wrong, unless it was only asked for a plan.
fn failure(goal: &Goal, view: &View, plan: &Plan) -> Option<(String, String)> {
    let first = plan.remaining.first().filter(|_| !goal.plan_only)?;
    if let Some(lost) = lost_logging(view, plan) {
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
fn lost_logging(view: &View, plan: &Plan) -> Option<(String, String)> {
    let decides = |kind| matches!(kind, StepKind::StartLogging | StepKind::CreateTrail);
    let given_up = view.journal.given_up();
    if let Some((_, code, error)) = given_up.into_iter().find(|(kind, ..)| decides(*kind)) {
        return Some((code.to_owned(), super::remaining::advice(error)));
    }
    let left = plan
        .steps
        .iter()
        .find(|planned| decides(planned.step.kind()))?;
    Some((NOT_EFFECTIVE.to_owned(), without_effect(left).text))
}

/// A line for every kind of step: what it did, would do, or that it was not needed. A run that
/// came to no plan cannot call any step needless.
fn step_lines(goal: &Goal, view: &View, plan: Option<&Plan>, is_confirmed: bool) -> Vec<Entry> {
    let planned = |kind: StepKind| {
        plan.is_some_and(|plan| plan.steps.iter().any(|planned| planned.step.kind() == kind))
    };
    let withheld = |kind: StepKind| plan.is_some_and(|plan| plan.withheld.contains(&kind));
    let text = |kind: StepKind| match view.journal.best(kind) {
        Some(Ok(effect)) => effect.as_str(),
        // the answer was lost and the effect has been seen
        Some(Err(error)) if is_confirmed && error.class == ErrorClass::Broken => match kind {
            StepKind::CreateTrail | StepKind::CreateBucket => Effect::Added.as_str(),
            _ => Effect::Updated.as_str(),
        },
        Some(Err(_)) => "failed",
        None if goal.plan_only && planned(kind) => "planned",
        None if plan.is_none() || planned(kind) || withheld(kind) => "not-reached",
        None => "not-needed",
    };
    let is_told = |kind: &StepKind| is_asked_for(goal, *kind) || view.journal.best(*kind).is_some();
    StepKind::ALL
        .into_iter()
        .filter(is_told)
        .map(|kind| Entry::new(kind.code(), text(kind)))
        .collect()
}

/// Whether the goal can lead to such a step at all: without a baseline nobody has to read of those
/// that only a baseline calls for.
fn is_asked_for(goal: &Goal, kind: StepKind) -> bool {
    let has_baseline = goal.requirements.baseline_sha256.is_some();
    match kind {
        StepKind::CreateBucket | StepKind::PutBucketSetting(BucketSetting::PublicAccessBlock) => {
            goal.recreate_bucket
        }
        StepKind::PutBucketSetting(BucketSetting::Versioning) => {
            goal.recreate_bucket || has_baseline
        }
        StepKind::PutBucketSetting(_) | StepKind::AddTags => has_baseline,
        _ => true,
    }
}
