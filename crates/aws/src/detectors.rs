//! GuardDuty.

use async_trait::async_trait;
use serde_json::Value;
use trailkeeper_app::ports::DetectorReader;
use trailkeeper_core::facts::{DetectorFacts, takes_in_stopped_trails};
use trailkeeper_core::operation::{GET_DETECTOR, GET_FILTER, LIST_DETECTORS, LIST_FILTERS};
use trailkeeper_core::{CallError, Operation};

use crate::convert::{items, member};
use crate::error::invalid_response;
use crate::pages::all_pages;
use crate::service_call::path;
use crate::session::Session;

/// Reads of GuardDuty in the session's Region.
#[derive(Debug, Clone)]
pub struct Detectors {
    session: Session,
}

impl Detectors {
    /// GuardDuty as `session` sees it.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    async fn detector(&self, id: String) -> Result<DetectorFacts, CallError> {
        let client = self.session.detectors();
        let place = path(&["detector", &id], &[]);
        let answer = client.get(GET_DETECTOR, &id, place).await?;
        let status = member(&answer, "status")
            .ok_or_else(|| invalid_response(GET_DETECTOR, &id, "the answer lacks a status"))?;
        let place = ["detector", &id, "filter"];
        let names = self.names(LIST_FILTERS, &id, &place, "filterNames");
        let mut archiving_filters = Vec::new();
        for name in names.await? {
            let place = path(&["detector", &id, "filter", &name], &[]);
            let answer = client.get(GET_FILTER, &name, place).await?;
            let action = member(&answer, "action")
                .ok_or_else(|| invalid_response(GET_FILTER, &name, "the answer lacks an action"))?;
            let criteria = answer.get("findingCriteria").unwrap_or(&Value::Null);
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
        resource: &str,
        place: &[&str],
        list: &str,
    ) -> Result<Vec<String>, CallError> {
        let client = self.session.detectors();
        let found = all_pages(operation, resource, |token| {
            let query = token.as_deref().map(|token| ("nextToken", token));
            let path = path(place, query.as_slice());
            let client = client.clone();
            async move {
                let page = client.get(operation, resource, path).await?;
                Ok((items(&page, list).to_vec(), member(&page, "nextToken")))
            }
        });
        let texts = found.await?.into_iter().map(|name| match name {
            Value::String(name) => Some(name),
            _ => None,
        });
        let texts: Option<_> = texts.collect();
        texts.ok_or_else(|| {
            invalid_response(operation, resource, "the listing holds what is no text")
        })
    }
}

#[async_trait]
impl DetectorReader for Detectors {
    async fn detectors(&self) -> Result<Vec<DetectorFacts>, CallError> {
        let region = self.session.region().as_str();
        let ids = self.names(LIST_DETECTORS, region, &["detector"], "detectorIds");
        let mut detectors = Vec::new();
        for id in ids.await? {
            detectors.push(self.detector(id).await?);
        }
        Ok(detectors)
    }
}
