//! GuardDuty.

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::DetectorReader;
use trailkeeper_core::facts::{DetectorFacts, takes_in_stopped_trails};
use trailkeeper_core::operation::{GET_DETECTOR, GET_FILTER, LIST_DETECTORS, LIST_FILTERS};
use trailkeeper_core::{CallError, Operation};

use super::{Listing, invalid_response, text};
use crate::account::Sandbox;

#[async_trait]
impl DetectorReader for Sandbox {
    async fn detectors(&self) -> Result<Vec<DetectorFacts>, CallError> {
        let region = self.own_region();
        let ids = self
            .names(LIST_DETECTORS, &region, &region, "DetectorIds", None)
            .await?;
        let mut detectors = Vec::new();
        for id in ids {
            detectors.push(self.detector(&region, id).await?);
        }
        Ok(detectors)
    }
}

impl Sandbox {
    async fn detector(&self, region: &str, id: String) -> Result<DetectorFacts, CallError> {
        let input = json!({"DetectorId": id});
        let answer = self.ask(GET_DETECTOR, region, &id, input).await?;
        let status = text(&answer, "Status")
            .ok_or_else(|| invalid_response(GET_DETECTOR, &id, "the answer lacks a Status"))?;
        let names = self
            .names(LIST_FILTERS, region, &id, "FilterNames", Some(&id))
            .await?;
        let mut archiving_filters = Vec::new();
        for name in names {
            let input = json!({"DetectorId": id, "FilterName": name});
            let answer = self.ask(GET_FILTER, region, &name, input).await?;
            let action = text(&answer, "Action")
                .ok_or_else(|| invalid_response(GET_FILTER, &name, "the answer lacks an Action"))?;
            let criteria = answer.get("FindingCriteria").unwrap_or(&Value::Null);
            if action == "ARCHIVE" && takes_in_stopped_trails(criteria) {
                archiving_filters.push(name);
            }
        }
        Ok(DetectorFacts {
            enabled: status == "ENABLED",
            archiving_filters,
            id,
        })
    }

    async fn names(
        &self,
        operation: Operation,
        region: &str,
        resource: &str,
        items: &'static str,
        detector: Option<&str>,
    ) -> Result<Vec<String>, CallError> {
        let listing = Listing {
            operation,
            region,
            resource,
            items,
            token: "NextToken",
        };
        let input: Map<_, _> = detector
            .map(|id| ("DetectorId".to_owned(), json!(id)))
            .into_iter()
            .collect();
        let found = self.ask_pages(listing, input).await?;
        let texts: Option<_> = found.iter().map(Value::as_str).collect();
        let texts: Option<Vec<&str>> = texts;
        let texts = texts.ok_or_else(|| {
            invalid_response(operation, resource, "the listing holds what is no text")
        })?;
        Ok(texts.into_iter().map(str::to_owned).collect())
    }
}
