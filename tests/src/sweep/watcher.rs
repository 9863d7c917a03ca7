//! Looks at the account before and after every call of a remediator.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailkeeper_core::repair::View;
use trailkeeper_sandbox::{Call, CallRecord, Failure, Recorded, Sandbox, Watch, World};

use super::attack::Attack;
use super::invariant::{Break, Invariant};
use super::loss::lost;
use super::script::FaultLine;
use super::unit::Turn;
use crate::account::{BUCKET, key_arn};

/// Between the read that shows a stopped trail and StartLogging.
const CALLS_TO_START: usize = 2;

/// How the names of operations begin that can only take away.
const TAKES_AWAY: [&str; 8] = [
    "Stop",
    "Remove",
    "Disable",
    "Schedule",
    "DeleteTrail",
    "DeleteBucketPolicy",
    "DeleteObject",
    "DeleteKey",
];

/// What else the watcher keeps to.
#[derive(Default)]
pub(super) struct Rules {
    /// The only trail that may be written to; none: the first one that is.
    pub(super) trail: Option<String>,
    /// An attacker's move before the call with this number, through this handle.
    pub(super) attack: Option<(usize, Attack, Sandbox)>,
    /// What the account recorded before anything happened, where an attacker acts: CloudTrail
    /// takes no write on a condition, so that what he adds between a read and the write that
    /// rests on it is replaced. Nothing else may be.
    pub(super) at_first: Option<Recorded>,
    /// Whose turn it is, where another remediator runs.
    pub(super) turn: Option<Turn>,
}

/// Watches one remediator over all its runs.
pub(super) struct Watcher {
    state: Mutex<State>,
    /// Calls that came to the door, over all runs.
    asked: AtomicUsize,
    rules: Rules,
}

#[derive(Default)]
struct State {
    before: Option<Recorded>,
    trail: Option<String>,
    breaks: Vec<Break>,
    faults: Vec<(FaultLine, u32)>,
    calls: usize,
    writes: usize,
    /// The number of calls in this run at the last strike, and when it was.
    struck: Option<(usize, Timestamp)>,
    /// The trail that existed when a run began and was then seen to be stopped, and after how
    /// many calls.
    stopped: Option<usize>,
    existed: Option<bool>,
    total: u64,
    /// All that this run was answered.
    heard: DefaultHasher,
    /// All that its next steps hang on: what it knew when it last decided, and the answers since.
    mind: Option<DefaultHasher>,
}

