//! CreateTrail, and whether there is room for a trail.

use serde_json::Value;

use super::change::{Change, Place};
use super::input::{list, text};
use super::trail::Trail;
use super::{destination, find, names, organization, tags};
use crate::call::{ApiError, Call};
use crate::seed::TrailSettings;
use crate::world::World;

/// Trails in a Region, shadows and the organization's included.
const QUOTA: usize = 5;

pub(super) fn create_trail(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = names::trail_name(text(&call.input, "Name")?.unwrap_or_default())?;
    names::bucket(text(&call.input, "S3BucketName")?.unwrap_or_default())?;
    let blank = TrailSettings {
        include_global_service_events: true,
        ..TrailSettings::default()
    };
    let own = world.trail_arn(&call.region, &world.account_id, name);
    let place = Place {
        world,
        region: &call.region,
        trail: &own,
    };
    let settings = Change::read(call)?.apply(&blank, &place)?;
    let given = list(&call.input, "TagsList")?.unwrap_or_default();
    let tags = tags::read(given)?;
    let account = if settings.is_organization_trail {
        organization::may_hold_trail(world, false)?;
        organization::management_account(world)
    } else {
        world.account_id.clone()
    };
    let arn = world.trail_arn(&call.region, &account, name);
    let mut trail = Trail::new(name, arn, &account, &call.region, settings, world.now);
    make_room(world, &trail, &find::regions(world, &trail))?;
    destination::refuse_trouble(world, &trail)?;
    tags::put(&mut trail.tags, tags)?;
    let answer = trail.settings_json();
    world
        .services
        .cloudtrail
        .trails
        .insert(trail.arn.clone(), trail);
    Ok(Value::Object(answer))
}

/// Refuses if the name is taken or the quota used up in one of the Regions that `trail` enters.
pub(super) fn make_room(world: &World, trail: &Trail, regions: &[String]) -> Result<(), ApiError> {
    for region in regions {
        let others: Vec<_> = world.visible_trails(region).collect();
        if let Some(other) = others.iter().find(|other| other.name == trail.name) {
            let (name, owner) = (&trail.name, &other.account);
            let text = format!("Trail {name} already exists for customer: {owner}");
            return Err(ApiError::new("TrailAlreadyExistsException", text));
        }
        if others.len() >= QUOTA {
            let user = &world.account_id;
            let text = format!("User: {user} already has {QUOTA} trails in {region}.");
            return Err(ApiError::new(
                "MaximumNumberOfTrailsExceededException",
                text,
            ));
        }
    }
    Ok(())
}
