//! Recording: what changed becomes an item, and the rules are told.

use std::ops::Bound;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::Value;

use super::super::{change, recorder};
use super::{Item, Resource, Status, instance};
use crate::world::World;

/// Whether an item is told to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::services::config) enum Tell {
    Rules,
    Nobody,
}

/// Records what has changed in the services since the last time.
pub(crate) fn follow(world: &mut World) {
    instance::follow(world, Tell::Rules);
}

/// The same for what was there before anybody looked: the rules are not told.
pub(crate) fn take_stock(world: &mut World) {
    instance::follow(world, Tell::Nobody);
}

/// Puts an item into the inventory, as it is, in the order of the capture times.
pub(crate) fn seed(world: &mut World, region: &str, given: &Value) -> Result<(), &'static str> {
    let mut item = Item::read(world, region, given)?;
    let inventory = &mut world.services.config.inventory;
    inventory.common.share(&mut item);
    let items = inventory.history_mut(region, &item.resource);
    items.retain(|other| other.captured != item.captured);
    let place = items.partition_point(|other| other.captured <= item.captured);
    items.insert(place, Arc::new(item));
    Ok(())
}

/// The instances of the inventory, with their Region and configuration.
pub(crate) fn recorded_instances(world: &World) -> Vec<(String, String, Value)> {
    let inventory = &world.services.config.inventory;
    let mut found = Vec::new();
    for region in inventory.regions.keys() {
        let present = inventory.present(region, Bound::Unbounded);
        for ((_, id), item) in present.filter(|((kind, _), _)| kind == instance::INSTANCE) {
            found.push((region.clone(), id.clone(), item.configuration.value()));
        }
    }
    found
}

/// Records the instances that have changed and of which nothing is recorded.
pub(crate) fn take_stock_of_unknown(world: &mut World) {
    instance::follow_unknown(world, Tell::Nobody);
}

/// Looks at everything again: after the recorder was started, or told to record other types.
pub(in crate::services::config) fn rediscover(world: &mut World, region: &str, tell: Tell) {
    let recorder = world.services.config.recorders.get(region);
    if recorder.is_some_and(|recorder| recorder.recording) {
        instance::rediscover(world, region, tell);
        forget_unrecorded(world, region, tell);
    }
}

/// Resources whose type is no longer recorded get an item that says so, and nothing else.
fn forget_unrecorded(world: &mut World, region: &str, tell: Tell) {
    let inventory = &world.services.config.inventory;
    let present = inventory.present(region, Bound::Unbounded);
    let dropped = present.filter(|((kind, _), _)| !recorder::selects(world, region, kind));
    let dropped: Vec<Item> = dropped
        .map(|(_, item)| item.emptied(Status::NotRecorded))
        .collect();
    for item in dropped {
        add(world, region, item, tell);
    }
}

/// Takes note of how a resource is: nothing, if it is gone. `seen` holds all but status and time.
pub(super) fn observe(
    world: &mut World,
    region: &str,
    resource: &Resource,
    seen: Option<Item>,
    tell: Tell,
) {
    if !recorder::records(world, region, &resource.0) {
        return;
    }
    let inventory = &world.services.config.inventory;
    let last = inventory.last(region, resource);
    let item = match (last.filter(|last| last.status.is_present()), seen) {
        (None, None) => return,
        (None, Some(seen)) => Item {
            status: Status::Discovered,
            ..seen
        },
        (Some(last), Some(seen)) if last.configuration == seen.configuration => return,
        (Some(_), Some(seen)) => Item {
            status: Status::Ok,
            ..seen
        },
        (Some(last), None) => last.emptied(Status::Deleted),
    };
    add(world, region, item, tell);
}

fn add(world: &mut World, region: &str, mut item: Item, tell: Tell) {
    let last = world
        .services
        .config
        .inventory
        .last(region, &item.resource)
        .cloned();
    item.captured = world.now;
    if let Some(last) = &last
        && last.captured >= item.captured
    {
        let next = last.captured.checked_add(SignedDuration::from_millis(1));
        item.captured = next.unwrap_or(last.captured);
    }
    let inventory = &mut world.services.config.inventory;
    inventory.common.share(&mut item);
    let item = Arc::new(item);
    let items = inventory.history_mut(region, &item.resource);
    items.push(Arc::clone(&item));
    if tell == Tell::Rules {
        change::notify(world, region, last.as_deref(), &item);
    }
}
