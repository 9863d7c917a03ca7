//! Lists of what is trusted, and where findings are exported to.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Detector, find, listing, names, next_id, refused};
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

/// The two kinds of lists of what is trusted; of each there is one at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trusted {
    /// Addresses.
    Addresses,
    /// Addresses and domains.
    Entities,
}

impl Trusted {
    fn id(self) -> &'static str {
        match self {
            Self::Addresses => "IpSetId",
            Self::Entities => "TrustedEntitySetId",
        }
    }

    fn of(self, detector: &mut Detector) -> &mut BTreeMap<String, Value> {
        match self {
            Self::Addresses => &mut detector.ip_sets,
            Self::Entities => &mut detector.entity_sets,
        }
    }

    fn unknown(self) -> ApiError {
        match self {
            Self::Addresses => refused("because the input ipSetId is not found."),
            Self::Entities => refused("because the input trustedEntitySetId is not found."),
        }
    }

    fn exists(self) -> ApiError {
        let name = match self {
            Self::Addresses => "trusted IP list",
            Self::Entities => "trusted entity list",
        };
        refused(format!("because a {name} already exists for the detector."))
    }
}

pub(super) fn create(world: &mut World, call: &Call, kind: Trusted) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    input.required_text("Name", 1, 300)?;
    input.required_text("Format", 1, 300)?;
    input.choice("Format", &FORMATS)?;
    input.required_text("Location", 1, 300)?;
    input.text("ExpectedBucketOwner", 12, 12)?;
    if input.value("Activate").is_none() {
        return Err(input.missing("Activate"));
    }
    input.flag("Activate")?;
    if !kind.of(find(world, call, &input)?).is_empty() {
        return Err(kind.exists());
    }
    let id = next_id(world);
    let lists = kind.of(find(world, call, &input)?);
    lists.insert(id.clone(), input.given());
    Ok(json!({kind.id(): id}))
}

pub(super) fn get(world: &mut World, call: &Call, kind: Trusted) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text(kind.id(), 1, usize::MAX)?;
    let list = kind.of(find(world, call, &input)?).get(id);
    let list = list.ok_or_else(|| kind.unknown())?;
    let active = list.get("Activate") == Some(&Value::Bool(true));
    Ok(json!({
        "Name": list.get("Name"),
        "Format": list.get("Format"),
        "Location": list.get("Location"),
        "Status": if active { "ACTIVE" } else { "INACTIVE" },
    }))
}

/// What is left out stays as it is.
pub(super) fn update(world: &mut World, call: &Call, kind: Trusted) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text(kind.id(), 1, usize::MAX)?;
    input.text("Name", 1, 300)?;
    input.text("Location", 1, 300)?;
    input.text("ExpectedBucketOwner", 12, 12)?;
    input.flag("Activate")?;
    let list = kind.of(find(world, call, &input)?).get_mut(id);
    let list = list.and_then(Value::as_object_mut);
    let list = list.ok_or_else(|| kind.unknown())?;
    for member in ["Name", "Location", "Activate"] {
        let given = input.value(member).cloned();
        list.extend(given.map(|value| (member.to_owned(), value)));
    }
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call, kind: Trusted) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text(kind.id(), 1, usize::MAX)?;
    let removed = kind.of(find(world, call, &input)?).remove(id);
    removed.map(|_| json!({})).ok_or_else(|| kind.unknown())
}

pub(super) fn list(world: &mut World, call: &Call, kind: Trusted) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let ids = names(kind.of(find(world, call, &input)?));
    listing(call, &input, &format!("{}s", kind.id()), ids)
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

/// Where exactly findings go the listing does not show, so that it is not kept.
pub(super) fn update_destination(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("DestinationId", 1, 300)?;
    if let Some(properties) = input.structure("DestinationProperties")? {
        properties.text("DestinationArn", 1, usize::MAX)?;
        properties.text("KmsKeyArn", 1, usize::MAX)?;
    }
    let is_known = find(world, call, &input)?.destinations.contains_key(id);
    let unknown = || refused("because the input destinationId is not found.");
    is_known.then(|| json!({})).ok_or_else(unknown)
}

pub(super) fn delete_destination(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let id = input.required_text("DestinationId", 1, 300)?;
    let removed = find(world, call, &input)?.destinations.remove(id);
    let unknown = || refused("because the input destinationId is not found.");
    removed.map(|_| json!({})).ok_or_else(unknown)
}
