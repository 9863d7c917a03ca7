//! ListTags, AddTags and RemoveTags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::find;
use super::input::{list, text, texts};
use crate::call::{ApiError, Call};
use crate::world::World;

const TAGS: usize = 50;
const RESOURCES: usize = 20;

pub(super) fn list_tags(world: &World, call: &Call) -> Result<Value, ApiError> {
    let ids = texts(&call.input, "ResourceIdList")?;
    if ids.is_empty() || ids.len() > RESOURCES {
        let text = format!("ResourceIdList needs 1 to {RESOURCES} ARNs.");
        return Err(ApiError::new("ValidationException", text));
    }
    let one = |id: &&str| {
        check_arn(id, &call.region)?;
        let trail = find::own(world, call, id).map_err(|error| as_resource(error, id))?;
        let tags: Vec<_> = trail.tags.iter().map(tag_json).collect();
        Ok(json!({"ResourceId": id, "TagsList": tags}))
    };
    let lists: Vec<_> = ids.iter().map(one).collect::<Result<_, ApiError>>()?;
    Ok(json!({"ResourceTagList": lists}))
}

fn tag_json((key, value): (&String, &String)) -> Value {
    json!({"Key": key, "Value": value})
}

pub(super) fn add_tags(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let (arn, tags) = target(world, call)?;
    let trail = find::by_key(world, &arn)?;
    put(&mut trail.tags, tags)?;
    Ok(json!({}))
}

pub(super) fn remove_tags(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let (arn, tags) = target(world, call)?;
    let trail = find::by_key(world, &arn)?;
    for (key, _) in tags {
        trail.tags.remove(&key);
    }
    Ok(json!({}))
}

fn target(world: &World, call: &Call) -> Result<(String, Vec<(String, String)>), ApiError> {
    let id = text(&call.input, "ResourceId")?.unwrap_or_default();
    check_arn(id, &call.region)?;
    let trail = find::to_change(world, call, id).map_err(|error| as_resource(error, id))?;
    let tags = list(&call.input, "TagsList")?.unwrap_or_default();
    Ok((trail.arn.clone(), read(tags)?))
}

/// Tags are reached by ARN only, and only in the trail's home Region.
fn check_arn(id: &str, region: &str) -> Result<(), ApiError> {
    let invalid = |text: String| Err(ApiError::new("CloudTrailARNInvalidException", text));
    if !id.starts_with("arn:") {
        return invalid(format!("{id} is not a valid ARN"));
    }
    if id.split(':').nth(3).is_some_and(|home| home != region) {
        return invalid(format!(
            "Region in ARN is wrong, you can only access resources in region {region}."
        ));
    }
    Ok(())
}

fn as_resource(error: ApiError, id: &str) -> ApiError {
    if error.code != "TrailNotFoundException" {
        return error;
    }
    ApiError::new(
        "ResourceNotFoundException",
        format!("The resource {id} does not exist."),
    )
}

/// Reads a list of tags, each key once.
pub(super) fn read(given: &[Value]) -> Result<Vec<(String, String)>, ApiError> {
    let mut tags = BTreeMap::new();
    for tag in given {
        let key = text(tag, "Key")?.unwrap_or_default();
        let value = text(tag, "Value")?.unwrap_or_default();
        let fits = (1..=128).contains(&key.chars().count())
            && value.chars().count() <= 256
            && !key.to_ascii_lowercase().starts_with("aws:");
        if !fits {
            return Err(invalid(format!("The tag {key} is not valid.")));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("The tag key {key} is given twice.")));
        }
    }
    Ok(tags.into_iter().collect())
}

/// Adds tags, or none of them if they were too many.
pub(super) fn put(
    tags: &mut BTreeMap<String, String>,
    more: Vec<(String, String)>,
) -> Result<(), ApiError> {
    let mut after = tags.clone();
    after.extend(more);
    if after.len() > TAGS {
        let text = format!("A trail can have at most {TAGS} tags.");
        return Err(ApiError::new("TagsLimitExceededException", text));
    }
    *tags = after;
    Ok(())
}

fn invalid(text: String) -> ApiError {
    ApiError::new("InvalidTagParameterException", text)
}
