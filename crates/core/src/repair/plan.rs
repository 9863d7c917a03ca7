//! The plan: every write that is still needed, in the order that can only add logging.

use jiff::Timestamp;

use super::baseline_steps::{SettingSteps, setting_steps, tag_step};
use super::goal::Goal;
use super::journal::Journal;
use super::reaction::Part;
use super::remaining::{what_stays_wrong, why_given_up, why_without_key};
use super::selectors::{may_record_data, widened, widened_insights};
use super::step::{Step, StepKind};
use super::store_steps::{StoreSteps, bucket_steps, key_steps};
use super::survey::Survey;
use super::trail_steps::{create_step, update_step};
use crate::cloudtrail::coverage::ManagementCoverage;
use crate::cloudtrail::data_events::{lacking, records_all, resource_types};
use crate::facts::{Fact, InsightSelector, Trail};
use crate::identity::{Arn, Caller};
use crate::remediation::Entry;

/// A step and what it changes, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The write.
    pub step: Step,
    /// What it changes: the code of the finding that it repairs, and the field with what was
    /// seen and what is wanted.
    pub changes: Vec<Entry>,
    /// The trail for whose sake it is made, which is the run's from then on; none where it is yet
    /// to be made.
    pub trail: Option<Arn>,
}

impl PlannedStep {
    pub(crate) fn new(step: Step, code: &str, change: impl Into<String>) -> Self {
        Self {
            step,
            changes: vec![Entry::new(code, change)],
            trail: None,
        }
    }
}

/// What is to be done, what cannot be done, and what the reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The writes, in order.
    pub steps: Vec<PlannedStep>,
    /// Writes that are needed and cannot be made as things are; why stands in `remaining`.
    pub withheld: Vec<StepKind>,
    /// What will still be wrong after them.
    pub remaining: Vec<Entry>,
    /// What is not wrong and still worth knowing.
    pub notes: Vec<Entry>,
}

/// Plans from a complete survey. Steps that this run has given up are left out and named among
/// what remains.
pub(crate) fn plan(
    goal: &Goal,
    caller: &Caller,
    survey: &Survey,
    journal: &Journal,
    now: Timestamp,
) -> Plan {
    let given_up: Vec<StepKind> = journal.given_up().iter().map(|(kind, ..)| *kind).collect();
    let bucket = without_given_up(bucket_steps(goal, caller, survey), &given_up);
    let settings = setting_steps(goal, caller, survey).without(&given_up);
    let key = without_given_up(key_steps(goal, survey), &given_up);
    let seen = survey;
    let mut survey = seen.clone();
    if key.blocked {
        keep_key(&mut survey);
    }
    let stores = Stores {
        bucket: &bucket,
        key: &key,
        settings: &settings,
    };
    let mut steps = trail_steps(goal, &survey, &stores, journal);
    steps.retain(|planned| !given_up.contains(&planned.step.kind()));
    let blocked = blocked_update(&survey, &bucket);
    let mut plan = Plan {
        withheld: withheld(&survey, &steps, !blocked.is_empty()),
        steps,
        remaining: survey.remaining.clone(),
        notes: survey.notes.clone(),
    };
    plan.remaining.extend(bucket.remaining);
    plan.remaining.extend(key.remaining);
    plan.remaining.extend(why_given_up(journal));
    if key.blocked {
        why_without_key(goal, caller, seen, now, &mut plan);
    }
    what_stays_wrong(goal, caller, &survey, journal, now, &mut plan);
    plan.remaining.extend(blocked);
    plan
}

/// The writes that the state of bucket or key forbids.
fn withheld(survey: &Survey, steps: &[PlannedStep], is_update_blocked: bool) -> Vec<StepKind> {
    let is_planned = |kind| steps.iter().any(|planned| planned.step.kind() == kind);
    if survey.current.is_none() && !is_planned(StepKind::CreateTrail) {
        return vec![StepKind::CreateTrail, StepKind::StartLogging];
    }
    let update = is_update_blocked.then_some(StepKind::UpdateTrail);
    update.into_iter().collect()
}

