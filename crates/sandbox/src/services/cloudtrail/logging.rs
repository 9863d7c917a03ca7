//! StartLogging, StopLogging and DeleteTrail.

use serde_json::{Value, json};

use super::find;
use super::input::text;
use super::trail::{DELIVERY, DIGEST};
use crate::call::{ApiError, Call};
use crate::world::World;

fn target(world: &World, call: &Call) -> Result<String, ApiError> {
    let id = text(&call.input, "Name")?.unwrap_or_default();
    find::to_change(world, call, id).map(|trail| trail.arn.clone())
}

pub(super) fn delete_trail(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = target(world, call)?;
    world.services.cloudtrail.trails.remove(&arn);
    Ok(json!({}))
}

pub(super) fn start_logging(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    switch(world, call, true)
}

pub(super) fn stop_logging(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    switch(world, call, false)
}

/// Starts or stops the trail in all its Regions. Where it is so already nothing changes.
fn switch(world: &mut World, call: &Call, on: bool) -> Result<Value, ApiError> {
    let arn = target(world, call)?;
    let now = world.now;
    let copy = find::by_key(world, &arn)?.clone();
    let regions = find::regions(world, &copy);
    let trail = find::by_key(world, &arn)?;
    let was_on = trail.status_in(&trail.home_region).is_logging;
    for region in regions {
        let mut status = trail.status_in(&region);
        if status.is_logging != on {
            status.switch(on, now);
        }
        trail.status.insert(region, status);
    }
    if on && !was_on {
        trail.next_delivery = now + DELIVERY;
        trail.next_digest = now + DIGEST;
    }
    if !on {
        // Insights stay off when logging starts again
        trail.insights.clear();
        // what comes later starts a chain of digests of its own
        trail.chains.clear();
    }
    Ok(json!({}))
}
