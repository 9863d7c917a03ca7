//! What is told of a document.

use serde_json::{Map, Value, json};
use trailkeeper_runbook as runbook;

use super::document::{Document, FORMATS, Version, find, no_such_document};
use crate::call::{ApiError, Call};
use crate::services::config::epoch;
use crate::services::config::input::Input;
use crate::world::World;

pub(super) fn no_such_version() -> ApiError {
    let text = "The document version is not valid or does not exist.";
    ApiError::new("InvalidDocumentVersion", text)
}

/// The version that a number and a version name mean together.
pub(super) fn chosen<'a>(
    document: &'a Document,
    number: Option<&str>,
    name: Option<&str>,
) -> Result<(u32, &'a Version), ApiError> {
    let Some(name) = name else {
        return document.version(number).ok_or_else(no_such_version);
    };
    let named = |(_, version): &(&u32, &Version)| version.name.as_deref() == Some(name);
    let found = document.versions.iter().find(named);
    let (found, version) = found.ok_or_else(no_such_version)?;
    let fits = number.is_none() || document.version(number).is_some_and(|(n, _)| n == *found);
    fits.then_some((*found, version))
        .ok_or_else(no_such_version)
}

fn asked<'a>(world: &'a World, call: &Call) -> Result<(&'a Document, u32, &'a Version), ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("Name", 1, usize::MAX)?;
    let number = input.text("DocumentVersion", 1, usize::MAX)?;
    let version_name = input.text("VersionName", 1, 128)?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    let (number, version) = chosen(document, number, version_name)?;
    Ok((document, number, version))
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let (document, number, _) = asked(world, call)?;
    Ok(json!({"Document": description(document, number, "Active")}))
}

/// The text as it was given; a YAML text that is asked for as JSON is converted. JSON asked for as
/// YAML comes as it is, for JSON is YAML.
pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let format = Input::of(&call.input)?.choice("DocumentFormat", &FORMATS)?;
    let (document, number, version) = asked(world, call)?;
    let own = version.content.format;
    let format = format.unwrap_or(own);
    let text = match (own, format) {
        ("YAML", "JSON") => as_json(&version.content.text),
        _ => version.content.text.to_string(),
    };
    let mut answer = named(document, number, version);
    answer.insert("CreatedDate".to_owned(), epoch(version.created));
    answer.insert("Status".to_owned(), json!("Active"));
    answer.insert("Content".to_owned(), json!(text));
    answer.insert("DocumentFormat".to_owned(), json!(format));
    Ok(Value::Object(answer))
}

fn as_json(text: &str) -> String {
    let node = runbook::parse(text);
    let value = node.map_or(Value::Null, |node| node.to_json());
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// The members that every answer about a version has.
pub(super) fn named(document: &Document, number: u32, version: &Version) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("Name", json!(document.name));
    put("DocumentVersion", json!(number.to_string()));
    put("DocumentType", json!("Automation"));
    put("DocumentFormat", json!(version.content.format));
    for (name, value) in [
        ("VersionName", &version.name),
        ("DisplayName", &version.display_name),
        ("TargetType", &version.target_type),
    ] {
        if let Some(text) = value {
            put(name, json!(text));
        }
    }
    members
}

/// A `DocumentDescription`.
pub(super) fn description(document: &Document, number: u32, status: &str) -> Value {
    let Some(version) = document.versions.get(&number) else {
        return Value::Null;
    };
    let mut members = named(document, number, version);
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    let read = &version.content.document;
    put("Owner", json!(document.owner));
    put("CreatedDate", epoch(version.created));
    put("Hash", json!(version.content.hash()));
    put("HashType", json!("Sha256"));
    put("Status", json!(status));
    if !read.description.is_empty() {
        put("Description", json!(read.description));
    }
    put(
        "Parameters",
        read.parameters.iter().map(parameter).collect(),
    );
    put("PlatformTypes", json!(["Windows", "Linux", "MacOS"]));
    put("SchemaVersion", json!("0.3"));
    put("LatestVersion", json!(document.latest.to_string()));
    put("DefaultVersion", json!(document.default.to_string()));
    put("Tags", document.tags.clone().unwrap_or_else(|| json!([])));
    Value::Object(members)
}

fn parameter(parameter: &runbook::Parameter) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("Name", json!(parameter.name));
    put("Type", json!(parameter.data_type.as_str()));
    put("Description", json!(parameter.description));
    if let Some(default) = &parameter.default {
        let text = match default.to_json() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        put("DefaultValue", json!(text));
    }
    Value::Object(members)
}
