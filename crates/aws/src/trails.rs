//! CloudTrail.

use async_trait::async_trait;
use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types;
use trailkeeper_app::ports::{TrailReader, TrailWriter};
use trailkeeper_core::facts::{EventSelectors, InsightSelector, ListedTrail, Trail, TrailStatus};
use trailkeeper_core::operation::{
    CREATE_TRAIL, DESCRIBE_TRAILS, GET_EVENT_SELECTORS, GET_INSIGHT_SELECTORS, GET_TRAIL_STATUS,
    LIST_TRAILS, PUT_EVENT_SELECTORS, PUT_INSIGHT_SELECTORS, START_LOGGING, UPDATE_TRAIL,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{Arn, CallError, Operation, Region};

use crate::convert::{text, timestamp};
use crate::error::{call_error, invalid_request, invalid_response};
use crate::pages::all_pages;
use crate::selectors;
use crate::session::Session;

/// Reads and writes of trails.
#[derive(Debug, Clone)]
pub struct Trails {
    session: Session,
}

impl Trails {
    /// Trails as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

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

#[async_trait]
impl TrailWriter for Trails {
    async fn create_trail(&self, region: &Region, trail: &CreateTrail) -> Result<Arn, CallError> {
        let answer = self
            .session
            .cloudtrail(region)
            .create_trail()
            .name(&trail.name)
            .s3_bucket_name(&trail.bucket)
            .set_s3_key_prefix(trail.key_prefix.clone())
            .set_sns_topic_name(trail.sns_topic_name.clone())
            .include_global_service_events(trail.include_global_service_events)
            .is_multi_region_trail(trail.is_multi_region)
            .enable_log_file_validation(trail.log_file_validation)
            .is_organization_trail(trail.is_organization_trail)
            .set_kms_key_id(trail.kms_key_id.clone())
            .set_cloud_watch_logs_log_group_arn(trail.log_group_arn.clone())
            .set_cloud_watch_logs_role_arn(trail.log_group_role_arn.clone())
            .send()
            .await
            .map_err(|error| call_error(CREATE_TRAIL, &trail.name, &error))?;
        trail_arn(CREATE_TRAIL, &trail.name, answer.trail_arn)
    }

    async fn update_trail(&self, region: &Region, update: &UpdateTrail) -> Result<(), CallError> {
        let name = update.arn.to_string();
        self.session
            .cloudtrail(region)
            .update_trail()
            .name(&name)
            .set_s3_bucket_name(update.bucket.clone())
            .set_s3_key_prefix(update.key_prefix.clone())
            .set_sns_topic_name(update.sns_topic_name.clone())
            .set_include_global_service_events(update.include_global_service_events)
            .set_is_multi_region_trail(update.is_multi_region)
            .set_enable_log_file_validation(update.log_file_validation)
            .set_is_organization_trail(update.is_organization_trail)
            .set_kms_key_id(update.kms_key_id.clone())
            .set_cloud_watch_logs_log_group_arn(update.log_group_arn.clone())
            .set_cloud_watch_logs_role_arn(update.log_group_role_arn.clone())
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(UPDATE_TRAIL, &name, &error))
    }

    async fn start_logging(&self, region: &Region, arn: &Arn) -> Result<(), CallError> {
        let name = arn.to_string();
        self.session
            .cloudtrail(region)
            .start_logging()
            .name(&name)
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(START_LOGGING, &name, &error))
    }

    async fn put_event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &EventSelectors,
    ) -> Result<(), CallError> {
        let name = arn.to_string();
        let request = self
            .session
            .cloudtrail(region)
            .put_event_selectors()
            .trail_name(&name);
        let request = match selectors {
            EventSelectors::Basic(basic) => {
                request.set_event_selectors(Some(selectors::to_basic(basic)))
            }
            EventSelectors::Advanced(advanced) => {
                let advanced = selectors::to_advanced(advanced)
                    .map_err(|reason| invalid_request(PUT_EVENT_SELECTORS, &name, &reason))?;
                request.set_advanced_event_selectors(Some(advanced))
            }
        };
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(PUT_EVENT_SELECTORS, &name, &error))
    }

    async fn put_insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &[InsightSelector],
    ) -> Result<(), CallError> {
        let name = arn.to_string();
        self.session
            .cloudtrail(region)
            .put_insight_selectors()
            .trail_name(&name)
            .set_insight_selectors(Some(selectors::to_insights(selectors)))
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(PUT_INSIGHT_SELECTORS, &name, &error))
    }
}

// An item without an ARN is an error, not a trail less: a verdict must not rest on a shorter list.
fn trail(item: types::Trail, region: &Region) -> Result<Trail, CallError> {
    let label = text(item.name.clone()).unwrap_or_else(|| region.to_string());
    let arn = trail_arn(DESCRIBE_TRAILS, &label, item.trail_arn)?;
    let bucket = text(item.s3_bucket_name)
        .ok_or_else(|| invalid_response(DESCRIBE_TRAILS, &label, "a trail without S3BucketName"))?;
    Ok(Trail {
        name: text(item.name).unwrap_or_else(|| arn.name().to_owned()),
        home_region: home_region(DESCRIBE_TRAILS, item.home_region, &arn)?,
        arn,
        bucket,
        key_prefix: text(item.s3_key_prefix),
        sns_topic_arn: text(item.sns_topic_arn),
        include_global_service_events: item.include_global_service_events,
        is_multi_region: item.is_multi_region_trail,
        log_file_validation: item.log_file_validation_enabled,
        is_organization_trail: item.is_organization_trail,
        kms_key_id: text(item.kms_key_id),
        log_group_arn: text(item.cloud_watch_logs_log_group_arn),
        log_group_role_arn: text(item.cloud_watch_logs_role_arn),
    })
}

fn listed_trail(item: types::TrailInfo, region: &Region) -> Result<ListedTrail, CallError> {
    let arn = trail_arn(LIST_TRAILS, region.as_str(), item.trail_arn)?;
    let home_region = home_region(LIST_TRAILS, item.home_region, &arn)?;
    Ok(ListedTrail { arn, home_region })
}

fn trail_arn(operation: Operation, label: &str, arn: Option<String>) -> Result<Arn, CallError> {
    let arn = text(arn)
        .ok_or_else(|| invalid_response(operation, label, "the answer lacks a TrailARN"))?;
    arn.parse().map_err(|error| {
        invalid_response(
            operation,
            label,
            &format!("the answer's TrailARN is none: {error}"),
        )
    })
}

fn home_region(
    operation: Operation,
    region: Option<String>,
    arn: &Arn,
) -> Result<Region, CallError> {
    let region = text(region).unwrap_or_else(|| arn.region.clone());
    region.parse().map_err(|error| {
        invalid_response(
            operation,
            &arn.to_string(),
            &format!("no usable HomeRegion: {error}"),
        )
    })
}

fn status(answer: GetTrailStatusOutput) -> TrailStatus {
    TrailStatus {
        is_logging: answer.is_logging,
        delivery_error: text(answer.latest_delivery_error),
        delivery_time: timestamp(answer.latest_delivery_time),
        digest_error: text(answer.latest_digest_delivery_error),
        digest_time: timestamp(answer.latest_digest_delivery_time),
        notification_error: text(answer.latest_notification_error),
        cloudwatch_error: text(answer.latest_cloud_watch_logs_delivery_error),
        cloudwatch_time: timestamp(answer.latest_cloud_watch_logs_delivery_time),
        start_logging_time: timestamp(answer.start_logging_time),
        stop_logging_time: timestamp(answer.stop_logging_time),
    }
}
