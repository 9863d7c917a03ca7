//! Items by resource: GetResourceConfigHistory and BatchGetResourceConfig.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::evaluation::is_resource_type;
use super::super::from_epoch;
use super::super::input::Input;
use super::super::page::page;
use super::{Item, Resource, need_recorder};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The resource type `name`, which must look like one.
pub(super) fn resource_type<'a>(input: &Input<'a>, name: &str) -> Result<&'a str, ApiError> {
    let kind = input.required_text(name, 1, 256)?;
    if is_resource_type(kind) {
        return Ok(kind);
    }
    let text = format!(
        "1 validation error detected: Value '{kind}' at '{name}' failed to satisfy constraint: \
         Member must satisfy enum value set of the resource types"
    );
    Err(ApiError::new("ValidationException", text))
}

fn time(input: &Input<'_>, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(value) = input.value(name) else {
        return Ok(None);
    };
    let text = "a timestamp must be a number of seconds";
    let wrong = || ApiError::new("SerializationException", text);
    from_epoch(value).map(Some).ok_or_else(wrong)
}

pub(super) fn history(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let kind = resource_type(&input, "resourceType")?;
    let id = input.required_text("resourceId", 1, 768)?;
    let (later, earlier) = (time(&input, "laterTime")?, time(&input, "earlierTime")?);
    let order = input.choice("chronologicalOrder", &["Reverse", "Forward"])?;
    let size = input.limit("limit", 100)?.filter(|size| *size > 0);
    let token = input.text("nextToken", 0, usize::MAX)?;
    let later = later.unwrap_or(Timestamp::MAX);
    if earlier.is_some_and(|earlier| earlier > later) {
        return Err(no_range());
    }
    need_recorder(world, &call.region)?;
    let resource = (kind.to_owned(), id.to_owned());
    let items = world
        .services
        .config
        .inventory
        .history(&call.region, &resource);
    if items.is_empty() {
        return Err(not_discovered(&resource));
    }
    let within = |item: &&Item| {
        item.captured <= later && earlier.is_none_or(|earlier| item.captured >= earlier)
    };
    let mut found: Vec<&Item> = items.iter().map(AsRef::as_ref).filter(within).collect();
    if order != Some("Forward") {
        found.reverse();
    }
    let (found, next) = page(&call.operation, found, token, size.unwrap_or(10))?;
    let found: Vec<Value> = found.into_iter().map(Item::history).collect();
    let mut told = json!({"configurationItems": found});
    if let (Some(token), Some(members)) = (next, told.as_object_mut()) {
        members.insert("nextToken".to_owned(), json!(token));
    }
    Ok(told)
}

fn no_range() -> ApiError {
    let text = "The specified time range is not valid. The earlier time is not chronologically \
                before the later time.";
    ApiError::new("InvalidTimeRangeException", text)
}

fn not_discovered(resource: &Resource) -> ApiError {
    let text = format!(
        "Resource {} of resourceType:{} is unknown or has not been discovered",
        resource.1, resource.0
    );
    ApiError::new("ResourceNotDiscoveredException", text)
}

/// Resources that are unknown or gone are left out of the answer.
pub(super) fn batch(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    if input.value("resourceKeys").is_none() {
        return Err(input.missing("resourceKeys"));
    }
    let mut wanted = Vec::new();
    for key in input.structures("resourceKeys", 100)? {
        let kind = resource_type(&key, "resourceType")?;
        let id = key.required_text("resourceId", 1, 768)?;
        wanted.push((kind.to_owned(), id.to_owned()));
    }
    if wanted.is_empty() {
        let text = "1 validation error detected: Value '[]' at 'resourceKeys' failed to satisfy \
                    constraint: Member must have length greater than or equal to 1";
        return Err(ApiError::new("ValidationException", text));
    }
    need_recorder(world, &call.region)?;
    let inventory = &world.services.config.inventory;
    let last = |resource: &Resource| inventory.last(&call.region, resource);
    let present = wanted.iter().filter_map(last);
    let present = present.filter(|item| item.status.is_present());
    let found: Vec<Value> = present.map(|item| Value::Object(item.base())).collect();
    Ok(json!({"baseConfigurationItems": found, "unprocessedResourceKeys": []}))
}
