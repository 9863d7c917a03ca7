//! The documents: what is kept of one, how it comes and how it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_runbook as runbook;

use super::content::{self, Content};
use super::describe;
use crate::call::{ApiError, Call};
use crate::seed::DocumentSeed;
use crate::services::config::input::Input;
use crate::world::World;

pub(super) const FORMATS: [&str; 3] = ["YAML", "JSON", "TEXT"];
/// One document with its versions.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) name: String,
    /// An account, or `Amazon`.
    pub(super) owner: String,
    pub(super) created: Timestamp,
    pub(super) versions: BTreeMap<u32, Version>,
    pub(super) default: u32,
    pub(super) latest: u32,
    pub(super) tags: Option<Value>,
    /// With whom it is shared: accounts, or `all`.
    pub(super) shared: BTreeSet<String>,
}

/// One version of a document.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) content: Content,
    pub(super) created: Timestamp,
    pub(super) name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) target_type: Option<String>,
}

impl Document {
    /// The version that `$DEFAULT`, `$LATEST`, a number or nothing (the default) names.
    pub(super) fn version(&self, named: Option<&str>) -> Option<(u32, &Version)> {
        let number = match named {
            None | Some("$DEFAULT") => self.default,
            Some("$LATEST") => self.latest,
            Some(number) => number.parse().ok()?,
        };
        let version = self.versions.get(&number)?;
        Some((number, version))
    }
}

/// A document's name from its name or ARN.
pub(super) fn bare_name(given: &str) -> &str {
    let kinds = [":document/", ":automation-definition/"];
    let found = kinds.iter().find_map(|kind| given.split_once(kind));
    let name = found.map_or(given, |(_, name)| name);
    // the ARN of an automation definition ends in a version
    match found {
        Some(_) => name.split(':').next().unwrap_or(name),
        None => name,
    }
}

pub(super) fn find<'a>(world: &'a World, region: &str, given: &str) -> Option<&'a Document> {
    let key = (region.to_owned(), bare_name(given).to_owned());
    world.services.ssm.documents.get(&key)
}

pub(super) fn no_such_document(name: &str) -> ApiError {
    let text = format!("Document with name {name} does not exist.");
    ApiError::new("InvalidDocument", text)
}

/// A document for another service: its default version, or the one named.
pub(crate) fn described(
    world: &World,
    region: &str,
    name: &str,
    version: Option<&str>,
) -> Option<Arc<runbook::Document>> {
    let (_, version) = find(world, region, name)?.version(version)?;
    Some(version.content.document.clone())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("Name", 1, usize::MAX)?;
    let number = input.text("DocumentVersion", 1, usize::MAX)?;
    let version_name = input.text("VersionName", 1, 128)?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    if document.owner != world.account_id {
        let text = format!("The document {name} belongs to {}.", document.owner);
        return Err(ApiError::new("InvalidDocumentOperation", text));
    }
    if !document.shared.is_empty() {
        let text = "You must stop sharing this document before it can be deleted.";
        return Err(ApiError::new("InvalidDocumentOperation", text));
    }
    let one = match (number, version_name) {
        (None, None) => None,
        _ => Some(describe::chosen(document, number, version_name)?.0),
    };
    if one == Some(document.default) {
        let text = "Default version of the document can't be deleted.";
        return Err(ApiError::new("InvalidDocumentOperation", text));
    }
    let key = (call.region.clone(), document.name.clone());
    let documents = &mut world.services.ssm.documents;
    match (one, documents.get_mut(&key)) {
        (Some(number), Some(document)) => {
            document.versions.remove(&number);
            let last = document.versions.keys().next_back();
            document.latest = last.copied().unwrap_or(document.default);
        }
        _ => {
            documents.remove(&key);
        }
    }
    Ok(json!({}))
}

/// Puts a document past the rules about names and owners; the content must be valid.
pub(crate) fn seed(world: &mut World, seed: DocumentSeed) -> Result<(), String> {
    let format = match serde_json::from_str::<Value>(&seed.content) {
        Ok(_) => "JSON",
        Err(_) => "YAML",
    };
    let content = content::read(&seed.content, Some(format)).map_err(|error| error.to_string())?;
    let owner = seed.owner.unwrap_or_else(|| world.account_id.clone());
    let version = Version {
        content,
        created: world.now,
        name: None,
        display_name: None,
        target_type: None,
    };
    let document = Document {
        name: seed.name.clone(),
        owner,
        created: world.now,
        versions: BTreeMap::from([(1, version)]),
        default: 1,
        latest: 1,
        tags: None,
        shared: BTreeSet::new(),
    };
    let key = (seed.region, seed.name);
    world.services.ssm.documents.insert(key, document);
    Ok(())
}
