//! The event history that LookupEvents answers.

use serde_json::{Value, json};

use super::ScenarioError;
use super::answers::{Answer, Listed};
use super::draft::Draft;
use super::place::Place;
use crate::seed::{Actor, EventSeed};

pub(super) fn load(draft: &mut Draft, listed: &[Listed<'_>]) -> Result<(), ScenarioError> {
    for entry in listed
        .iter()
        .filter(|entry| entry.operation == "LookupEvents")
    {
        let Answer::Pages(pages) = &entry.answer else {
            continue; // refused with the other errors of the service
        };
        let mut events = Vec::new();
        for page in pages {
            events.extend(page.list("Events")?);
        }
        // answers come newest first, the history grows the other way
        for event in events.iter().rev() {
            draft.world.seed_event(read(entry.region, event)?);
        }
    }
    Ok(())
}

fn read(region: &str, event: &Place<'_>) -> Result<EventSeed, ScenarioError> {
    let record = event.text("CloudTrailEvent")?.unwrap_or("{}");
    let record: Value = serde_json::from_str(record).map_err(|error| {
        event.wrong(format!(
            "CloudTrailEvent does not hold a JSON text: {error}"
        ))
    })?;
    let written = |member: &str| record.get(member).cloned().unwrap_or(Value::Null);
    let text = |member: &str| record.get(member).and_then(Value::as_str);
    let code = text("errorCode").map(str::to_owned);
    let message = text("errorMessage").unwrap_or_default().to_owned();
    Ok(EventSeed {
        at: event.need("EventTime")?.as_time()?,
        region: region.to_owned(),
        event_source: event.need_text("EventSource")?.to_owned(),
        event_name: event.need_text("EventName")?.to_owned(),
        actor: Some(actor(event, &record)?),
        resource: resource(event)?,
        request_parameters: written("requestParameters"),
        response_elements: written("responseElements"),
        error: code.map(|code| (code, message)),
    })
}

fn actor(event: &Place<'_>, record: &Value) -> Result<Actor, ScenarioError> {
    let text = |member: &str| {
        let text = record.get(member).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    Ok(Actor {
        user_identity: record.get("userIdentity").cloned().unwrap_or(json!({})),
        username: event.string("Username")?.unwrap_or_default(),
        access_key_id: event.string("AccessKeyId")?,
        source_ip_address: text("sourceIPAddress"),
        user_agent: text("userAgent"),
    })
}

fn resource(event: &Place<'_>) -> Result<Option<(String, String)>, ScenarioError> {
    let resources = event.list("Resources")?;
    let Some(first) = resources.first() else {
        return Ok(None);
    };
    let kind = first.string("ResourceType")?.unwrap_or_default();
    let name = first.string("ResourceName")?.unwrap_or_default();
    Ok(Some((kind, name)))
}
