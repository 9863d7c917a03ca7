//! The repair use case: asks the step function what to do, does it, and records what came of it.
//!
//! The driver has no choices of its own. What to read, write, wait for and report is decided in
//! `trailkeeper_core::repair`.

mod budget;
mod execute;
mod observe;

use std::sync::Arc;

use jiff::Timestamp;
use trailkeeper_core::Caller;
use trailkeeper_core::remediation::RepairFailure;
use trailkeeper_core::repair::{Ending, Goal, Limits, Next, View, next};

pub use budget::{Counter, MOST_TIME, within_budget};

use crate::ports::{
    BucketReader, BucketSettingsReader, BucketSettingsWriter, BucketWriter, Clock, KeyReader,
    KeyWriter, ObjectReader, OrganizationReader, TagReader, TagWriter, TrailReader, TrailWriter,
};

/// What a repair needs of the account.
#[derive(Clone)]
pub struct RepairPorts {
    /// Reads of trails.
    pub trails: Arc<dyn TrailReader>,
    /// Writes to trails.
    pub trail_writer: Arc<dyn TrailWriter>,
    /// Reads of buckets.
    pub buckets: Arc<dyn BucketReader>,
    /// Writes to buckets.
    pub bucket_writer: Arc<dyn BucketWriter>,
    /// Reads of keys.
    pub keys: Arc<dyn KeyReader>,
    /// Writes to keys.
    pub key_writer: Arc<dyn KeyWriter>,
    /// Reads of settings of buckets.
    pub settings: Arc<dyn BucketSettingsReader>,
    /// Writes of settings, and the making of a bucket.
    pub settings_writer: Arc<dyn BucketSettingsWriter>,
    /// Reads of objects: the baseline.
    pub objects: Arc<dyn ObjectReader>,
    /// Reads of tags of trails.
    pub tags: Arc<dyn TagReader>,
    /// Writes of tags of trails.
    pub tag_writer: Arc<dyn TagWriter>,
    /// The account's organization.
    pub organization: Arc<dyn OrganizationReader>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// More actions than any run can need: about twenty reads and eighteen writes, each tried a handful of
/// times, with as many waits between. Reaching it means that the decisions go in a circle.
const MOST_ACTIONS: usize = 600;

/// Brings the trail to the goal, or says why not.
///
/// # Errors
/// The failure with its stable code and how far the repair came.
pub async fn repair(ports: &RepairPorts, caller: &Caller, goal: &Goal, limits: &Limits) -> Ending {
    drive(ports, caller, |view, now| {
        next(goal, caller, view, now, limits)
    })
    .await
}

/// The driver's loop over any step function; [`repair`] is this over the one that the product has.
///
/// # Errors
/// The failure that the step function ends with, or that it does not end.
pub async fn drive(
    ports: &RepairPorts,
    caller: &Caller,
    mut step: impl FnMut(&View, Timestamp) -> Next + Send,
) -> Ending {
    let mut view = View::default();
    for _ in 0..MOST_ACTIONS {
        match step(&view, ports.clock.now()) {
            Next::Read(requests) => {
                let answers = observe::read_all(ports, caller, requests).await;
                for (request, result) in answers {
                    view.record_read(request, result, ports.clock.now());
                }
            }
            Next::Write(planned) => {
                let result = execute::perform(ports, &planned.step).await;
                view.record_step(&planned, result, ports.clock.now());
            }
            Next::Wait(until) => {
                ports
                    .clock
                    .sleep(until.duration_since(ports.clock.now()))
                    .await
            }
            Next::Reread => view.forget_facts(ports.clock.now()),
            Next::Done(ending) => return *ending,
        }
    }
    let text = "the repair did not come to an end; report this with the log of the run";
    Err(RepairFailure::early("no-progress", text))
}
