//! EventBridge.

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::{EventRuleReader, EventRuleWriter, EventSink};
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{EventRuleFacts, EventTargetFacts};
use trailkeeper_core::operation::{DESCRIBE_RULE, ENABLE_RULE, LIST_TARGETS_BY_RULE, PUT_EVENTS};

use super::{Listing, invalid_response, list, text};
use crate::account::Sandbox;

/// What events of ours name as their source.
const SOURCE: &str = "trailkeeper";

#[async_trait]
impl EventRuleReader for Sandbox {
    async fn event_rule(&self, name: &str) -> Result<Option<EventRuleFacts>, CallError> {
        let region = self.own_region();
        let asked = self.ask(DESCRIBE_RULE, &region, name, json!({"Name": name}));
        let rule = match asked.await {
            Ok(rule) => rule,
            Err(error) if error.code == "ResourceNotFoundException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let state = text(&rule, "State")
            .ok_or_else(|| invalid_response(DESCRIBE_RULE, name, "the answer lacks a State"))?;
        let listing = Listing {
            operation: LIST_TARGETS_BY_RULE,
            region: &region,
            resource: name,
            items: "Targets",
            token: "NextToken",
        };
        let input = Map::from_iter([("Rule".to_owned(), json!(name))]);
        let targets = self.ask_pages(listing, input).await?;
        let targets: Option<_> = targets.iter().map(EventTargetFacts::of_answer).collect();
        let targets = targets.ok_or_else(|| {
            invalid_response(LIST_TARGETS_BY_RULE, name, "a target without Id and Arn")
        })?;
        Ok(Some(EventRuleFacts {
            name: name.to_owned(),
            state,
            pattern: text(&rule, "EventPattern"),
            targets,
        }))
    }
}

#[async_trait]
impl EventRuleWriter for Sandbox {
    async fn enable_event_rule(&self, name: &str) -> Result<(), CallError> {
        let input = json!({"Name": name});
        let answer = self.ask(ENABLE_RULE, &self.own_region(), name, input).await;
        answer.map(drop)
    }
}

#[async_trait]
impl EventSink for Sandbox {
    async fn put_event(&self, detail_type: &str, detail: &str) -> Result<(), CallError> {
        let input = json!({"Entries": [{
            "Source": SOURCE,
            "DetailType": detail_type,
            "Detail": detail,
        }]});
        let region = self.own_region();
        let answer = self.ask(PUT_EVENTS, &region, detail_type, input).await?;
        let mut entries = list(&answer, "Entries").iter();
        let failed = entries.find_map(|entry| Some((text(entry, "ErrorCode")?, entry)));
        match failed {
            Some((code, entry)) => {
                let why = text(entry, "ErrorMessage").unwrap_or_default();
                Err(CallError::from_code(PUT_EVENTS, detail_type, code, why))
            }
            None if answer.get("FailedEntryCount").and_then(Value::as_u64) > Some(0) => {
                let reason = "an entry failed, and the answer does not say why";
                Err(invalid_response(PUT_EVENTS, detail_type, reason))
            }
            None => Ok(()),
        }
    }
}
