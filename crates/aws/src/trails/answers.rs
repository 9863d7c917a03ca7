//! From the answers of CloudTrail to facts.

use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types;
use trailkeeper_core::facts::{ListedTrail, Trail, TrailStatus};
use trailkeeper_core::operation::{DESCRIBE_TRAILS, LIST_TRAILS};
use trailkeeper_core::{Arn, CallError, Operation, Region};

use crate::convert::{text, timestamp};
use crate::error::invalid_response;

/// A trail of DescribeTrails. An item without an ARN is an error, not a trail less: a verdict must
/// not rest on a shorter list.
pub(super) fn trail(item: types::Trail, region: &Region) -> Result<Trail, CallError> {
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

/// A trail of ListTrails.
pub(super) fn listed_trail(
    item: types::TrailInfo,
    region: &Region,
) -> Result<ListedTrail, CallError> {
    let arn = trail_arn(LIST_TRAILS, region.as_str(), item.trail_arn)?;
    let home_region = home_region(LIST_TRAILS, item.home_region, &arn)?;
    Ok(ListedTrail { arn, home_region })
}

/// The ARN that an answer must hold.
pub(super) fn trail_arn(
    operation: Operation,
    label: &str,
    arn: Option<String>,
) -> Result<Arn, CallError> {
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

/// The status of GetTrailStatus.
pub(super) fn status(answer: GetTrailStatusOutput) -> TrailStatus {
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
