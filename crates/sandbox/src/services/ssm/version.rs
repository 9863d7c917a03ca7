//! New versions of documents and the default one.

use serde_json::{Map, Value, json};

use super::create::version_of;
use super::document::{Document, FORMATS, find, no_such_document};
use super::{content, describe};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::world::World;

const MOST_VERSIONS: usize = 1000;

pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let text = input.required_text("Content", 1, usize::MAX)?;
    let name = input.required_text("Name", 1, usize::MAX)?;
    let format = input.choice("DocumentFormat", &FORMATS)?;
    let based_on = input.text("DocumentVersion", 1, usize::MAX)?;
    let version = version_of(&input, world.now())?;
    let version_name = input.text("VersionName", 1, 128)?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    own(world, document)?;
    may_follow(document, based_on, version_name)?;
    let content = content::read(text, format)?;
    if document
        .versions
        .values()
        .any(|known| known.content.text == content.text)
    {
        let text = "The content of the document is the same as that of a version that exists.";
        return Err(ApiError::new("DuplicateDocumentContent", text));
    }
    let key = (call.region.clone(), document.name.clone());
    let found = world.services.ssm.documents.get_mut(&key);
    let document = found.ok_or_else(|| no_such_document(name))?;
    document.latest += 1;
    document.versions.insert(document.latest, version(content));
    let answer = describe::description(document, document.latest, "Updating");
    Ok(json!({"DocumentDescription": answer}))
}

pub(super) fn own(world: &World, document: &Document) -> Result<(), ApiError> {
    if document.owner == world.account_id {
        return Ok(());
    }
    let text = format!(
        "The document {} belongs to {}.",
        document.name, document.owner
    );
    Err(ApiError::new("InvalidDocumentOperation", text))
}

/// Only the latest version can be updated; without a version the default one is meant.
fn may_follow(
    document: &Document,
    based_on: Option<&str>,
    version_name: Option<&str>,
) -> Result<(), ApiError> {
    let found = document.version(based_on).map(|(number, _)| number);
    if found != Some(document.latest) {
        let text = "The document version is not valid or does not exist. Only the latest version \
                    can be updated: give $LATEST.";
        return Err(ApiError::new("InvalidDocumentVersion", text));
    }
    let mut names = document.versions.values().map(|version| &version.name);
    if version_name.is_some() && names.any(|known| known.as_deref() == version_name) {
        let text = "The version name has already been used in this document.";
        return Err(ApiError::new("DuplicateDocumentVersionName", text));
    }
    if document.versions.len() >= MOST_VERSIONS {
        let text = format!("The document has {MOST_VERSIONS} versions: delete one.");
        return Err(ApiError::new("DocumentVersionLimitExceeded", text));
    }
    Ok(())
}

pub(super) fn set_default(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("Name", 1, usize::MAX)?;
    let number = input.required_text("DocumentVersion", 1, usize::MAX)?;
    let document = find(world, &call.region, name).ok_or_else(|| no_such_document(name))?;
    own(world, document)?;
    let number: Option<u32> = number.parse().ok();
    let version = number.and_then(|number| Some((number, document.versions.get(&number)?)));
    let (number, version) = version.ok_or_else(describe::no_such_version)?;
    let mut answer = Map::new();
    answer.insert("Name".to_owned(), json!(document.name));
    answer.insert("DefaultVersion".to_owned(), json!(number.to_string()));
    if let Some(name) = &version.name {
        answer.insert("DefaultVersionName".to_owned(), json!(name));
    }
    let key = (call.region.clone(), document.name.clone());
    if let Some(document) = world.services.ssm.documents.get_mut(&key) {
        document.default = number;
    }
    Ok(json!({"Description": answer}))
}
