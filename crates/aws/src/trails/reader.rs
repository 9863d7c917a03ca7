//! Reads of trails.

use async_trait::async_trait;
use trailkeeper_app::ports::TrailReader;
use trailkeeper_core::facts::{EventSelectors, InsightSelector, ListedTrail, Trail, TrailStatus};
use trailkeeper_core::operation::{
    DESCRIBE_TRAILS, GET_EVENT_SELECTORS, GET_INSIGHT_SELECTORS, GET_TRAIL_STATUS, LIST_TRAILS,
};
use trailkeeper_core::{Arn, CallError, Region};

use super::answers::{listed_trail, status, trail};
use super::{Trails, selectors};
use crate::error::{call_error, invalid_response};
use crate::pages::all_pages;

#[async_trait]
impl TrailReader for Trails {
    async fn describe_trails(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<Vec<Trail>, CallError> {
        let resource = if names.is_empty() {
            region.to_string()
        } else {
            names.join(", ")
        };
        let answer = self
            .session
            .cloudtrail(region)
            .describe_trails()
            .include_shadow_trails(true)
            .set_trail_name_list((!names.is_empty()).then(|| names.to_vec()))
            .send()
            .await
            .map_err(|error| call_error(DESCRIBE_TRAILS, &resource, &error))?;
        answer
            .trail_list
            .unwrap_or_default()
            .into_iter()
            .map(|item| trail(item, region))
            .collect()
    }

    async fn list_trails(&self, region: &Region) -> Result<Vec<ListedTrail>, CallError> {
        let client = self.session.cloudtrail(region);
        let resource = region.as_str();
        let items = all_pages(LIST_TRAILS, resource, |token| {
            let request = client.list_trails().set_next_token(token);
            async move {
                let page = request
                    .send()
                    .await
                    .map_err(|error| call_error(LIST_TRAILS, resource, &error))?;
                Ok((page.trails.unwrap_or_default(), page.next_token))
            }
        })
        .await?;
        items
            .into_iter()
            .map(|item| listed_trail(item, region))
            .collect()
    }

    async fn trail_status(&self, region: &Region, arn: &Arn) -> Result<TrailStatus, CallError> {
        let name = arn.to_string();
        self.session
            .cloudtrail(region)
            .get_trail_status()
            .name(&name)
            .send()
            .await
            .map(status)
            .map_err(|error| call_error(GET_TRAIL_STATUS, &name, &error))
    }

    async fn event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<EventSelectors, CallError> {
        let name = arn.to_string();
        let answer = self
            .session
            .cloudtrail(region)
            .get_event_selectors()
            .trail_name(&name)
            .send()
            .await
            .map_err(|error| call_error(GET_EVENT_SELECTORS, &name, &error))?;
        selectors::from_answer(answer)
            .map_err(|reason| invalid_response(GET_EVENT_SELECTORS, &name, &reason))
    }

    async fn insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<Vec<InsightSelector>, CallError> {
        let name = arn.to_string();
        let request = self
            .session
            .cloudtrail(region)
            .get_insight_selectors()
            .trail_name(&name);
        let answer = request
            .send()
            .await
            .map_err(|error| call_error(GET_INSIGHT_SELECTORS, &name, &error));
        match answer {
            Ok(answer) => selectors::insights_from_answer(answer)
                .map_err(|reason| invalid_response(GET_INSIGHT_SELECTORS, &name, &reason)),
            Err(error) if error.code == "InsightNotEnabledException" => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
