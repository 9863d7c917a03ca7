//! The account that is attacked, which is the demo's too.

use serde_json::Value;
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::attacks::{Step, Target, setting, stage};

/// What is attacked.
pub(crate) fn target() -> Target {
    Target::example()
}

/// The account before the attack of this id, by the way's name.
pub(crate) fn world(id: &str, way: &str) -> World {
    (setting(id).world)(&target(), way)
}

type Made = (&'static str, &'static str, Value);

fn made(steps: Vec<Step>) -> Vec<Made> {
    let steps = steps.into_iter();
    let made = steps.map(|step| (step.service, step.operation, step.input));
    made.collect()
}

/// GuardDuty as it is set up.
pub(crate) fn guardduty() -> Vec<Made> {
    made(stage::guardduty(&target()))
}

/// Who reads the log, as it is set up.
pub(crate) fn readers() -> Vec<Made> {
    made(stage::readers(&target()))
}
