//! Writes to trails.

use async_trait::async_trait;
use trailkeeper_app::ports::TrailWriter;
use trailkeeper_core::facts::{EventSelectors, InsightSelector};
use trailkeeper_core::operation::{
    CREATE_TRAIL, PUT_EVENT_SELECTORS, PUT_INSIGHT_SELECTORS, START_LOGGING, UPDATE_TRAIL,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{Arn, CallError, Region};

use super::answers::trail_arn;
use super::{Trails, selectors};
use crate::error::{call_error, invalid_request};

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