/// The drift that stays because CloudTrail takes no change of a trail whose bucket refuses it.
fn blocked_update(survey: &Survey, bucket: &StoreSteps) -> Vec<Entry> {
    let current = survey.current.as_ref();
    let withheld = current.filter(|seen| !may_update(seen, survey, bucket));
    let update = withheld.and_then(|seen| update_step(seen, &survey.wanted.trail));
    update.map(|planned| planned.changes).unwrap_or_default()
}

/// Whether the trail may be changed with this bucket. One that may only not be looked at keeps
/// nobody from widening a trail that goes on delivering to it: CloudTrail looks itself.
fn may_update(seen: &Trail, survey: &Survey, bucket: &StoreSteps) -> bool {
    let wanted = &survey.wanted.trail;
    let stays = seen.bucket == wanted.bucket && seen.key_prefix == wanted.key_prefix;
    !bucket.blocked || bucket.unread && stays
}

/// A store whose repair was given up blocks the trail as if it could not be repaired at all.
fn without_given_up(mut store: StoreSteps, given_up: &[StepKind]) -> StoreSteps {
    let before = store.steps.len();
    store
        .steps
        .retain(|planned| !given_up.contains(&planned.step.kind()));
    store.blocked |= store.steps.len() < before;
    store
}

/// CloudTrail refuses a trail with an unusable key, and logging matters more than encryption:
/// the trail keeps the key that it has, or none.
fn keep_key(survey: &mut Survey) {
    let seen = survey
        .current
        .as_ref()
        .and_then(|trail| trail.kms_key_id.clone());
    survey.wanted.trail.kms_key_id = seen;
}

/// What is to be done to bucket and key.
struct Stores<'a> {
    bucket: &'a StoreSteps,
    key: &'a StoreSteps,
    settings: &'a SettingSteps,
}

impl Stores<'_> {
    /// The steps that come before any change of the trail: the bucket itself, the settings under
    /// which nothing could be delivered, then the policies.
    fn steps(&self) -> impl Iterator<Item = PlannedStep> {
        let is_made = |planned: &&PlannedStep| planned.step.kind() == StepKind::CreateBucket;
        let made = self.bucket.steps.iter().filter(is_made);
        let others = self.bucket.steps.iter().filter(move |one| !is_made(one));
        made.chain(&self.settings.before)
            .chain(others)
            .chain(&self.key.steps)
            .cloned()
    }
}

fn trail_steps(
    goal: &Goal,
    survey: &Survey,
    stores: &Stores<'_>,
    journal: &Journal,
) -> Vec<PlannedStep> {
    let wanted = &survey.wanted.trail;
    let bucket = stores.bucket;
    let Some(current) = &survey.current else {
        let is_ours = survey.wanted.owns_bucket == Some(Fact::Known(true));
        let blocked = bucket.blocked && !(bucket.unread && is_ours);
        return creation(goal, survey, stores, blocked, journal);
    };
    let start = start_step(survey, journal);
    // a trail made by this very run starts last, when it is complete, unless that takes long
    let (first, last) = if was_created_here(journal) && !is_held_up(journal) {
        (None, start)
    } else {
        (start, None)
    };
    let update = update_step(current, wanted).filter(|_| may_update(current, survey, bucket));
    first
        .into_iter()
        .chain(stores.steps())
        .chain(update)
        .chain(selector_step(goal, survey))
        .chain(insight_step(goal, survey, journal))
        .chain(last)
        .chain(stores.settings.after.iter().cloned())
        .chain(tag_step(survey))
        .collect()
}

/// A new trail: its stores first, logging last. A new trail records all management events, so
/// its selectors need no step.
fn creation(
    goal: &Goal,
    survey: &Survey,
    stores: &Stores<'_>,
    bucket_blocked: bool,
    journal: &Journal,
) -> Vec<PlannedStep> {
    let wanted = &survey.wanted.trail;
    let given_up = journal.given_up();
    let cannot_be = given_up
        .iter()
        .any(|(kind, ..)| *kind == StepKind::CreateTrail);
    // without the trail there is nothing to start; a bucket to be made comes before everything
    if bucket_blocked || cannot_be {
        let is_made = |planned: &PlannedStep| planned.step.kind() == StepKind::CreateBucket;
        return stores.steps().filter(is_made).collect();
    }
    let insights = insights_for(goal, survey, &[], journal);
    let start = started(wanted, never_started(wanted));
    stores
        .steps()
        .chain([create_step(wanted)])
        .chain(insights)
        .chain([start])
        .chain(stores.settings.after.iter().cloned())
        .collect()
}

