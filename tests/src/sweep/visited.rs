//! The states in which two remediators have been found, so that none is gone on from twice.
//!
//! What can follow hangs on the state alone: on the account, on what each of the two knows and
//! waits for, and on who may be given the turn. Orders that lead to the same state therefore have
//! the same continuations. One in [`PLAYED_AGAIN`] is gone on with all the same and has to end as
//! the first one did, which tests that nothing else counts.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One in so many equal states is gone on from again.
const PLAYED_AGAIN: u64 = 32;

/// A state, as a number that stands for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    number: u64,
    /// Whether the first of the two is the other one's like in the number.
    is_turned: bool,
}

impl State {
    /// The state of the account and of both sides, of which it does not matter which is which.
    pub(super) fn of(account: impl Hash, sides: [u64; 2]) -> Self {
        let mut number = DefaultHasher::new();
        let [one, other] = sides;
        (account, one.min(other), one.max(other)).hash(&mut number);
        Self {
            number: number.finish(),
            is_turned: one > other,
        }
    }
}

/// How the first run went that was in a state: none where it was left off.
#[derive(Debug, Clone, Copy)]
struct First {
    is_turned: bool,
    end: Option<u64>,
}

/// The states that were seen.
#[derive(Debug, Default)]
pub struct Visited(HashMap<u64, First>);

/// What one run has come by: the states that were new, and how it has to end.
#[derive(Debug, Default)]
pub(super) struct Path {
    new: Vec<u64>,
    must_end: Option<u64>,
    is_again: bool,
}

impl Path {
    /// Whether the run is played only to see that it ends as another one did.
    pub(super) fn is_again(&self) -> bool {
        self.is_again
    }
}

impl Visited {
    /// Whether all that can follow has been played, so that the run can be left off.
    pub(super) fn has(&mut self, state: State, path: &mut Path) -> bool {
        if path.is_again {
            return false;
        }
        let Some(first) = self.0.get(&state.number).copied() else {
            path.new.push(state.number);
            let first = First {
                is_turned: state.is_turned,
                end: None,
            };
            self.0.insert(state.number, first);
            return false;
        };
        // the other way round others are the first possible turns
        let end = first.end.filter(|_| first.is_turned == state.is_turned);
        self.ends(path, end);
        path.is_again = end.is_some() && state.number.is_multiple_of(PLAYED_AGAIN);
        path.must_end = end;
        !path.is_again
    }

    /// The run has come to this end; none: it was left off. Panics where a run that is played
    /// again ends otherwise.
    pub(super) fn ends(&mut self, path: &mut Path, end: Option<u64>) {
        if path.is_again {
            let is_so = end.is_none() || end == path.must_end;
            assert!(is_so, "two runs from the same state end differently");
        }
        for state in path.new.drain(..) {
            self.0.entry(state).and_modify(|first| first.end = end);
        }
    }
}
