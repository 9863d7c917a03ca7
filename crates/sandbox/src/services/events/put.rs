//! PutEvents.

use serde_json::{Value, json};

use super::bus::{self, Audience};
use super::{invalid, is_default_bus};
use crate::call::{ApiError, Call};
use crate::conversions::from_epoch;
use crate::services::config::input::Input;
use crate::services::not_implemented;
use crate::world::World;

const MOST_ENTRIES: usize = 10;
/// All entries of a call together, in bytes.
const LARGEST: usize = 262_144;

/// A refused entry: its code and what is said of it.
type Refusal = (&'static str, String);

pub(super) fn events(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    if input.value("EndpointId").is_some() {
        return Err(not_implemented(call));
    }
    let entries = input.structures("Entries", MOST_ENTRIES)?;
    if entries.is_empty() {
        let text = "1 validation error detected: Value '[]' at 'entries' failed to satisfy \
                    constraint: Member must have length greater than or equal to 1";
        return Err(invalid(text));
    }
    if entries.iter().map(size).sum::<usize>() > LARGEST {
        return Err(invalid(
            "Total size of the entries in the request is over the limit.",
        ));
    }
    let mut answers = Vec::new();
    let mut failed = 0;
    for entry in &entries {
        match read(world, call, entry) {
            Err((code, text)) => {
                failed += 1;
                answers.push(json!({"ErrorCode": code, "ErrorMessage": text}));
            }
            Ok(event) => {
                answers.push(json!({"EventId": event.get("id")}));
                bus::deliver(world, &call.region, &event, Audience::Enabled);
            }
        }
    }
    Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
}

fn size(entry: &Input<'_>) -> usize {
    let text = |member: &str| entry.value(member).and_then(Value::as_str);
    let texts = ["Source", "DetailType", "Detail"].map(text);
    texts.into_iter().flatten().map(str::len).sum()
}

/// The event of an entry.
fn read(world: &mut World, call: &Call, entry: &Input<'_>) -> Result<Value, Refusal> {
    let text = |member: &'static str| {
        let text = entry.value(member).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).ok_or_else(|| {
            let text = format!(
                "Parameter {member} is not valid. Reason: {member} is a required argument."
            );
            ("InvalidArgument", text)
        })
    };
    let source = text("Source")?;
    if source.starts_with("aws.") {
        let text = "Not authorized for the source.".to_owned();
        return Err(("NotAuthorizedForSourceException", text));
    }
    let detail_type = text("DetailType")?;
    let detail: Option<Value> = serde_json::from_str(text("Detail")?).ok();
    let Some(detail) = detail.filter(Value::is_object) else {
        return Err(("MalformedDetail", "Detail is malformed.".to_owned()));
    };
    let name = entry.value("EventBusName").and_then(Value::as_str);
    if let Some(name) = name.filter(|name| !is_default_bus(world, &call.region, name)) {
        let text = format!("Event bus {name} does not exist.");
        return Err(("ResourceNotFoundException", text));
    }
    let at = entry.value("Time").and_then(from_epoch);
    let at = at.unwrap_or(world.now);
    let mut event = bus::envelope(world, &call.region, source, detail_type, at);
    if let Some(members) = event.as_object_mut() {
        members.insert("detail".to_owned(), detail);
        if let Some(resources) = entry.value("Resources") {
            members.insert("resources".to_owned(), resources.clone());
        }
    }
    Ok(event)
}
