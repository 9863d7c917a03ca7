//! Lists of trusted addresses, and where findings are exported to.

use serde_json::{Value, json};

use super::{find, listing, names, next_id, refused};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::world::World;

const FORMATS: [&str; 6] = [
    "TXT",
    "STIX",
    "OTX_CSV",
    "ALIEN_VAULT",
    "PROOF_POINT",
    "FIRE_EYE",
];

pub(super) fn create_ip_set(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    input.required_text("Name", 1, 300)?;
    input.required_text("Format", 1, 300)?;
    input.choice("Format", &FORMATS)?;
    input.required_text("Location", 1, 300)?;
    if input.value("Activate").is_none() {
        return Err(input.missing("Activate"));
    }
    input.flag("Activate")?;
    if !find(world, call, &input)?.ip_sets.is_empty() {
        let text = "because a trusted IP list already exists for the detector.";
        return Err(refused(text));
    }
    let id = next_id(world);
    let ip_sets = &mut find(world, call, &input)?.ip_sets;
    ip_sets.insert(id.clone(), input.given());
    Ok(json!({"IpSetId": id}))
}

pub(super) fn get_ip_set(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("IpSetId", 1, usize::MAX)?;
    let list = find(world, call, &input)?.ip_sets.get(id);
    let list = list.ok_or_else(no_list)?;
    let active = list.get("Activate") == Some(&Value::Bool(true));
    Ok(json!({
        "Name": list.get("Name"),
        "Format": list.get("Format"),
        "Location": list.get("Location"),
        "Status": if active { "ACTIVE" } else { "INACTIVE" },
    }))
}

/// What is left out stays as it is.
pub(super) fn update_ip_set(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("IpSetId", 1, usize::MAX)?;
    input.text("Name", 1, 300)?;
    input.text("Location", 1, 300)?;
    input.flag("Activate")?;
    let list = find(world, call, &input)?.ip_sets.get_mut(id);
    let list = list.and_then(Value::as_object_mut).ok_or_else(no_list)?;
    for member in ["Name", "Location", "Activate"] {
        let given = input.value(member).cloned();
        list.extend(given.map(|value| (member.to_owned(), value)));
    }
    Ok(json!({}))
}

pub(super) fn delete_ip_set(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("IpSetId", 1, usize::MAX)?;
    let removed = find(world, call, &input)?.ip_sets.remove(id);
    removed.map(|_| json!({})).ok_or_else(no_list)
}

fn no_list() -> ApiError {
    refused("because the input ipSetId is not found.")
}

pub(super) fn list_ip_sets(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let ids = names(&find(world, call, &input)?.ip_sets);
    listing(call, &input, "IpSetIds", ids)
}

pub(super) fn create_destination(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    input.required_text("DestinationType", 1, 300)?;
    input.choice("DestinationType", &["S3"])?;
    let Some(properties) = input.structure("DestinationProperties")? else {
        return Err(input.missing("DestinationProperties"));
    };
    properties.required_text("DestinationArn", 1, usize::MAX)?;
    properties.required_text("KmsKeyArn", 1, usize::MAX)?;
    if !find(world, call, &input)?.destinations.is_empty() {
        return Err(refused("because a publishing destination already exists."));
    }
    let id = next_id(world);
    let destinations = &mut find(world, call, &input)?.destinations;
    destinations.insert(id.clone(), destination(&id));
    Ok(json!({"DestinationId": id}))
}

/// A place to which findings are exported, as the listing shows it.
pub(super) fn destination(id: &str) -> Value {
    json!({"DestinationId": id, "DestinationType": "S3", "Status": "PUBLISHING"})
}

pub(super) fn list_destinations(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let destinations = &find(world, call, &input)?.destinations;
    let destinations = destinations.values().cloned().collect();
    listing(call, &input, "Destinations", destinations)
}

pub(super) fn delete_destination(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("DestinationId", 1, 300)?;
    let removed = find(world, call, &input)?.destinations.remove(id);
    let unknown = || refused("because the input destinationId is not found.");
    removed.map(|_| json!({})).ok_or_else(unknown)
}
