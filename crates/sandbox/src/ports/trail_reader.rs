//! Reads of trails.

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::TrailReader;
use trailkeeper_core::facts::{EventSelectors, InsightSelector, ListedTrail, Trail, TrailStatus};
use trailkeeper_core::operation::{
    DESCRIBE_TRAILS, GET_EVENT_SELECTORS, GET_INSIGHT_SELECTORS, GET_TRAIL_STATUS, LIST_TRAILS,
};
use trailkeeper_core::{Arn, CallError, Operation, Region};

use super::{Listing, flag, invalid_response, list, selectors, structure, text};
use crate::account::Sandbox;
use crate::conversions::from_epoch;

#[async_trait]
impl TrailReader for Sandbox {
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
        let input = structure([
            (
                "trailNameList",
                (!names.is_empty()).then(|| Value::from(names)),
            ),
            ("includeShadowTrails", Some(Value::from(true))),
        ]);
        let answer = self
            .ask(DESCRIBE_TRAILS, region.as_str(), &resource, input)
            .await?;
        list(&answer, "trailList")
            .iter()
            .map(|item| trail(item, region))
            .collect()
    }

    async fn list_trails(&self, region: &Region) -> Result<Vec<ListedTrail>, CallError> {
        let listing = Listing {
            operation: LIST_TRAILS,
            region: region.as_str(),
            resource: region.as_str(),
            items: "Trails",
            token: "NextToken",
        };
        let items = self.ask_pages(listing, Map::new()).await?;
        items
            .iter()
            .map(|item| listed_trail(item, region))
            .collect()
    }

    async fn trail_status(&self, region: &Region, arn: &Arn) -> Result<TrailStatus, CallError> {
        let name = arn.to_string();
        let input = json!({"Name": name});
        let answer = self
            .ask(GET_TRAIL_STATUS, region.as_str(), &name, input)
            .await?;
        Ok(status(&answer))
    }

    async fn event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<EventSelectors, CallError> {
        let name = arn.to_string();
        let input = json!({"TrailName": name});
        let answer = self
            .ask(GET_EVENT_SELECTORS, region.as_str(), &name, input)
            .await?;
        selectors::from_answer(&answer)
            .map_err(|reason| invalid_response(GET_EVENT_SELECTORS, &name, &reason))
    }

    async fn insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<Vec<InsightSelector>, CallError> {
        let name = arn.to_string();
        let input = json!({"TrailName": name});
        match self
            .ask(GET_INSIGHT_SELECTORS, region.as_str(), &name, input)
            .await
        {
            Ok(answer) => selectors::insights_from_answer(&answer)
                .map_err(|reason| invalid_response(GET_INSIGHT_SELECTORS, &name, &reason)),
            Err(error) if error.code == "InsightNotEnabledException" => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// A trail of DescribeTrails. An item without an ARN is an error, not a trail less: a verdict must
/// not rest on a shorter list.
fn trail(item: &Value, region: &Region) -> Result<Trail, CallError> {
    let label = text(item, "Name").unwrap_or_else(|| region.to_string());
    let arn = trail_arn(DESCRIBE_TRAILS, &label, item)?;
    let bucket = text(item, "S3BucketName")
        .ok_or_else(|| invalid_response(DESCRIBE_TRAILS, &label, "a trail without S3BucketName"))?;
    Ok(Trail {
        name: text(item, "Name").unwrap_or_else(|| arn.name().to_owned()),
        home_region: home_region(DESCRIBE_TRAILS, item, &arn)?,
        arn,
        bucket,
        key_prefix: text(item, "S3KeyPrefix"),
        sns_topic_arn: text(item, "SnsTopicARN"),
        include_global_service_events: flag(item, "IncludeGlobalServiceEvents"),
        is_multi_region: flag(item, "IsMultiRegionTrail"),
        log_file_validation: flag(item, "LogFileValidationEnabled"),
        is_organization_trail: flag(item, "IsOrganizationTrail"),
        kms_key_id: text(item, "KmsKeyId"),
        log_group_arn: text(item, "CloudWatchLogsLogGroupArn"),
        log_group_role_arn: text(item, "CloudWatchLogsRoleArn"),
    })
}

fn listed_trail(item: &Value, region: &Region) -> Result<ListedTrail, CallError> {
    let arn = trail_arn(LIST_TRAILS, region.as_str(), item)?;
    let home_region = home_region(LIST_TRAILS, item, &arn)?;
    Ok(ListedTrail { arn, home_region })
}

/// The ARN that an answer must hold.
pub(super) fn trail_arn(
    operation: Operation,
    label: &str,
    answer: &Value,
) -> Result<Arn, CallError> {
    let arn = text(answer, "TrailARN")
        .ok_or_else(|| invalid_response(operation, label, "the answer lacks a TrailARN"))?;
    arn.parse().map_err(|error| {
        let reason = format!("the answer's TrailARN is none: {error}");
        invalid_response(operation, label, &reason)
    })
}

fn home_region(operation: Operation, item: &Value, arn: &Arn) -> Result<Region, CallError> {
    let region = text(item, "HomeRegion").unwrap_or_else(|| arn.region.clone());
    region.parse().map_err(|error| {
        let reason = format!("no usable HomeRegion: {error}");
        invalid_response(operation, &arn.to_string(), &reason)
    })
}

fn status(answer: &Value) -> TrailStatus {
    let time = |member: &str| -> Option<Timestamp> { from_epoch(answer.get(member)?) };
    TrailStatus {
        is_logging: flag(answer, "IsLogging"),
        delivery_error: text(answer, "LatestDeliveryError"),
        delivery_time: time("LatestDeliveryTime"),
        digest_error: text(answer, "LatestDigestDeliveryError"),
        digest_time: time("LatestDigestDeliveryTime"),
        notification_error: text(answer, "LatestNotificationError"),
        cloudwatch_error: text(answer, "LatestCloudWatchLogsDeliveryError"),
        cloudwatch_time: time("LatestCloudWatchLogsDeliveryTime"),
        start_logging_time: time("StartLoggingTime"),
        stop_logging_time: time("StopLoggingTime"),
    }
}
