//! Two remediators on one account, in every order of what they do that matters.
//!
//! Turns are given to units: one write, or all reads up to the next write, or both of them glued
//! together. Two reads commute, for neither changes anything, and two writes to different services
//! out of S3 and KMS commute, for neither policy looks at the other. A write to CloudTrail commutes
//! with nothing: CloudTrail looks at the bucket and the key, and takes one write a second. Of two
//! neighbouring units that commute only one order is tried: that in which the first remediator goes
//! first. And of the orders that lead to the same state only one goes on.
#![expect(
    clippy::indexing_slicing,
    reason = "a table for two, whose places are 0 and 1"
)]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::sync::Arc;

use jiff::Timestamp;
use trailkeeper_core::repair::{Ending, View};

use super::invariant::{Break, Invariant};
use super::loss::{difference, lost};
use super::memory::Memory;
use super::poll::go_on;
use super::run::is_good;
use super::start::Start;
use super::unit::{Grain, Turn, Unit};
use super::visited::{Path, State, Visited};
use super::watcher::{Rules, Watcher};
use crate::run::Account;

/// More turns than any two runs need.
const TURNS: usize = 400;

/// How an order of turns went.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Whose turns it was, a turn for each unit: these play it again with reads and writes apart.
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
    /// How many units were done in this turn.
    units: usize,
    later: Option<usize>,
}

/// Which orders are tried.
#[derive(Debug, Clone, Copy, Default)]
pub struct Orders {
    /// What is done without a break.
    pub grain: Grain,
    /// How often one remediator may break in on the other; none: as often as it can.
    pub bound: Option<usize>,
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
    fn set(start: &'a Start, grain: Grain) -> Self {
        let turns = [0, 1].map(|_| Turn::new(grain));
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

    /// What all that can follow hangs on. Which of the two is which does not count, but who may be
    /// given the turn does, and who was last where it counts how often the turn went over.
    fn state(&self, orders: Orders) -> State {
        let world = self.shared.sandbox.with_world(|world| world.fingerprint());
        let possible = self.possible(orders);
        let sides = [0, 1].map(|who| {
            let mut side = DefaultHasher::new();
            let goes_on = orders.bound.is_some() && self.last.is_some_and(|last| last.0 == who);
            let waits = self.turns[who].next();
            (self.watchers[who].mind(), waits, goes_on).hash(&mut side);
            possible.contains(&who).hash(&mut side);
            format!("{:?}", self.endings[who]).hash(&mut side);
            side.finish()
        });
        let switches = orders.bound.map(|_| self.switches);
        State::of((world, switches), sides)
    }

    /// What the end is known by.
    fn end(&self) -> u64 {
        let now = self.shared.sandbox.with_world(|world| world.recorded());
        let mut end = DefaultHasher::new();
        format!("{now:?} {:?}", self.endings).hash(&mut end);
        end.finish()
    }

    /// The turn is over.
    fn took(&mut self, who: usize) {
        if let Some(choice) = self.choices.last_mut() {
            choice.units = self.turns[who].passed();
        }
    }

    /// What is told once no turn is given any more.
    fn close(self, mut told: Told, memory: &Memory) -> Told {
        let watched = self.watchers.iter().flat_map(|one| one.breaks());
        told.breaks.extend(watched);
        if self.is_over() {
            told.breaks.extend(end(self.start, &self.shared, memory));
        }
        told.calls = self.watchers.iter().map(|one| one.total()).sum();
        let turns = self.choices.iter();
        let turns = turns.flat_map(|one| std::iter::repeat_n(one.taken, one.units));
        told.turns = turns.collect();
        told.next = next_order(&self.choices);
        told
    }

    fn is_over(&self) -> bool {
        self.endings.iter().all(Option::is_some) || self.choices.len() >= TURNS
    }

    /// Who can be given a turn now. Who comes first in number must not follow with a unit that
    /// could as well have come first.
    fn possible(&self, orders: Orders) -> Vec<usize> {
        let comes_to_same = |who: usize| {
            let unit = self.turns[who].next();
            self.last.zip(unit).is_some_and(|((before, last), unit)| {
                who < before && unit.commutes(last, orders.grain)
            })
        };
        let goes_on = self.last.map(|(who, _)| who);
        let goes_on = goes_on.filter(|who| self.endings[*who].is_none());
        let must_go_on = goes_on.filter(|_| orders.bound.is_some_and(|most| self.switches >= most));
        [0, 1]
            .into_iter()
            .filter(|who| must_go_on.is_none_or(|other| other == *who))
            .filter(|who| self.endings[*who].is_none() && !comes_to_same(*who))
            .collect()
    }

    /// Gives the turn to the one wanted, or to the first that can have it; none where whatever
    /// follows comes to the same as another order.
    fn choose(&mut self, given: &[usize], orders: Orders) -> Option<usize> {
        let possible = self.possible(orders);
        let wanted = given.get(self.choices.len()).copied();
        let who = wanted.or(possible.first().copied())?;
        let later = possible.iter().copied().find(|other| *other > who);
        self.choices.push(Choice {
            taken: who,
            units: 1,
            later,
        });
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
/// possible, until both have ended or are in a state that was `visited`.
pub fn take_turns(
    start: &Start,
    given: &[usize],
    orders: Orders,
    memory: &Memory,
    visited: &mut Visited,
) -> Told {
    let mut table = Table::set(start, orders.grain);
    let accounts = [table.account(0), table.account(1)];
    let [first, second] = &accounts;
    let watchers = table.watchers.clone();
    let decides = |who: usize| {
        let watcher = watchers[who].clone();
        move |view: &View, now: Timestamp| watcher.decides(view, now)
    };
    let (heard_first, heard_second) = (|| watchers[0].heard(), || watchers[1].heard());
    let mut first = pin!(memory.run(first, &heard_first, decides(0)));
    let mut second = pin!(memory.run(second, &heard_second, decides(1)));
    table.endings = [go_on(first.as_mut()), go_on(second.as_mut())];
    let mut told = Told::default();
    let mut path = Path::default();
    while !table.is_over() {
        let is_beyond = table.choices.len() >= given.len();
        if is_beyond && visited.has(table.state(orders), &mut path) {
            break;
        }
        let Some(who) = table.choose(given, orders) else {
            break;
        };
        table.endings[who] = match who {
            0 => go_on(first.as_mut()),
            _ => go_on(second.as_mut()),
        };
        table.took(who);
        if let Some(ending) = &table.endings[who] {
            told.breaks.extend(claim(start, &table.shared, ending));
        }
    }
    let end = table.is_over().then(|| table.end());
    visited.ends(&mut path, end);
    told.is_same = end.is_none() || path.is_again();
    table.close(told, memory)
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
