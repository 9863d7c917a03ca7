//! What the step function has answered before.
//!
//! Most steps of a scenario are those of another one: the calls before its fault, and the run after
//! the good one. The step function is pure, so that a run that was told the same at the same times
//! gets the same answer; one in [`ASKED_AGAIN`] is computed all the same and must be equal.
#![expect(clippy::indexing_slicing, reason = "a place below the number of parts")]

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use trailkeeper_core::Caller;
use trailkeeper_core::repair::{Ending, Goal, Limits, Next, View, next};

use super::poll::finish;
use crate::run::Account;

/// One in so many answers is computed again.
const ASKED_AGAIN: u64 = 64;
/// The answers are kept in so many parts, so that threads seldom wait for one another.
const PARTS: usize = 16;

/// A number that stands for all that a run was answered so far, and when.
pub type Heard<'a> = dyn Fn() -> u64 + Sync + 'a;

/// The answers of the step function, by what the run had heard.
#[derive(Debug, Default)]
pub struct Memory {
    parts: [Mutex<HashMap<u64, Next>>; PARTS],
}

impl Memory {
    /// Runs the remediator; none where it was killed. Panics where the step function does not
    /// answer the same to the same.
    pub fn repair(&self, account: &Account, heard: &Heard<'_>) -> Option<Ending> {
        finish(self.run(account, heard, |_, _| ()))
    }

    /// The same run, for whoever drives it himself and wants to know what it decides on.
    pub(super) async fn run(
        &self,
        account: &Account,
        heard: &Heard<'_>,
        decides: impl Fn(&View, Timestamp) + Sync,
    ) -> Ending {
        let mut so_far = DefaultHasher::new();
        account.payload.hash(&mut so_far);
        account.caller.region.as_str().hash(&mut so_far);
        let step = |goal: &Goal, caller: &Caller, view: &View, now: Timestamp, limits: &Limits| {
            (heard(), now).hash(&mut so_far);
            decides(view, now);
            let key = so_far.finish();
            let known = self.part(key).get(&key).cloned();
            if let Some(known) = known {
                let is_so = !key.is_multiple_of(ASKED_AGAIN)
                    || known == next(goal, caller, view, now, limits);
                assert!(is_so, "another answer to the same: {known:?}");
                return known;
            }
            let answer = next(goal, caller, view, now, limits);
            self.part(key).insert(key, answer.clone());
            answer
        };
        account.repair_by(step).await
    }

    fn part(&self, key: u64) -> MutexGuard<'_, HashMap<u64, Next>> {
        let place = usize::try_from(key >> 32).unwrap_or_default() % PARTS;
        let part = &self.parts[place];
        part.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
