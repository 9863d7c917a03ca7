//! Moves of an attacker, made at any place in a run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use serde_json::Value;
use trailkeeper_sandbox::{Call, Recorded, Sandbox};

use super::poll::finish;
use super::run::is_good;
use super::start::Start;
use crate::account::HOME;

/// A move: calls that are made one after the other, at CloudTrail's pace.
#[derive(Debug, Clone)]
pub struct Attack {
    /// Its id and what it is.
    pub name: String,
    /// Service, operation and input of each call.
    pub calls: Vec<(String, String, Value)>,
}

impl Attack {
    /// Makes the calls. What is refused is without effect, as for any attacker.
    pub fn act(&self, sandbox: &Sandbox) {
        for (service, operation, input) in &self.calls {
            sandbox.advance(SignedDuration::from_secs(2));
            let call = Call::new(service, operation, HOME, input.clone());
            let _answer = finish(sandbox.call(call));
        }
        // the next write of anybody else keeps the pace too
        sandbox.advance(SignedDuration::from_secs(1));
    }
}

/// The moves that an attacker can make, and what a run leads to that finds one of them made.
#[derive(Debug, Default)]
pub struct Attacks {
    list: Vec<Attack>,
    ends: Mutex<BTreeMap<(String, String), Arc<Recorded>>>,
}

impl Attacks {
    /// These moves.
    pub fn of(list: Vec<Attack>) -> Self {
        Self {
            list,
            ends: Mutex::default(),
        }
    }

    /// All of them.
    pub fn list(&self) -> &[Attack] {
        &self.list
    }

    /// The move of this name; panics where there is none.
    pub(super) fn named(&self, name: &str) -> &Attack {
        let found = self.list.iter().find(|attack| attack.name == name);
        found.unwrap_or_else(|| panic!("no attack {name}"))
    }

    /// What the account records after a run from `start` that finds the move made; panics where
    /// that run does not come through.
    pub(super) fn end(&self, start: &Start, attack: &Attack) -> Arc<Recorded> {
        let key = (start.name.clone(), attack.name.clone());
        let ends = || self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = ends().get(&key) {
            return Arc::clone(known);
        }
        let account = start.account.copy();
        attack.act(&account.sandbox);
        let ending = finish(account.repair());
        let is_good = ending.as_ref().is_some_and(is_good);
        assert!(is_good, "{key:?}: {ending:?}");
        let end = Arc::new(account.sandbox.with_world(|world| world.recorded()));
        ends().insert(key, Arc::clone(&end));
        end
    }
}
