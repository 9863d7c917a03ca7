//! The settings that CreateTrail and UpdateTrail are given, and what comes of them.

use serde_json::Value;

use super::input::{flag, text};
use super::{names, reach};
use crate::call::{ApiError, Call};
use crate::seed::TrailSettings;
use crate::services::kms;
use crate::world::World;

/// The settings as given; absent ones stay as they are, empty texts clear.
pub(super) struct Change<'a> {
    bucket: Option<&'a str>,
    prefix: Option<&'a str>,
    topic: Option<&'a str>,
    global: Option<bool>,
    multi_region: Option<bool>,
    validation: Option<bool>,
    log_group: Option<&'a str>,
    log_role: Option<&'a str>,
    key: Option<&'a str>,
    organization: Option<bool>,
}

/// Where the call is made: what names without ARNs refer to.
pub(super) struct Place<'a> {
    pub(super) world: &'a World,
    pub(super) region: &'a str,
    /// The ARN of the trail that is made or changed.
    pub(super) trail: &'a str,
}

impl<'a> Change<'a> {
    /// Reads the call's input.
    pub(super) fn read(call: &'a Call) -> Result<Self, ApiError> {
        let input: &Value = &call.input;
        Ok(Self {
            bucket: text(input, "S3BucketName")?,
            prefix: text(input, "S3KeyPrefix")?,
            topic: text(input, "SnsTopicName")?,
            global: flag(input, "IncludeGlobalServiceEvents")?,
            multi_region: flag(input, "IsMultiRegionTrail")?,
            validation: flag(input, "EnableLogFileValidation")?,
            log_group: text(input, "CloudWatchLogsLogGroupArn")?,
            log_role: text(input, "CloudWatchLogsRoleArn")?,
            key: text(input, "KmsKeyId")?,
            organization: flag(input, "IsOrganizationTrail")?,
        })
    }

    /// The settings after the change, or why they cannot be.
    pub(super) fn apply(
        &self,
        before: &TrailSettings,
        place: &Place<'_>,
    ) -> Result<TrailSettings, ApiError> {
        let mut after = before.clone();
        if let Some(bucket) = self.bucket {
            names::bucket(bucket)?;
            after.s3_bucket_name = bucket.to_owned();
        }
        if let Some(prefix) = self.prefix {
            names::prefix(prefix)?;
            after.s3_key_prefix = Some(prefix.to_owned()).filter(|text| !text.is_empty());
        }
        self.apply_scope(&mut after)?;
        if let Some(topic) = self.topic {
            after.sns_topic_arn = topic_arn(topic, place)?;
        }
        self.apply_log_group(&mut after, place)?;
        if let Some(key) = self.key {
            after.kms_key_id = key_arn(key, place)?;
        }
        after.log_file_validation_enabled =
            self.validation.unwrap_or(after.log_file_validation_enabled);
        after.is_organization_trail = self.organization.unwrap_or(after.is_organization_trail);
        Ok(after)
    }

    /// Switching a trail to all Regions or to one takes global service events along.
    fn apply_scope(&self, after: &mut TrailSettings) -> Result<(), ApiError> {
        let multi_region = self.multi_region.unwrap_or(after.is_multi_region_trail);
        let switched = multi_region != after.is_multi_region_trail;
        let kept = if switched {
            multi_region
        } else {
            after.include_global_service_events
        };
        after.is_multi_region_trail = multi_region;
        after.include_global_service_events = self.global.unwrap_or(kept);
        if multi_region && !after.include_global_service_events {
            let text = "Multi-Region trail must include global service events.";
            return Err(ApiError::new("InvalidParameterCombinationException", text));
        }
        Ok(())
    }

    fn apply_log_group(
        &self,
        after: &mut TrailSettings,
        place: &Place<'_>,
    ) -> Result<(), ApiError> {
        let given = |value: Option<&'a str>| value.filter(|text| !text.is_empty());
        match (given(self.log_group), given(self.log_role)) {
            (Some(group), Some(role)) => {
                check_log_group(group, role, place)?;
                after.cloud_watch_logs_log_group_arn = Some(group.to_owned());
                after.cloud_watch_logs_role_arn = Some(role.to_owned());
            }
            (Some(_), None) => {
                let text = "You must specify a role ARN as well as a log group.";
                return Err(ApiError::new("InvalidCloudWatchLogsRoleArnException", text));
            }
            (None, Some(_)) => {
                let text = "You must specify a log group as well as a role ARN.";
                return Err(ApiError::new(
                    "InvalidCloudWatchLogsLogGroupArnException",
                    text,
                ));
            }
            (None, None) if self.log_group.is_some() && self.log_role.is_some() => {
                after.cloud_watch_logs_log_group_arn = None;
                after.cloud_watch_logs_role_arn = None;
            }
            (None, None) if self.log_group.is_some() || self.log_role.is_some() => {
                let text = "The log group and the role can only be removed together.";
                return Err(ApiError::new("InvalidParameterCombinationException", text));
            }
            (None, None) => {}
        }
        Ok(())
    }
}

fn topic_arn(given: &str, place: &Place<'_>) -> Result<Option<String>, ApiError> {
    if given.is_empty() {
        return Ok(None);
    }
    let world = place.world;
    let arn = names::topic(given, &world.partition, place.region, &world.account_id)?;
    if reach::topic_error(world, &arn, place.trail).is_none() {
        return Ok(Some(arn));
    }
    let text = "SNS Topic does not exist or the topic policy is incorrect!";
    Err(ApiError::new("InsufficientSnsTopicPolicyException", text))
}

fn check_log_group(group: &str, role: &str, place: &Place<'_>) -> Result<(), ApiError> {
    let world = place.world;
    let state = &world.services.cloudtrail;
    let own_group = format!(
        "arn:{}:logs:{}:{}:log-group:",
        world.partition, place.region, world.account_id
    );
    let well_formed = group.starts_with(&own_group) && group.ends_with(":*");
    if !well_formed || !state.log_groups.contains(group) {
        let text = "CloudTrail cannot validate the specified log group ARN.";
        return Err(ApiError::new(
            "InvalidCloudWatchLogsLogGroupArnException",
            text,
        ));
    }
    let own_role = format!("arn:{}:iam::{}:role/", world.partition, world.account_id);
    if !role.starts_with(&own_role) {
        let text = "CloudTrail cannot validate the specified role ARN.";
        return Err(ApiError::new("InvalidCloudWatchLogsRoleArnException", text));
    }
    // a role that does not exist and one that lacks permissions get the same answer
    if !reach::role_is_usable(world, role) {
        let text = "Access denied. Verify in IAM that the role has adequate permissions.";
        return Err(ApiError::new("InvalidCloudWatchLogsRoleArnException", text));
    }
    Ok(())
}

fn key_arn(given: &str, place: &Place<'_>) -> Result<Option<String>, ApiError> {
    if given.is_empty() {
        return Ok(None);
    }
    names::key(given)?;
    // an ARN says its Region; ids and aliases are looked up where the call is made
    let named = given
        .split(':')
        .nth(3)
        .filter(|_| given.starts_with("arn:"));
    match kms::find(place.world, given, named.unwrap_or(place.region)) {
        Some(key) => Ok(Some(key.arn.clone())),
        None => {
            let text = format!("The KMS key {given} does not exist.");
            Err(ApiError::new("KmsKeyNotFoundException", text))
        }
    }
}
