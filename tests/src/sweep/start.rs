//! Where scenarios start, and how a run without any fault goes from there.

use trailkeeper_sandbox::{CallRecord, Recorded, World};

use super::invariant::Break;
use super::poll::finish;
use super::run::{is_good, waived};
use super::watcher::{Rules, Watcher};
use crate::run::Account;

/// A state of the account.
#[derive(Clone)]
pub struct Start {
    /// Its name in scripts.
    pub name: String,
    /// The account and what is asked of the remediator.
    pub account: Account,
    /// The run without a fault.
    pub clean: Clean,
}

/// A run without a fault.
#[derive(Clone)]
pub struct Clean {
    /// Its calls.
    pub calls: Vec<CallRecord>,
    /// What the account records after it.
    pub after: Recorded,
    /// The account after it.
    pub world: World,
    /// The ARN of the trail that it was about.
    pub trail: String,
    /// What it went without.
    pub waived: Vec<&'static str>,
    /// What it broke.
    pub breaks: Vec<Break>,
}

impl Start {
    /// A start from the account as it is; panics where the remediator does not come through even
    /// without a fault.
    pub fn new(name: &str, account: &Account) -> Self {
        let account = account.copy();
        let mut copy = account.copy();
        let watcher = Watcher::new(&[], Rules::default());
        copy.sandbox = copy.sandbox.watched(watcher.clone());
        let ending = finish(copy.repair()).expect("nobody kills this run");
        assert!(is_good(&ending), "{name}: {ending:?}");
        let waived = waived(&ending);
        let trail = ending.unwrap().trail_arn.expect("the trail's ARN");
        let world = copy.sandbox.with_world(|world| world.clone());
        Self {
            name: name.to_owned(),
            account,
            clean: Clean {
                calls: copy.sandbox.calls(),
                after: world.recorded(),
                world,
                trail: trail.to_string(),
                waived,
                breaks: watcher.breaks(),
            },
        }
    }

    /// Whether the trail was there and stopped.
    pub fn is_stopped(&self) -> bool {
        let recorded = self.account.sandbox.with_world(|world| world.recorded());
        let trail = recorded.trails.get(&self.clean.trail);
        trail.is_some_and(|trail| !trail.is_logging)
    }
}