/// Whether this run made the trail.
pub(crate) fn was_created_here(journal: &Journal) -> bool {
    journal
        .last(StepKind::CreateTrail)
        .is_some_and(|attempt| attempt.result.is_ok())
}

/// Whether a step that comes before the start of a new trail has failed and may be tried again.
fn is_held_up(journal: &Journal) -> bool {
    [
        StepKind::UpdateTrail,
        StepKind::PutEventSelectors,
        StepKind::PutInsightSelectors,
    ]
    .into_iter()
    .any(|kind| journal.reaction(kind).is_some())
}

/// StartLogging, where the trail is known to be stopped, and once where its status may not be
/// read: whoever stops a trail may hide it too, and starting a trail that logs changes nothing.
pub(crate) fn start_step(survey: &Survey, journal: &Journal) -> Option<PlannedStep> {
    let trail = &survey.wanted.trail;
    let status = match survey.wanted.status.as_ref()? {
        Fact::Known(status) => status,
        Fact::Denied(_) if journal.successes(StepKind::StartLogging) == 0 => {
            let change = format!("{} may be stopped: its status may not be read", trail.name);
            return Some(started(trail, change));
        }
        Fact::Denied(_) | Fact::Unavailable(_) => return None,
    };
    if status.is_logging != Some(false) {
        return None;
    }
    let name = &trail.name;
    let change = match (status.stop_logging_time, status.start_logging_time) {
        (Some(at), _) => format!("{name} stopped since {at:.0} -> logging"),
        (None, Some(_)) => format!("{name} stopped -> logging"),
        (None, None) => never_started(trail),
    };
    Some(started(trail, change))
}

fn never_started(trail: &Trail) -> String {
    format!("{} was never started -> logging", trail.name)
}

fn started(trail: &Trail, change: String) -> PlannedStep {
    PlannedStep::new(
        Step::StartLogging(trail.arn.clone()),
        "trail-not-logging",
        change,
    )
}

fn selector_step(goal: &Goal, survey: &Survey) -> Option<PlannedStep> {
    let seen = survey.wanted.selectors.as_ref()?.known()?;
    let wanted = goal.requirements.management_events;
    let before = survey.baseline().map(|baseline| &baseline.event_selectors);
    let selectors = widened(seen, wanted, before)?;
    let trail = &survey.wanted.trail;
    let mut changes = Vec::new();
    if !ManagementCoverage::of(seen).satisfies(wanted) {
        let change = "management events: all reads and writes, no source left out";
        changes.push(Entry::new("management-events-missing", change));
    }
    if let Some(before) = before.filter(|before| !records_all(seen, before))
        && records_all(&selectors, before)
    {
        let types = resource_types(&lacking(seen, before)).join(", ");
        let change = format!("data events of the baseline: {types}");
        changes.push(Entry::new("data-events-missing", change));
    }
    let step = Step::PutEventSelectors(trail.arn.clone(), selectors);
    Some(PlannedStep {
        step,
        changes,
        trail: None,
    })
}

fn insight_step(goal: &Goal, survey: &Survey, journal: &Journal) -> Option<PlannedStep> {
    match survey.wanted.insights.as_ref()? {
        Fact::Known(seen) => insights_for(goal, survey, seen, journal),
        Fact::Denied(_) | Fact::Unavailable(_) => None,
    }
}

fn insights_for(
    goal: &Goal,
    survey: &Survey,
    seen: &[InsightSelector],
    journal: &Journal,
) -> Option<PlannedStep> {
    if journal
        .dropped()
        .iter()
        .any(|(part, _)| *part == Part::Insights)
    {
        return None;
    }
    let events = survey.wanted.selectors.as_ref().and_then(Fact::known);
    let wanted = &goal.requirements.insights;
    let selectors = widened_insights(seen, wanted, may_record_data(events))?;
    let names: Vec<&str> = selectors
        .iter()
        .map(|one| one.insight_type.as_str())
        .collect();
    let change = format!("Insights {}", names.join(", "));
    let step = Step::PutInsightSelectors(survey.wanted.trail.arn.clone(), selectors);
    Some(PlannedStep::new(step, "insights-missing", change))
}
