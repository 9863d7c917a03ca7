//! EventBridge.

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::ports::{EventRuleReader, EventRuleWriter, EventSink};
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{EventRuleFacts, EventTargetFacts};
use trailkeeper_core::operation::{DESCRIBE_RULE, ENABLE_RULE, LIST_TARGETS_BY_RULE, PUT_EVENTS};

use crate::convert::{items, member};
use crate::error::invalid_response;
use crate::pages::all_pages;
use crate::session::Session;

/// What events of ours name as their source.
const SOURCE: &str = "trailkeeper";

/// The default event bus of the session's Region.
#[derive(Debug, Clone)]
pub struct EventBus {
    session: Session,
}

impl EventBus {
    /// The event bus as `session` sees it.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    async fn targets(&self, rule: &str) -> Result<Vec<EventTargetFacts>, CallError> {
        let events = self.session.events();
        let targets = all_pages(LIST_TARGETS_BY_RULE, rule, |token| {
            let events = events.clone();
            async move {
                let mut input = json!({"Rule": rule});
                if let (Some(token), Some(members)) = (token, input.as_object_mut()) {
                    members.insert("NextToken".to_owned(), Value::from(token));
                }
                let page = events.call(LIST_TARGETS_BY_RULE, rule, &input).await?;
                let targets = items(&page, "Targets").to_vec();
                Ok((targets, member(&page, "NextToken")))
            }
        });
        let targets = targets.await?;
        let targets: Option<_> = targets.iter().map(EventTargetFacts::of_answer).collect();
        targets.ok_or_else(|| {
            let reason = "a target without Id and Arn";
            invalid_response(LIST_TARGETS_BY_RULE, rule, reason)
        })
    }
}

#[async_trait]
impl EventRuleReader for EventBus {
    async fn event_rule(&self, name: &str) -> Result<Option<EventRuleFacts>, CallError> {
        let events = self.session.events();
        let input = json!({"Name": name});
        let rule = match events.call(DESCRIBE_RULE, name, &input).await {
            Ok(rule) => rule,
            Err(error) if error.code == "ResourceNotFoundException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let state = member(&rule, "State")
            .ok_or_else(|| invalid_response(DESCRIBE_RULE, name, "the answer lacks a State"))?;
        Ok(Some(EventRuleFacts {
            name: name.to_owned(),
            state,
            pattern: member(&rule, "EventPattern"),
            targets: self.targets(name).await?,
        }))
    }
}

#[async_trait]
impl EventRuleWriter for EventBus {
    async fn enable_event_rule(&self, name: &str) -> Result<(), CallError> {
        let input = json!({"Name": name});
        let answer = self.session.events().call(ENABLE_RULE, name, &input).await;
        answer.map(drop)
    }
}

#[async_trait]
impl EventSink for EventBus {
    // Not idempotent: an event that is sent again because no answer came may come twice.
    async fn put_event(&self, detail_type: &str, detail: &str) -> Result<(), CallError> {
        let input = json!({"Entries": [{
            "Source": SOURCE,
            "DetailType": detail_type,
            "Detail": detail,
        }]});
        let events = self.session.events();
        let answer = events.call(PUT_EVENTS, detail_type, &input).await?;
        let mut entries = items(&answer, "Entries").iter();
        let failed = entries.find_map(|entry| Some((member(entry, "ErrorCode")?, entry)));
        match failed {
            Some((code, entry)) => {
                let why = member(entry, "ErrorMessage").unwrap_or_default();
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
