//! The account that is attacked, which is the demo's too.

use serde_json::Value;
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::attacks::{Step, Target, stage};

pub(crate) use trailkeeper_sandbox::attacks::stage::PREFIX;

/// What is attacked.
pub(crate) fn target() -> Target {
    Target::example()
}

/// The account before the attack, by the way's name.
pub(crate) fn world(way: &str) -> World {
    stage::account(&target(), way)
}

/// The log goes below a prefix.
pub(crate) fn with_prefix(way: &str) -> World {
    stage::with_prefix(&target(), way)
}

/// The management account of an organization.
pub(crate) fn management_account(way: &str) -> World {
    stage::management_account(&target(), way)
}

/// A member account that only the organization's trail records.
pub(crate) fn member_account(way: &str) -> World {
    stage::member_account(&target(), way)
}

type Made = (&'static str, &'static str, Value);

fn made(step: Step) -> Made {
    (step.service, step.operation, step.input)
}

/// GuardDuty as it is set up.
pub(crate) fn guardduty() -> Vec<Made> {
    let steps = stage::guardduty(&target()).into_iter();
    steps.map(made).collect()
}

/// The service-linked role that CloudTrail has in an organization.
pub(crate) fn service_role() -> Made {
    made(stage::service_role())
}

/// Who reads the log, as it is set up.
pub(crate) fn readers() -> Vec<Made> {
    let steps = stage::readers(&target()).into_iter();
    steps.map(made).collect()
}
