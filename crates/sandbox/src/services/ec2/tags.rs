//! Tags of instances.

use serde_json::{Value, json};

use super::filter::{self, Filters};
use super::input::{self, error, invalid};
use super::instance::Instance;
use crate::call::{ApiError, Call};
use crate::world::World;

/// Tags on one resource.
const MOST: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let ids = resources(world, call)?;
    let mut tags = Vec::new();
    for tag in given(call)? {
        let key = input::text(tag, "Key")?.ok_or_else(|| input::missing("Tag.Key"))?;
        let value = input::text(tag, "Value")?.unwrap_or_default();
        check(key, value)?;
        tags.push((key, value));
    }
    let state = &world.services.ec2;
    for id in &ids {
        let own = state.find(&call.region, id).map(|instance| &instance.tags);
        let new = |(key, _): &&(&str, &str)| own.is_some_and(|own| !own.contains_key(*key));
        let count = own.map_or(0, |own| own.len()) + tags.iter().filter(new).count();
        if count > MOST {
            let text =
                format!("The maximum number of Tags for a resource has been reached: {MOST}");
            return Err(error("TagLimitExceeded", text));
        }
    }
    for id in ids {
        if let Some(instance) = world.services.ec2.change(&call.region, id) {
            let tags = tags.iter();
            instance
                .tags
                .extend(tags.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        }
    }
    Ok(json!({}))
}

/// Without tags in the request all go; with a value only the tag that has it.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let ids = resources(world, call)?;
    let all = input::given(&call.input, "Tags").is_none();
    let tags = if all { &[][..] } else { given(call)? };
    for id in ids {
        let Some(instance) = world.services.ec2.change(&call.region, id) else {
            continue;
        };
        instance.tags.retain(|key, value| {
            let meant = |tag: &Value| {
                let same = |name: &str, own: &str| {
                    let wanted = tag.get(name).and_then(Value::as_str);
                    wanted.is_none_or(|wanted| wanted == own)
                };
                same("Key", key) && same("Value", value)
            };
            !all && !tags.iter().any(meant)
        });
    }
    Ok(json!({}))
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let known = ["resource-id", "resource-type", "key", "value", "tag:*"];
    let filters = Filters::read(call, &known)?;
    let size = input::page_size(call, "ResourceIds", 5, 1000)?;
    let instances = world.services.ec2.in_region(&call.region);
    let told = instances.flat_map(|instance| tags_of(instance, &filters));
    filter::page(call, "Tags", told.collect(), size, |tag| tag)
}

fn tags_of(instance: &Instance, filters: &Filters<'_>) -> Vec<Value> {
    let fits = |key: &str, value: &str| {
        filters.hold(|name| {
            let found = match name {
                "resource-id" => Some(instance.id.as_str()),
                "resource-type" => Some("instance"),
                "key" => Some(key),
                "value" => Some(value),
                tag => (tag.strip_prefix("tag:") == Some(key)).then_some(value),
            };
            found.map(str::to_owned).into_iter().collect()
        })
    };
    let tags = instance.tags.iter().filter(|(key, value)| fits(key, value));
    tags.map(|(key, value)| {
        json!({
            "Key": key, "ResourceId": instance.id, "ResourceType": "instance", "Value": value,
        })
    })
    .collect()
}

/// The resources of the request: instances, which are there.
fn resources<'a>(world: &World, call: &'a Call) -> Result<Vec<&'a str>, ApiError> {
    let ids = input::texts(call, "Resources")?;
    if ids.is_empty() {
        return Err(input::missing("ResourceId"));
    }
    for id in &ids {
        if !id.starts_with("i-") {
            let text = format!("The ID '{id}' is not valid");
            return Err(error("InvalidID", text));
        }
        input::check_instance_id(id)?;
        if world.services.ec2.find(&call.region, id).is_none() {
            return Err(input::no_instances(&[id]));
        }
    }
    Ok(ids)
}

fn given(call: &Call) -> Result<&[Value], ApiError> {
    let tags = input::given(&call.input, "Tags").and_then(Value::as_array);
    let tags = tags.filter(|tags| !tags.is_empty());
    tags.map(Vec::as_slice).ok_or_else(|| input::missing("Tag"))
}

fn check(key: &str, value: &str) -> Result<(), ApiError> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        let text = "Tag keys starting with 'aws:' are reserved for internal use";
        return Err(invalid(text));
    }
    if key.is_empty() || key.chars().count() > LONGEST_KEY {
        let text = format!("Tag key exceeds the maximum length of {LONGEST_KEY} characters");
        return Err(invalid(text));
    }
    if value.chars().count() > LONGEST_VALUE {
        let text = format!("Tag value exceeds the maximum length of {LONGEST_VALUE} characters");
        return Err(invalid(text));
    }
    Ok(())
}
