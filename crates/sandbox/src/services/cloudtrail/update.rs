//! UpdateTrail.

use serde_json::Value;

use super::change::{Change, Place};
use super::input::text;
use super::{create, destination, find, organization};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn update_trail(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "Name")?.unwrap_or_default();
    let before = find::to_change(world, call, id)?;
    let place = Place {
        world,
        region: &call.region,
        trail: &before.arn,
    };
    let settings = Change::read(call)?.apply(&before.settings, &place)?;
    match (
        before.settings.is_organization_trail,
        settings.is_organization_trail,
    ) {
        (false, true) => organization::may_hold_trail(world, true)?,
        (true, false) => organization::may_release_trail(world)?,
        _ => {}
    }
    let mut after = before.clone();
    after.settings = settings;
    let known = find::regions(world, before);
    let mut entered = find::regions(world, &after);
    entered.retain(|region| !known.contains(region));
    create::make_room(world, &after, &entered)?;
    destination::refuse_trouble(world, &after)?;
    let home = after.status_in(&after.home_region);
    for region in find::regions(world, &after) {
        // a new shadow records, or does not, as the trail does; it has delivered nothing yet
        after
            .status
            .entry(region)
            .or_insert_with(|| home.as_new_shadow(world.now));
    }
    let (multi_region, home_region) = (after.settings.is_multi_region_trail, &after.home_region);
    after
        .status
        .retain(|region, _| multi_region || region == home_region);
    if !after.settings.log_file_validation_enabled {
        after.chains.clear();
    }
    let answer = after.settings_json();
    world
        .services
        .cloudtrail
        .trails
        .insert(after.arn.clone(), after);
    Ok(Value::Object(answer))
}
