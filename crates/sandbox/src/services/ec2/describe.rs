//! DescribeInstances.

use serde_json::{Map, Value, json};

use super::filter::{self, Filters};
use super::input;
use super::instance::Instance;
use crate::call::{ApiError, Call};
use crate::world::World;

const FILTERS: [&str; 8] = [
    "instance-id",
    "instance-state-name",
    "instance-state-code",
    "iam-instance-profile.arn",
    "iam-instance-profile.id",
    "instance-type",
    "tag-key",
    "tag:*",
];

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let filters = Filters::read(call, &FILTERS)?;
    let size = input::page_size(call, "InstanceIds", 5, 1000)?;
    let instances = named(world, call)?.into_iter();
    let fitting: Vec<&Instance> = instances
        .filter(|instance| filters.hold(|name| values(instance, name)))
        .collect();
    let one = |instance: &Instance| {
        json!({
            "ReservationId": instance.reservation,
            "OwnerId": world.account_id,
            "Groups": [],
            "Instances": [instance.to_json(&call.region)],
        })
    };
    // who names instances, or no size of pages, gets all of them at once
    let size = size.unwrap_or(fitting.len().max(1));
    let mut answer = filter::page(call, "Reservations", fitting, Some(size), one)?;
    if let Some(members) = answer.as_object_mut() {
        join(members);
    }
    Ok(answer)
}

/// The instances that the request names, or all; one that is not there is an error.
pub(super) fn named<'a>(world: &'a World, call: &'a Call) -> Result<Vec<&'a Instance>, ApiError> {
    let ids = input::texts(call, "InstanceIds")?;
    let state = &world.services.ec2;
    if ids.is_empty() {
        return Ok(state.in_region(&call.region).collect());
    }
    ids.iter().try_for_each(|id| input::check_instance_id(id))?;
    let find = |id: &str| state.find(&call.region, id);
    let unknown: Vec<&str> = ids
        .iter()
        .copied()
        .filter(|id| find(id).is_none())
        .collect();
    match unknown.is_empty() {
        true => Ok(ids.into_iter().filter_map(find).collect()),
        false => Err(input::no_instances(&unknown)),
    }
}

/// What an instance has for a filter.
pub(super) fn values(instance: &Instance, filter: &str) -> Vec<String> {
    let profile = instance.association();
    let value = match filter {
        "instance-id" => Some(instance.id.clone()),
        "instance-state-name" => Some(instance.status.name().to_owned()),
        "instance-state-code" => Some(instance.status.code().to_string()),
        "iam-instance-profile.arn" => profile.map(|one| one.arn.clone()),
        "iam-instance-profile.id" => profile.map(|one| one.profile_id.clone()),
        "instance-type" => Some(instance.kind.clone()),
        "tag-key" => return instance.tags.keys().cloned().collect(),
        _ => {
            let key = filter.strip_prefix("tag:");
            key.and_then(|key| instance.tags.get(key)).cloned()
        }
    };
    value.into_iter().collect()
}

/// Instances of one launch that follow each other are told as one reservation.
fn join(answer: &mut Map<String, Value>) {
    let Some(Value::Array(all)) = answer.get_mut("Reservations") else {
        return;
    };
    let mut joined: Vec<Value> = Vec::new();
    for mut one in std::mem::take(all) {
        let last = joined.last_mut();
        let same = last.filter(|last| last.get("ReservationId") == one.get("ReservationId"));
        match (
            same.and_then(|same| same.get_mut("Instances")?.as_array_mut()),
            one.get_mut("Instances").and_then(Value::as_array_mut),
        ) {
            (Some(instances), Some(more)) => instances.append(more),
            _ => joined.push(one),
        }
    }
    *all = joined;
}
