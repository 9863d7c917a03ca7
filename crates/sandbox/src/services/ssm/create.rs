//! CreateDocument, and what every new version has to be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::content::{self, Content};
use super::document::{Document, FORMATS, Version};
use super::{describe, validation};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::services::not_implemented;
use crate::world::World;

const TYPES: [&str; 17] = [
    "Command",
    "Policy",
    "Automation",
    "Session",
    "Package",
    "ApplicationConfiguration",
    "ApplicationConfigurationSchema",
    "DeploymentStrategy",
    "ChangeCalendar",
    "Automation.ChangeTemplate",
    "ProblemAnalysis",
    "ProblemAnalysisTemplate",
    "CloudFormation",
    "ConformancePackTemplate",
    "QuickSetup",
    "ManualApprovalPolicy",
    "AutoApprovalPolicy",
];
const MOST_DOCUMENTS: usize = 500;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let text = input.required_text("Content", 1, usize::MAX)?;
    let name = input.required_text("Name", 1, usize::MAX)?;
    checked_name(name)?;
    let kind = input.choice("DocumentType", &TYPES)?.unwrap_or("Command");
    let format = input.choice("DocumentFormat", &FORMATS)?;
    input.structures("Tags", 1000)?;
    let version = version_of(&input, world.now())?;
    let content = match kind {
        "Automation" => content::read(text, format)?,
        "Command" => return Err(not_a_command(call, text, format)),
        _ => return Err(not_implemented(call)),
    };
    let key = (call.region.clone(), name.to_owned());
    let documents = &mut world.services.ssm.documents;
    if documents.contains_key(&key) {
        let text = format!("Document with same name {name} already exists");
        return Err(ApiError::new("DocumentAlreadyExists", text));
    }
    if documents.keys().filter(|known| known.0 == key.0).count() >= MOST_DOCUMENTS {
        let text = format!("You can have at most {MOST_DOCUMENTS} documents in a Region.");
        return Err(ApiError::new("DocumentLimitExceeded", text));
    }
    let document = Document {
        name: name.to_owned(),
        owner: world.account_id.clone(),
        created: world.now,
        versions: BTreeMap::from([(1, version(content))]),
        default: 1,
        latest: 1,
        tags: input.value("Tags").cloned(),
        shared: Default::default(),
    };
    let answer = describe::description(&document, 1, "Creating");
    documents.insert(key, document);
    Ok(json!({"DocumentDescription": answer}))
}

/// The members of a version besides its content; the content is put in by the function.
pub(super) fn version_of(
    input: &Input<'_>,
    created: Timestamp,
) -> Result<impl FnOnce(Content) -> Version + use<>, ApiError> {
    let name = input.text("VersionName", 1, 128)?.map(str::to_owned);
    let display_name = input.text("DisplayName", 0, 1024)?.map(str::to_owned);
    let target_type = input.text("TargetType", 0, 200)?.map(str::to_owned);
    let fits = |name: &String| is_name(name, 1);
    if let Some(name) = name.as_ref().filter(|name| !fits(name)) {
        return Err(mismatch(name, "versionName", "^[a-zA-Z0-9_\\-.]{1,128}$"));
    }
    Ok(move |content| Version {
        content,
        created,
        name,
        display_name,
        target_type,
    })
}

fn is_name(text: &str, least: usize) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    (least..=128).contains(&text.len()) && text.chars().all(fits)
}

fn mismatch(given: &str, path: &str, pattern: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value '{given}' at '{path}' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: {pattern}"
    ))
}

fn checked_name(name: &str) -> Result<(), ApiError> {
    if !is_name(name, 3) {
        return Err(mismatch(name, "name", "^[a-zA-Z0-9_\\-.]{3,128}$"));
    }
    let lower = name.to_ascii_lowercase();
    if ["aws", "amazon", "amzn"]
        .iter()
        .any(|reserved| lower.starts_with(reserved))
    {
        return Err(validation(format!(
            "The document name {name} uses a reserved prefix. Names must not start with aws, \
             amazon or amzn."
        )));
    }
    Ok(())
}

/// Without a type a document is a Command document, and schema 0.3 is none of those.
fn not_a_command(call: &Call, text: &str, format: Option<&str>) -> ApiError {
    match content::read(text, format) {
        Ok(_) => {
            let text = "Document schema version 0.3 is not supported for document type Command. \
                        Give DocumentType Automation.";
            ApiError::new("InvalidDocumentSchemaVersion", text)
        }
        Err(error) if error.message.starts_with("JSON not") => error,
        Err(_) => not_implemented(call),
    }
}
