//! Lists of documents and of their versions.

use serde_json::{Map, Value, json};

use super::describe::named;
use super::document::{Document, find, no_such_document};
use super::invalid_token;
use crate::call::{ApiError, Call};
use crate::services::config::epoch;
use crate::services::config::input::Input;
use crate::services::config::page::{answer, page};
use crate::world::World;

type Filter = (String, Vec<String>);

pub(super) fn documents(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let filters = filters(&input)?;
    let size = input.number("MaxResults", 1, 50)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let documents = &world.services.ssm.documents;
    let found = documents
        .iter()
        .filter(|((home, _), _)| *home == call.region)
        .map(|(_, document)| document)
        .filter(|document| filters.iter().all(|filter| passes(world, document, filter)))
        .map(identifier)
        .collect();
    let size = size.and_then(|size| usize::try_from(size).ok());
    let page = page(&call.operation, found, token, size.unwrap_or(50)).map_err(invalid_token)?;
    Ok(answer("DocumentIdentifiers", page))
}

/// The old and the new form of filters.
fn filters(input: &Input<'_>) -> Result<Vec<Filter>, ApiError> {
    let mut filters = Vec::new();
    for filter in input.structures("DocumentFilterList", usize::MAX)? {
        let key = filter.required_text("key", 1, 128)?;
        let value = filter.required_text("value", 1, usize::MAX)?;
        filters.push((key.to_owned(), vec![value.to_owned()]));
    }
    for filter in input.structures("Filters", 6)? {
        let key = filter.required_text("Key", 1, 128)?;
        let values = filter.texts("Values", 0, usize::MAX, 256)?;
        let values = values.into_iter().map(str::to_owned).collect();
        filters.push((key.to_owned(), values));
    }
    let known = [
        "Name",
        "Owner",
        "PlatformTypes",
        "DocumentType",
        "TargetType",
        "SearchKeyword",
    ];
    for (key, _) in &filters {
        if !known.contains(&key.as_str()) && !key.starts_with("tag:") {
            let text = format!("The filter key {key} is not valid.");
            return Err(ApiError::new("InvalidFilterKey", text));
        }
    }
    Ok(filters)
}

fn passes(world: &World, document: &Document, (key, values): &Filter) -> bool {
    let own = document.owner == world.account_id;
    let one = |value: &String| match key.as_str() {
        "Name" => document.name.starts_with(value.as_str()),
        "Owner" => match value.as_str() {
            "Self" | "Private" => own,
            "Amazon" => document.owner == "Amazon",
            "Public" => !own,
            _ => value == "All",
        },
        "DocumentType" => value == "Automation",
        "PlatformTypes" => ["Windows", "Linux", "MacOS"].contains(&value.as_str()),
        "SearchKeyword" => document.name.contains(value.as_str()),
        _ => false,
    };
    values.iter().any(one)
}

fn identifier(document: &Document) -> Value {
    let Some((number, version)) = document.version(None) else {
        return Value::Null;
    };
    let mut members = named(document, number, version);
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("CreatedDate", epoch(document.created));
    put("Owner", json!(document.owner));
    put("PlatformTypes", json!(["Windows", "Linux", "MacOS"]));
    put("SchemaVersion", json!("0.3"));
    put("Tags", document.tags.clone().unwrap_or_else(|| json!([])));
    Value::Object(members)
}

pub(super) fn versions(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("Name", 1, usize::MAX)?;
    let size = input.number("MaxResults", 1, 50)?;
    let token = input.text("NextToken", 0, usize::MAX)?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    let mut found = Vec::new();
    for (number, version) in document.versions.iter().rev() {
        let mut members: Map<String, Value> = named(document, *number, version);
        members.remove("DocumentType");
        members.remove("TargetType");
        members.insert("CreatedDate".to_owned(), epoch(version.created));
        let default = *number == document.default;
        members.insert("IsDefaultVersion".to_owned(), json!(default));
        members.insert("Status".to_owned(), json!("Active"));
        found.push(Value::Object(members));
    }
    let size = size.and_then(|size| usize::try_from(size).ok());
    let page = page(&call.operation, found, token, size.unwrap_or(50)).map_err(invalid_token)?;
    Ok(answer("DocumentVersions", page))
}
