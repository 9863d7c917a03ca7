//! Writes to trails.

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::ports::TrailWriter;
use trailkeeper_core::facts::{EventSelectors, InsightSelector};
use trailkeeper_core::operation::{
    CREATE_TRAIL, PUT_EVENT_SELECTORS, PUT_INSIGHT_SELECTORS, START_LOGGING, UPDATE_TRAIL,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{Arn, CallError, Region};

use super::trail_reader::trail_arn;
use super::{selectors, structure};
use crate::account::Sandbox;

#[async_trait]
impl TrailWriter for Sandbox {
    async fn create_trail(&self, region: &Region, trail: &CreateTrail) -> Result<Arn, CallError> {
        let name = &trail.name;
        let answer = self
            .ask(CREATE_TRAIL, region.as_str(), name, create_input(trail))
            .await?;
        trail_arn(CREATE_TRAIL, name, &answer)
    }

    async fn update_trail(&self, region: &Region, update: &UpdateTrail) -> Result<(), CallError> {
        let name = update.arn.to_string();
        self.ask(UPDATE_TRAIL, region.as_str(), &name, update_input(update))
            .await
            .map(drop)
    }

    async fn start_logging(&self, region: &Region, arn: &Arn) -> Result<(), CallError> {
        let name = arn.to_string();
        let input = json!({"Name": name});
        self.ask(START_LOGGING, region.as_str(), &name, input)
            .await
            .map(drop)
    }

    async fn put_event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &EventSelectors,
    ) -> Result<(), CallError> {
        let name = arn.to_string();
        let (member, list) = selectors::to_input(selectors);
        let input = json!({"TrailName": name, member: list});
        self.ask(PUT_EVENT_SELECTORS, region.as_str(), &name, input)
            .await
            .map(drop)
    }

    async fn put_insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &[InsightSelector],
    ) -> Result<(), CallError> {
        let name = arn.to_string();
        let list = selectors::to_insights(selectors);
        let input = json!({"TrailName": name, "InsightSelectors": list});
        self.ask(PUT_INSIGHT_SELECTORS, region.as_str(), &name, input)
            .await
            .map(drop)
    }
}

fn create_input(trail: &CreateTrail) -> Value {
    structure([
        ("Name", Some(json!(trail.name))),
        ("S3BucketName", Some(json!(trail.bucket))),
        ("S3KeyPrefix", given(&trail.key_prefix)),
        ("SnsTopicName", given(&trail.sns_topic_name)),
        (
            "IncludeGlobalServiceEvents",
            Some(json!(trail.include_global_service_events)),
        ),
        ("IsMultiRegionTrail", Some(json!(trail.is_multi_region))),
        (
            "EnableLogFileValidation",
            Some(json!(trail.log_file_validation)),
        ),
        (
            "IsOrganizationTrail",
            Some(json!(trail.is_organization_trail)),
        ),
        ("KmsKeyId", given(&trail.kms_key_id)),
        ("CloudWatchLogsLogGroupArn", given(&trail.log_group_arn)),
        ("CloudWatchLogsRoleArn", given(&trail.log_group_role_arn)),
    ])
}

fn update_input(update: &UpdateTrail) -> Value {
    structure([
        ("Name", Some(json!(update.arn.to_string()))),
        ("S3BucketName", given(&update.bucket)),
        ("S3KeyPrefix", given(&update.key_prefix)),
        ("SnsTopicName", given(&update.sns_topic_name)),
        (
            "IncludeGlobalServiceEvents",
            update.include_global_service_events.map(Value::from),
        ),
        (
            "IsMultiRegionTrail",
            update.is_multi_region.map(Value::from),
        ),
        (
            "EnableLogFileValidation",
            update.log_file_validation.map(Value::from),
        ),
        (
            "IsOrganizationTrail",
            update.is_organization_trail.map(Value::from),
        ),
        ("KmsKeyId", given(&update.kms_key_id)),
        ("CloudWatchLogsLogGroupArn", given(&update.log_group_arn)),
        ("CloudWatchLogsRoleArn", given(&update.log_group_role_arn)),
    ])
}

fn given(value: &Option<String>) -> Option<Value> {
    value.as_deref().map(Value::from)
}
