//! Two remediators on one account, in every order of what they do that matters.
//!
//! Turns are given to units: one write, or all reads up to the next write. Two reads commute, for
//! neither changes anything, and two writes to different services out of S3 and KMS commute, for
//! neither policy looks at the other. A write to CloudTrail commutes with nothing: CloudTrail looks
//! at the bucket and the key, and takes one write a second. Of two neighbouring units that commute
//! only one order is tried: that in which the first remediator goes first.
#![expect(
    clippy::indexing_slicing,
    reason = "a table for two, whose places are 0 and 1"
)]

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use trailkeeper_core::repair::Ending;
use trailkeeper_sandbox::Call;

use super::invariant::{Break, Invariant};
use super::loss::{difference, lost};
use super::memory::Memory;
use super::poll::go_on;
use super::run::is_good;
use super::start::Start;
use super::watcher::{Rules, Watcher};
use crate::run::Account;

/// More turns than any two runs need.
const TURNS: usize = 400;

/// What a remediator does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Reads,
    WriteTo(&'static str),
}

impl Unit {
    fn of(call: &Call) -> Self {
        match (call.is_write(), call.service.as_str()) {
            (false, _) => Self::Reads,
            (true, "s3") => Self::WriteTo("s3"),
            (true, "kms") => Self::WriteTo("kms"),
            (true, _) => Self::WriteTo("cloudtrail"),
        }
    }

    fn commutes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Reads, Self::Reads) => true,
            (Self::WriteTo(one), Self::WriteTo(other)) => {
                one != other && one != "cloudtrail" && other != "cloudtrail"
            }
            _ => false,
        }
    }
}

/// Holds one remediator up until it is its turn.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<Mutex<Gate>>);

#[derive(Default)]
struct Gate {
    /// What may pass now.
    open: Option<Unit>,
    /// What waits.
    waits: Option<Unit>,
}

impl Turn {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn may_pass(&self, call: &Call) -> Poll<()> {
        let mut gate = self.gate();
        let unit = Unit::of(call);
        match (gate.open, unit) {
            (Some(Unit::Reads), Unit::Reads) => Poll::Ready(()),
            (Some(Unit::WriteTo(_)), Unit::WriteTo(_)) => {
                gate.open = None;
                Poll::Ready(())
            }
            _ => {
                gate.waits = Some(unit);
                Poll::Pending
            }
        }
    }

    /// Lets what waits pass.
    fn give(&self) {
        let mut gate = self.gate();
        gate.open = gate.waits.take();
    }

    fn next(&self) -> Option<Unit> {
        self.gate().waits
    }
}

/// How an order of turns went.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Whose turns it was.
    pub turns: Vec<usize>,
    /// The next order to try that begins differently; none: all have been.
    pub next: Option<Vec<usize>>,
    /// Whether it was left off because another order comes to the same.
    pub is_same: bool,
    /// The invariants that it broke.
    pub breaks: Vec<Break>,
    /// The calls that were made.
    pub calls: u64,
}

/// A choice: who was given the turn, and who else could have been after him.
struct Choice {
    taken: usize,
    later: Option<usize>,
}

/// Up to so many units in a run without a rival all orders are tried: 924 of two times six.
const FEW_UNITS: usize = 6;
/// In longer runs one remediator breaks in on the other this often at most.
const BREAKS_IN: usize = 3;

/// How often one remediator may break in on the other from this start; none: as often as it can.
pub fn bound(start: &Start) -> Option<usize> {
    let mut units = 0;
    let mut last = None;
    for call in &start.clean.calls {
        let reads = !call.write;
        if !reads || last != Some(reads) {
            units += 1;
        }
        last = Some(reads);
    }
    (units > FEW_UNITS).then_some(BREAKS_IN)
}

/// Two remediators and whose turn it is.
struct Table<'a> {
    start: &'a Start,
    shared: Account,
    turns: [Turn; 2],
    watchers: [Arc<Watcher>; 2],
    endings: [Option<Ending>; 2],
    choices: Vec<Choice>,
    last: Option<(usize, Unit)>,
    switches: usize,
}

impl<'a> Table<'a> {
    fn set(start: &'a Start) -> Self {
        let turns = [Turn::default(), Turn::default()];
        let watchers = [0, 1].map(|who| {
            let rules = Rules {
                trail: Some(start.clean.trail.clone()),
                turn: Some(turns[who].clone()),
                ..Rules::default()
            };
            Watcher::new(&[], rules)
        });
        Self {
            start,
            shared: start.account.copy(),
            turns,
            watchers,
            endings: [None, None],
            choices: Vec::new(),
            last: None,
            switches: 0,
        }
    }

    fn account(&self, who: usize) -> Account {
        let mut account = self.shared.clone();
        account.sandbox = self.shared.sandbox.watched(self.watchers[who].clone());
        account
    }

