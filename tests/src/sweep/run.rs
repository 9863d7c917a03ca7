//! One scenario: runs of the remediator from a start, under faults and attacks, until it has come
//! through, and what must hold then.

use std::sync::Arc;

use serde_json::Value;
use trailkeeper_core::remediation::Outcome;
use trailkeeper_core::repair::Ending;
use trailkeeper_sandbox::Recorded;

use super::attack::Attacks;
use super::figures::Counted;
use super::invariant::{Break, Invariant};
use super::loss::{difference, lost};
use super::memory::Heard;
use super::poll::finish;
use super::script::{FaultLine, Script};
use super::start::Start;
use super::watcher::{Rules, Watcher};
use crate::run::Account;

/// I3. Where a run without any fault comes near to that many calls by itself, with five trails or
/// a baseline to read or everything to mend, it is that run and one more look at everything. Thrice
/// as many after a write that was answered as done and does not show, for it is looked for several
/// times before it is made again; and after a read that was refused, for the run does what it can
/// without it and comes back.
const CALLS: usize = 25;
const PASS: usize = 8;
const SECONDS: i64 = 60;
/// More runs in a row than any scenario needs.
const RUNS: usize = 6;
/// Until a trail has delivered again.
const DELIVERED: i64 = 70;

/// How a remediator runs, and what it may ask about what it has heard: none where it was killed.
pub type Driver<'a> = dyn Fn(&Account, &Heard<'_>) -> Option<Ending> + Sync + 'a;

/// How a scenario ended.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// The invariants that it broke.
    pub breaks: Vec<Break>,
    /// The calls that it made.
    pub calls: u64,
    /// Of those, the calls before which an attacker can act: those of the first run.
    pub positions: usize,
}

impl Ended {
    /// The scenario as counted, with its script where it broke something.
    pub fn counted(self, script: &Script) -> Counted {
        let breaks: Vec<String> = self.breaks.iter().map(Break::to_string).collect();
        let broken = (!breaks.is_empty()).then(|| {
            format!(
                "TRAILKEEPER_SWEEP_SCRIPT='{script}'\n    {}",
                breaks.join("\n    ")
            )
        });
        Counted {
            runs: 1,
            calls: self.calls,
            needless: 0,
            unsampled: 0,
            broken: broken.into_iter().collect(),
        }
    }
}

/// Notes of a run that goes without a part of the trail, because CloudTrail says that it does not
/// offer it here.
const WAIVERS: [&str; 2] = ["insights-not-offered", "organization-not-available"];

/// The parts that a run went without.
pub(super) fn waived(ending: &Ending) -> Vec<&'static str> {
    let notes = match ending {
        Ok(result) => &result.notes,
        Err(failure) => &failure.result.notes,
    };
    let told = |code: &&str| notes.iter().any(|note| note.code == *code);
    WAIVERS.into_iter().filter(told).collect()
}

/// Whether a run has come through.
pub(super) fn is_good(ending: &Ending) -> bool {
    let outcome = ending.as_ref().ok().and_then(|result| result.outcome);
    matches!(outcome, Some(Outcome::Repaired | Outcome::AlreadyHealthy))
}

/// Plays a scenario with the product's own driver or another.
pub fn play(start: &Start, script: &Script, attacks: &Attacks, driver: &Driver<'_>) -> Ended {
    let mut account = start.account.copy();
    let attack = script.attack.as_ref().map(|(position, name)| {
        let attack = attacks.named(name).clone();
        (*position, attack, account.sandbox.clone())
    });
    let attack_end = attack
        .as_ref()
        .map(|(_, attack, _)| attacks.end(start, attack));
    for fault in &script.faults {
        account.sandbox.inject(fault.fault());
    }
    let is_lied_to = script.faults.iter().any(|fault| fault.is_lie());
    let may_move = is_lied_to || attack.is_some() || adopts(&account) && !script.faults.is_empty();
    let rules = Rules {
        trail: (!may_move).then(|| start.clean.trail.clone()),
        at_first: attack
            .is_some()
            .then(|| account.sandbox.with_world(|world| world.recorded())),
        attack,
        turn: None,
    };
    let watcher = Watcher::new(&script.faults, rules);
    account.sandbox = account.sandbox.watched(watcher.clone());
    let scene = Scene {
        start,
        script,
        account: &account,
        watcher: &watcher,
        driver,
        attack_end,
    };
    let mut breaks = scene.come_through();
    if breaks.is_empty() {
        breaks.extend(scene.stay());
    }
    let mut all = watcher.breaks();
    all.append(&mut breaks);
    if script.faults.iter().any(FaultLine::is_unknowable) {
        all.retain(|one| matches!(one.invariant, Invariant::I6 | Invariant::A4));
    }
    Ended {
        breaks: all,
        calls: watcher.total(),
        positions: watcher.asked(),
    }
}

