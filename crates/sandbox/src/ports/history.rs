//! CloudTrail's event history.

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_app::ports::{HistoryAttribute, HistoryReader, Page};
use trailkeeper_core::operation::LOOKUP_EVENTS;
use trailkeeper_core::{CallError, Region};

use super::{invalid_response, list, page, structure, text};
use crate::account::Sandbox;
use crate::conversions::to_epoch;

/// The most that a page of LookupEvents holds.
const PAGE: usize = 50;

#[async_trait]
impl HistoryReader for Sandbox {
    async fn lookup(
        &self,
        region: &Region,
        attribute: &HistoryAttribute,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let (key, value) = match attribute {
            HistoryAttribute::EventName(value) => ("EventName", value),
            HistoryAttribute::ResourceName(value) => ("ResourceName", value),
            HistoryAttribute::EventId(value) => ("EventId", value),
        };
        let attribute = json!([{"AttributeKey": key, "AttributeValue": value}]);
        let input = structure([
            ("LookupAttributes", Some(attribute)),
            ("StartTime", from.map(to_epoch)),
            ("EndTime", until.map(to_epoch)),
            ("MaxResults", Some(json!(PAGE))),
            ("NextToken", token.map(Value::from)),
        ]);
        let answer = self
            .ask(LOOKUP_EVENTS, region.as_str(), value, input)
            .await?;
        let events = list(&answer, "Events").iter();
        let records: Option<_> = events.map(|event| text(event, "CloudTrailEvent")).collect();
        let records = records.ok_or_else(|| {
            invalid_response(LOOKUP_EVENTS, value, "an event without CloudTrailEvent")
        })?;
        page(LOOKUP_EVENTS, value, records, (token, &answer))
    }
}