impl Watcher {
    pub(super) fn new(faults: &[FaultLine], rules: Rules) -> Arc<Self> {
        let state = State {
            faults: faults.iter().map(|fault| (fault.clone(), 0)).collect(),
            trail: rules.trail.clone(),
            ..State::default()
        };
        Arc::new(Self {
            state: Mutex::new(state),
            asked: AtomicUsize::new(0),
            rules,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new run begins.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        (state.calls, state.writes) = (0, 0);
        (state.struck, state.stopped, state.existed) = (None, None, None);
        state.heard = DefaultHasher::new();
        if self.rules.trail.is_none() {
            state.trail = None;
        }
    }

    /// The faults are over.
    pub(super) fn calm(&self) {
        self.state().faults.clear();
    }

    pub(super) fn breaks(&self) -> Vec<Break> {
        self.state().breaks.clone()
    }

    /// Calls of all runs.
    pub(super) fn total(&self) -> u64 {
        self.state().total
    }

    /// Writes of this run.
    pub(super) fn writes(&self) -> usize {
        self.state().writes
    }

    /// Whether a fault struck in this run.
    pub(super) fn was_struck(&self) -> bool {
        self.state().struck.is_some()
    }

    /// Calls and time in this run since the last strike, or since its beginning.
    pub(super) fn since_strike(&self, began: Timestamp, now: Timestamp) -> (usize, SignedDuration) {
        let state = self.state();
        let (calls, at) = state.struck.unwrap_or((0, began));
        (state.calls - calls, now.duration_since(at))
    }

    /// What stands for all that this run was answered, and when.
    pub(super) fn heard(&self) -> u64 {
        self.state().heard.finish()
    }

    /// The run decides now, knowing `view`.
    pub(super) fn decides(&self, view: &View, now: Timestamp) {
        let mut mind = DefaultHasher::new();
        (now, format!("{view:?}")).hash(&mut mind);
        self.state().mind = Some(mind);
    }

    /// What stands for all that this run will do, and that will be found about it, if it is
    /// answered the same from now on.
    pub(super) fn mind(&self) -> u64 {
        let state = self.state();
        let mut mind = state.mind.clone().unwrap_or_default();
        let since = state.stopped.map(|seen| state.calls - seen);
        (since, state.existed, &state.trail).hash(&mut mind);
        mind.finish()
    }

    /// How many calls have come to the door so far.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Watch for Watcher {
    fn may_pass(&self, call: &Call) -> Poll<()> {
        if let Some(turn) = &self.rules.turn {
            return turn.may_pass(call);
        }
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        if let Some((position, attack, sandbox)) = &self.rules.attack
            && *position == number
        {
            attack.act(sandbox);
        }
        Poll::Ready(())
    }

    fn before(&self, call: &Call, world: &World) {
        let mut state = self.state();
        if call.is_write() {
            state.before = Some(world.recorded());
        }
    }

    fn after(&self, record: &CallRecord, answer: &Result<Value, Failure>, world: &World) {
        let mut state = self.state();
        state.total += 1;
        state.calls += 1;
        state.hear(record, answer);
        state.strike(record);
        state.time_to_start(record, answer);
        if record.write && record.service != "config" {
            state.writes += 1;
            state.check_write(record, world, self.rules.at_first.as_ref());
        }
    }
}

impl State {
    fn hear(&mut self, record: &CallRecord, answer: &Result<Value, Failure>) {
        let mut heard = DefaultHasher::new();
        (record.at, &record.operation).hash(&mut heard);
        match answer {
            Ok(value) => value.hash(&mut heard),
            Err(failure) => format!("{failure:?}").hash(&mut heard),
        }
        heard.finish().hash(&mut self.heard);
        if let Some(mind) = &mut self.mind {
            heard.finish().hash(mind);
        }
    }

    fn strike(&mut self, record: &CallRecord) {
        let calls = self.calls;
        for (fault, seen) in &mut self.faults {
            if fault.service == record.service && fault.operation == record.operation {
                *seen += 1;
                if fault.strikes(*seen) {
                    self.struck = Some((calls, record.at));
                }
            }
        }
    }

    /// A4, for a trail that was there when the run began: one that the run makes is started when
    /// it is complete.
    fn time_to_start(&mut self, record: &CallRecord, answer: &Result<Value, Failure>) {
        match (record.operation.as_str(), answer) {
            ("CreateTrail", _) => self.existed = Some(false),
            ("GetTrailStatus", Ok(answer)) if self.stopped.is_none() => {
                let stops = answer["IsLogging"] == Value::Bool(false);
                let here = stops && self.existed != Some(false);
                self.stopped = here.then_some(self.calls);
            }
            ("StartLogging", _) => {
                let between = self.stopped.map(|seen| self.calls - seen - 1);
                if let Some(between) = between.filter(|between| *between > CALLS_TO_START)
                    && self.struck.is_none()
                {
                    let text =
                        format!("{between} calls between seeing it stopped and StartLogging");
                    self.breaks.push(Break::new(Invariant::A4, text));
                }
                self.existed = Some(false);
                self.stopped = None;
            }
            _ => {}
        }
    }

    fn check_write(&mut self, record: &CallRecord, world: &World, at_first: Option<&Recorded>) {
        let operation = &record.operation;
        if TAKES_AWAY.iter().any(|verb| operation.starts_with(verb)) {
            let text = format!("{operation} can only take away");
            self.breaks.push(Break::new(Invariant::I1, text));
        }
        // a trail that CloudTrail refuses to make is nobody's target
        let before_trails = self.before.as_ref().map(|before| &before.trails);
        let is_refused = operation == "CreateTrail"
            && record.outcome != "ok"
            && before_trails == Some(&world.recorded().trails);
        let target = (!is_refused).then(|| self.wrong_target(record)).flatten();
        if let Some(target) = target {
            let text = format!("{operation} went to {target}");
            self.breaks.push(Break::new(Invariant::I6, text));
        }
        let Some(before) = self.before.take() else {
            return;
        };
        let after = world.recorded();
        let had = |broken: &Break| {
            at_first.is_none_or(|first| lost(first, &after).as_ref() == Some(broken))
        };
        if let Some(broken) = lost(&before, &after).filter(had) {
            let text = format!("{operation}: {}", broken.text);
            self.breaks.push(Break::new(broken.invariant, text));
        }
        if let Some(elsewhere) = self.changed_elsewhere(&before, &after) {
            let text = format!("{operation} changed {elsewhere}");
            self.breaks.push(Break::new(Invariant::I6, text));
        }
    }

    /// What a write names that is neither the trail nor its bucket nor its key.
    fn wrong_target(&mut self, record: &CallRecord) -> Option<String> {
        let named = |members: &[&str]| {
            let mut texts = members
                .iter()
                .filter_map(|member| record.input.get(*member));
            texts.find_map(Value::as_str).map(str::to_owned)
        };
        match record.service.as_str() {
            "cloudtrail" => {
                let name = named(&["Name", "TrailName", "TrailARN", "ResourceId"])?;
                let trail = self.trail.get_or_insert_with(|| name.clone());
                let is_same = *trail == name
                    || trail.ends_with(&format!("/{name}"))
                    || name.ends_with(&format!("/{trail}"));
                (!is_same).then_some(name)
            }
            "s3" => named(&["Bucket"]).filter(|name| name != BUCKET),
            "kms" => named(&["KeyId"]).filter(|name| *name != key_arn()),
            other => Some(other.to_owned()),
        }
    }

    fn changed_elsewhere(&self, before: &Recorded, after: &Recorded) -> Option<String> {
        let target = self.trail.as_deref().unwrap_or_default();
        let is_target = |arn: &str| arn == target || arn.ends_with(&format!("/{target}"));
        let trails = after.trails.iter();
        let trail = trails
            .filter(|(arn, one)| !is_target(arn) && before.trails.get(*arn) != Some(one))
            .map(|(arn, _)| arn.clone())
            .next();
        let mut buckets = after.buckets.iter();
        let mut bucket = || {
            buckets.find(|(name, one)| *name != BUCKET && before.buckets.get(*name) != Some(one))
        };
        let mut keys = after.keys.iter();
        let mut key =
            || keys.find(|(arn, one)| **arn != key_arn() && before.keys.get(*arn) != Some(one));
        trail
            .or_else(|| bucket().map(|(name, _)| name.clone()))
            .or_else(|| key().map(|(arn, _)| arn.clone()))
    }
}