    fn is_over(&self) -> bool {
        self.endings.iter().all(Option::is_some) || self.choices.len() >= TURNS
    }

    /// Who can be given a turn now. Who comes first in number must not follow with a unit that
    /// could as well have come first.
    fn possible(&self, bound: Option<usize>) -> Vec<usize> {
        let comes_to_same = |who: usize| {
            let unit = self.turns[who].next();
            self.last
                .zip(unit)
                .is_some_and(|((before, last), unit)| who < before && unit.commutes(last))
        };
        let goes_on = self.last.map(|(who, _)| who);
        let goes_on = goes_on.filter(|who| self.endings[*who].is_none());
        let must_go_on = goes_on.filter(|_| bound.is_some_and(|most| self.switches >= most));
        [0, 1]
            .into_iter()
            .filter(|who| must_go_on.is_none_or(|other| other == *who))
            .filter(|who| self.endings[*who].is_none() && !comes_to_same(*who))
            .collect()
    }

    /// Gives the turn to the one wanted, or to the first that can have it; none where whatever
    /// follows comes to the same as another order.
    fn choose(&mut self, given: &[usize], bound: Option<usize>) -> Option<usize> {
        let possible = self.possible(bound);
        let wanted = given.get(self.choices.len()).copied();
        let who = wanted.or(possible.first().copied())?;
        let later = possible.iter().copied().find(|other| *other > who);
        self.choices.push(Choice { taken: who, later });
        if let Some((before, _)) = self.last
            && before != who
            && self.endings[before].is_none()
        {
            self.switches += 1;
        }
        self.last = self.turns[who].next().map(|unit| (who, unit));
        self.turns[who].give();
        Some(who)
    }
}

/// Lets two remediators run from `start`, the first turns as given, the others the first that are
/// possible within `bound`.
pub fn take_turns(start: &Start, given: &[usize], bound: Option<usize>, memory: &Memory) -> Told {
    let mut table = Table::set(start);
    let accounts = [table.account(0), table.account(1)];
    let [first, second] = &accounts;
    let watchers = table.watchers.clone();
    let (heard_first, heard_second) = (|| watchers[0].heard(), || watchers[1].heard());
    let mut first = pin!(memory.run(first, &heard_first));
    let mut second = pin!(memory.run(second, &heard_second));
    table.endings = [go_on(first.as_mut()), go_on(second.as_mut())];
    let mut told = Told::default();
    while !table.is_over() {
        let Some(who) = table.choose(given, bound) else {
            told.is_same = true;
            break;
        };
        table.endings[who] = match who {
            0 => go_on(first.as_mut()),
            _ => go_on(second.as_mut()),
        };
        if let Some(ending) = &table.endings[who] {
            told.breaks.extend(claim(start, &table.shared, ending));
        }
    }
    if !told.is_same {
        let watched = table.watchers.iter().flat_map(|one| one.breaks());
        told.breaks.extend(watched);
        told.breaks.extend(end(table.start, &table.shared, memory));
    }
    told.calls = table.watchers.iter().map(|one| one.total()).sum();
    told.turns = table.choices.iter().map(|choice| choice.taken).collect();
    told.next = next_order(&table.choices);
    told
}

fn next_order(choices: &[Choice]) -> Option<Vec<usize>> {
    let place = choices.iter().rposition(|choice| choice.later.is_some())?;
    let mut order: Vec<usize> = choices.iter().take(place).map(|one| one.taken).collect();
    order.extend(choices[place].later);
    Some(order)
}

/// I3 and I4 for the one that has ended.
fn claim(start: &Start, shared: &Account, ending: &Ending) -> Option<Break> {
    if !is_good(ending) {
        let text = format!("one of two ended so: {ending:?}");
        return Some(Break::new(Invariant::I3, text));
    }
    let now = shared.sandbox.with_world(|world| world.recorded());
    let missing = lost(&start.clean.after, &now)?;
    Some(Break::new(Invariant::I4, missing.text))
}

/// I5 and I2 when both have.
fn end(start: &Start, shared: &Account, memory: &Memory) -> Vec<Break> {
    let mut breaks = Vec::new();
    let now = shared.sandbox.with_world(|world| world.recorded());
    if let Some(text) = difference(&start.clean.after, &now) {
        breaks.push(Break::new(Invariant::I5, format!("another end: {text}")));
    }
    let watcher = Watcher::new(&[], Rules::default());
    let mut third = shared.clone();
    third.sandbox = shared.sandbox.watched(watcher.clone());
    let again = memory.repair(&third, &|| watcher.heard());
    if watcher.writes() > 0 || !again.as_ref().is_some_and(is_good) {
        let text = format!("{} writes in the run after", watcher.writes());
        breaks.push(Break::new(Invariant::I2, text));
    }
    breaks
}