/// Whether another trail may be taken over: which is the best can be told only from what can be
/// read, and with faults that may be another one than without.
fn adopts(account: &Account) -> bool {
    let asked = account.payload.get("AdoptExistingTrail");
    asked.and_then(Value::as_bool) == Some(true)
}

struct Scene<'a> {
    start: &'a Start,
    script: &'a Script,
    account: &'a Account,
    watcher: &'a Watcher,
    driver: &'a Driver<'a>,
    /// What a run leads to that finds the attacker's move made.
    attack_end: Option<Arc<Recorded>>,
}

impl Scene<'_> {
    fn run(&self) -> Option<Ending> {
        (self.driver)(self.account, &|| self.watcher.heard())
    }

    /// Runs until one run is good. Faults that never end are over after the first run.
    fn come_through(&self) -> Vec<Break> {
        let endless = self
            .script
            .faults
            .iter()
            .any(|fault| fault.strikes(u32::MAX));
        let unseen = self.script.faults.iter().any(|fault| fault.is_lie());
        for run in 0..RUNS {
            let began = self.account.sandbox.now();
            self.watcher.begin();
            let asked = self.watcher.asked();
            let ending = self.run();
            let is_attacked = self.is_attacked_from(asked);
            if let Some(broken) = ending
                .as_ref()
                .and_then(|ending| self.claim(ending, is_attacked))
            {
                return vec![broken];
            }
            let was_struck = self.watcher.was_struck() || is_attacked;
            let lasts = endless && run == 0;
            if lasts {
                self.account.sandbox.clear_faults();
                self.watcher.calm();
            }
            let good = ending
                .as_ref()
                .is_some_and(|ending| is_good(ending) && !self.goes_without(ending));
            // what the attacker did after the last look the next run sees
            let is_over = !is_attacked && !self.is_still_to_come();
            if good && is_over && (!lasts || !was_struck) {
                return self.in_time(began, unseen);
            }
            if !good && !was_struck {
                let text = format!("a run that nothing disturbed ended so: {ending:?}");
                return vec![Break::new(Invariant::I3, text)];
            }
        }
        vec![Break::new(Invariant::I3, format!("not after {RUNS} runs"))]
    }

    fn may_end_otherwise(&self) -> bool {
        self.script.attack.is_some() || adopts(self.account) && !self.script.faults.is_empty()
    }

    fn is_still_to_come(&self) -> bool {
        let position = self.script.attack.as_ref().map(|(position, _)| *position);
        position.is_some_and(|position| position >= self.watcher.asked())
    }

    fn is_attacked_from(&self, asked: usize) -> bool {
        let position = self.script.attack.as_ref().map(|(position, _)| *position);
        position.is_some_and(|position| (asked..self.watcher.asked()).contains(&position))
    }

    /// Whether a run went without a part that a run without a fault has.
    fn goes_without(&self, ending: &Ending) -> bool {
        // an attacker's deletion makes a new trail of any, which may be one of less
        let usual = &self.start.clean.waived;
        self.script.attack.is_none() && waived(ending).iter().any(|part| !usual.contains(part))
    }

    /// I4. Answers that lie make no liar of who believes them, as long as they last; and what an
    /// attacker does after the last look nobody has seen.
    fn claim(&self, ending: &Ending, is_attacked: bool) -> Option<Break> {
        let lies = self.script.faults.iter().filter(|fault| fault.is_lie());
        let is_lied_to = lies.into_iter().any(|fault| !fault.is_write_dropped());
        if !is_good(ending) || is_attacked || is_lied_to && self.watcher.was_struck() {
            return None;
        }
        if self.may_end_otherwise() || self.goes_without(ending) {
            return None;
        }
        let now = self.account.sandbox.with_world(|world| world.recorded());
        let missing = lost(&self.start.clean.after, &now)?;
        let outcome = ending.as_ref().ok()?.outcome?.as_str();
        let text = format!("{outcome} was said: {}", missing.text);
        Some(Break::new(Invariant::I4, text))
    }

    /// I3.
    fn in_time(&self, began: jiff::Timestamp, unseen: bool) -> Vec<Break> {
        let (calls, time) = self.watcher.since_strike(began, self.account.sandbox.now());
        let usual = match self.start.clean.calls.len() {
            calm if calm > CALLS - PASS => calm + PASS,
            _ => CALLS,
        };
        let goes_round = unseen || self.script.faults.iter().any(FaultLine::is_refused_read);
        let most = if goes_round { 3 * usual } else { usual };
        if calls <= most && time.as_secs() <= SECONDS {
            return Vec::new();
        }
        let text = format!(
            "{calls} calls and {} seconds after the last fault",
            time.as_secs()
        );
        vec![Break::new(Invariant::I3, text)]
    }

    /// I2, I5 and I10, once a run is good.
    fn stay(&self) -> Vec<Break> {
        let mut breaks = Vec::new();
        let now = self.account.sandbox.with_world(|world| world.recorded());
        let wanted = &self.start.clean.after;
        let differs = difference(wanted, &now);
        if let Some(text) = differs.as_ref().filter(|_| !self.may_end_otherwise()) {
            breaks.push(Break::new(Invariant::I5, format!("another end: {text}")));
        }
        breaks.extend(self.worse_than_attacked(&now));
        // a fault that is still to come would be a fault of the second run, not of the first
        self.account.sandbox.clear_faults();
        self.watcher.calm();
        self.watcher.begin();
        let again = self.run();
        let writes = self.watcher.writes();
        if writes > 0 || !again.as_ref().is_some_and(is_good) {
            let text = format!("{writes} writes in the run after: {again:?}");
            breaks.push(Break::new(Invariant::I2, text));
        }
        if differs.is_some() || self.script.faults.is_empty() {
            breaks.extend(self.agrees());
        }
        breaks
    }

    /// I5, where an attacker moved: the end is that of a run which finds the move made. What AWS
    /// only replaces whole, selectors and policies, can be that of the run without the move instead:
    /// it hangs on which of the two wrote last.
    fn worse_than_attacked(&self, now: &Recorded) -> Option<Break> {
        let end = self.attack_end.as_deref()?;
        let differs = difference(&with_what_is_replaced(end, now), now);
        let replaced = || {
            let without = lost(&self.start.clean.after, now).is_some();
            lost(end, now).filter(|_| without).map(|broken| broken.text)
        };
        let text = differs.or_else(replaced)?;
        let text = format!("another end than after the attack alone: {text}");
        Some(Break::new(Invariant::I5, text))
    }

    /// I10. The verdict follows from the state, so that the same end has the same verdict.
    fn agrees(&self) -> Option<Break> {
        if adopts(self.account) {
            // the rule asks for the trail by its name, and another one was adopted
            return None;
        }
        self.account.pass(DELIVERED);
        let codes = finish(self.account.findings())?;
        (!codes.is_empty())
            .then(|| Break::new(Invariant::I10, format!("the evaluator finds {codes:?}")))
    }
}

/// The end `wanted` with the selectors and policies of `found`.
fn with_what_is_replaced(wanted: &Recorded, found: &Recorded) -> Recorded {
    let mut end = wanted.clone();
    for (arn, trail) in &mut end.trails {
        if let Some(other) = found.trails.get(arn) {
            trail.selectors.clone_from(&other.selectors);
            trail.insights.clone_from(&other.insights);
        }
    }
    for (arn, (_, policy)) in &mut end.keys {
        if let Some((_, other)) = found.keys.get(arn) {
            policy.clone_from(other);
        }
    }
    end.buckets.clone_from(&found.buckets);
    end
}
