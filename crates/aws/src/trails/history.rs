//! The event history.

use async_trait::async_trait;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use jiff::Timestamp;
use trailkeeper_app::ports::{HistoryAttribute, HistoryReader, Page};
use trailkeeper_core::operation::LOOKUP_EVENTS;
use trailkeeper_core::{CallError, Region};

use super::Trails;
use crate::convert::{date_time, text};
use crate::error::{call_error, invalid_request, invalid_response};
use crate::pages::next_page;

/// The most that a page of LookupEvents holds.
const PAGE: i32 = 50;

#[async_trait]
impl HistoryReader for Trails {
    async fn lookup(
        &self,
        region: &Region,
        attribute: &HistoryAttribute,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let (key, value) = match attribute {
            HistoryAttribute::EventName(value) => (LookupAttributeKey::EventName, value),
            HistoryAttribute::ResourceName(value) => (LookupAttributeKey::ResourceName, value),
            HistoryAttribute::EventId(value) => (LookupAttributeKey::EventId, value),
        };
        let attribute = LookupAttribute::builder()
            .attribute_key(key)
            .attribute_value(value)
            .build()
            .map_err(|error| invalid_request(LOOKUP_EVENTS, value, &error.to_string()))?;
        let client = self.session.cloudtrail(region);
        let answer = client
            .lookup_events()
            .lookup_attributes(attribute)
            .set_start_time(from.map(date_time))
            .set_end_time(until.map(date_time))
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| call_error(LOOKUP_EVENTS, value, &error))?;
        let events = answer.events.unwrap_or_default().into_iter();
        let records: Option<_> = events.map(|event| text(event.cloud_trail_event)).collect();
        let items = records.ok_or_else(|| {
            invalid_response(LOOKUP_EVENTS, value, "an event without CloudTrailEvent")
        })?;
        let next = next_page(LOOKUP_EVENTS, value, token, answer.next_token)?;
        Ok(Page { items, next })
    }
}
