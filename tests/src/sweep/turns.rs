//! Two remediators on one account, in every order of what they do that matters.
//!
//! Turns are given to units: one write, or all reads up to the next write. Two reads commute, for
//! neither changes anything, and two writes to different services out of S3 and KMS commute, for
//! neither policy looks at the other. A write to CloudTrail commutes with nothing: CloudTrail looks
//! at the bucket and the key, and takes one write a second. Of two neighbouring units that commute
//! only one order is tried: that in which the first remediator goes first.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use trailkeeper_core::repair::Ending;
use trailkeeper_sandbox::Call;

use super::invariant::{Break, Invariant};
use super::loss::{difference, lost};
use super::poll::{finish, go_on};
use super::run::is_good;
use super::start::Start;
use super::watcher::{Rules, Watcher};

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

/// Lets two remediators run from `start`, the first turns as given, the others the first that are
/// possible.
pub fn take_turns(start: &Start, given: &[usize]) -> Told {
    let shared = start.account.copy();
    let turns = [Turn::default(), Turn::default()];
    let watchers = [0, 1].map(|who| {
        let rules = Rules {
            trail: Some(start.clean.trail.clone()),
            turn: Some(turns[who].clone()),
            attack: None,
        };
        Watcher::new(&[], rules)
    });
    let accounts = [0, 1].map(|who| {
        let mut account = shared.clone();
        account.sandbox = shared.sandbox.watched(watchers[who].clone());
        account
    });
    let [first, second] = &accounts;
    let (mut first, mut second) = (pin!(first.repair()), pin!(second.repair()));
    let mut endings: [Option<Ending>; 2] = [go_on(first.as_mut()), go_on(second.as_mut())];
    let mut choices: Vec<Choice> = Vec::new();
    let mut last: Option<(usize, Unit)> = None;
    let mut told = Told::default();
    while endings.iter().any(Option::is_none) && choices.len() < TURNS {
        let possible = possible(&turns, &endings, last);
        let wanted = given.get(choices.len()).copied();
        let Some(who) = wanted.or(possible.first().copied()) else {
            told.is_same = true;
            break;
        };
        let later = possible.iter().copied().find(|other| *other > who);
        choices.push(Choice { taken: who, later });
        last = turns[who].next().map(|unit| (who, unit));
        turns[who].give();
        endings[who] = match who {
            0 => go_on(first.as_mut()),
            _ => go_on(second.as_mut()),
        };
        if let Some(ending) = &endings[who] {
            told.breaks.extend(claim(start, &shared, ending));
        }
    }
    if !told.is_same {
        told.breaks.extend(watchers.iter().flat_map(|one| one.breaks()));
        told.breaks.extend(end(start, &shared));
    }
    told.calls = watchers.iter().map(|one| one.total()).sum();
    told.turns = choices.iter().map(|choice| choice.taken).collect();
    told.next = next_order(&choices);
    told
}

/// Who can be given a turn now. Who comes first in number must not follow with a unit that could
/// as well have come first.
fn possible(
    turns: &[Turn; 2],
    endings: &[Option<Ending>; 2],
    last: Option<(usize, Unit)>,
) -> Vec<usize> {
    let comes_to_same = |who: usize| {
        let unit = turns[who].next();
        last.zip(unit)
            .is_some_and(|((before, last), unit)| who < before && unit.commutes(last))
    };
    [0, 1]
        .into_iter()
        .filter(|who| endings[*who].is_none() && !comes_to_same(*who))
        .collect()
}

fn next_order(choices: &[Choice]) -> Option<Vec<usize>> {
    let place = choices.iter().rposition(|choice| choice.later.is_some())?;
    let mut order: Vec<usize> = choices.iter().take(place).map(|one| one.taken).collect();
    order.extend(choices[place].later);
    Some(order)
}

/// I3 and I4 for the one that has ended.
fn claim(start: &Start, shared: &crate::run::Account, ending: &Ending) -> Option<Break> {
    if !is_good(ending) {
        let text = format!("one of two ended so: {ending:?}");
        return Some(Break::new(Invariant::I3, text));
    }
    let now = shared.sandbox.with_world(|world| world.recorded());
    let missing = lost(&start.clean.after, &now)?;
    Some(Break::new(Invariant::I4, missing.text))
}

/// I5 and I2 when both have.
fn end(start: &Start, shared: &crate::run::Account) -> Vec<Break> {
    let mut breaks = Vec::new();
    let now = shared.sandbox.with_world(|world| world.recorded());
    if let Some(text) = difference(&start.clean.after, &now) {
        breaks.push(Break::new(Invariant::I5, format!("another end: {text}")));
    }
    let watcher = Watcher::new(&[], Rules::default());
    let mut third = shared.clone();
    third.sandbox = shared.sandbox.watched(watcher.clone());
    let again = finish(third.repair());
    if watcher.writes() > 0 || !again.as_ref().is_some_and(is_good) {
        let text = format!("{} writes in the run after", watcher.writes());
        breaks.push(Break::new(Invariant::I2, text));
    }
    breaks
}
