//! The runbook's parameters, and how each is read.

use serde_json::{Map, Value};

use super::request::{Mode, RepairRequest};
use crate::naming::{self, Expected};
use crate::parameter::{self, ParameterError};

pub(super) const TRAIL: &str = "CloudTrailName";
pub(super) const BUCKET: &str = "CloudTrailS3BucketName";
pub(super) const BUCKET_OWNER: &str = "CloudTrailS3BucketOwner";
pub(super) const KEY: &str = "CloudTrailKmsKeyId";
pub(super) const TOPIC: &str = "SnsTopicName";
pub(super) const LOG_GROUP: &str = "CloudWatchLogsLogGroupArn";
pub(super) const LOG_GROUP_ROLE: &str = "CloudWatchLogsRoleArn";
pub(super) const BASELINE: &str = "BaselineSha256";
const INSIGHT_TYPES: &str = "InsightTypes";

struct Parameter {
    key: &'static str,
    /// Reads a text that is not empty.
    read: fn(&str, &mut RepairRequest) -> Result<(), Expected>,
    /// What the empty text means: to keep what is there.
    keep: fn(&mut RepairRequest),
}

macro_rules! parameter {
    ($key:expr, $field:ident, text $check:path) => {
        Parameter {
            key: $key,
            read: |text, request| $check(text).map(|value| request.$field = Some(value)),
            keep: |request| request.$field = None,
        }
    };
    // Without a text there is no default to fall back to: the type's own stands for "keep".
    ($key:expr, $field:ident, $read:path) => {
        Parameter {
            key: $key,
            read: |text, request| $read(text).map(|value| request.$field = value),
            keep: |request| request.$field = Default::default(),
        }
    };
    // What the runbook needs itself and the repair does not.
    ($key:expr) => {
        Parameter {
            key: $key,
            read: |_, _| Ok(()),
            keep: |_| (),
        }
    };
}

const PARAMETERS: &[Parameter] = &[
    parameter!(TRAIL, trail, naming::trail),
    parameter!(BUCKET, bucket, naming::bucket),
    parameter!(KEY, kms_key_id, text naming::key),
    parameter!("AutomationAssumeRole"),
    parameter!("IsMultiRegionTrail", multi_region, parameter::boolean),
    parameter!(
        "IsOrganizationTrail",
        create_as_organization_trail,
        parameter::boolean
    ),
    parameter!(
        "IncludeGlobalServiceEvents",
        global_service_events,
        parameter::boolean
    ),
    parameter!(
        "EnableLogFileValidation",
        log_file_validation,
        parameter::boolean
    ),
    parameter!(INSIGHT_TYPES, insights, parameter::insight_types),
    parameter!("S3KeyPrefix", key_prefix, text naming::key_prefix),
    parameter!(TOPIC, sns_topic, text naming::topic),
    parameter!(LOG_GROUP, log_group_arn, text naming::log_group),
    parameter!(LOG_GROUP_ROLE, log_group_role_arn, text naming::role),
    parameter!(BUCKET_OWNER, bucket_owner, text naming::account),
    parameter!(
        "ConvertToOrganizationTrail",
        convert_to_organization_trail,
        parameter::boolean
    ),
    parameter!(
        "AdoptExistingTrail",
        adopt_existing_trail,
        parameter::boolean
    ),
    parameter!("RepairKey", repair_key, parameter::boolean),
    parameter!(BASELINE, baseline_sha256, text naming::sha256),
    parameter!("RecreateBucket", recreate_bucket, parameter::boolean),
    parameter!("RemediatorFunctionName"),
    parameter!("Mode", mode, mode),
    parameter!("executionId", execution_id, text plain),
];

/// Takes over what was given; null is as good as not given.
pub(super) fn take_over(
    given: &Map<String, Value>,
    request: &mut RepairRequest,
) -> Result<(), ParameterError> {
    for (key, value) in given {
        let known = PARAMETERS.iter().find(|parameter| parameter.key == key);
        let parameter = known.ok_or_else(|| ParameterError::unknown(key, keys()))?;
        if value.is_null() {
            continue;
        }
        let text = joined(key, value)?;
        if text.is_empty() {
            (parameter.keep)(request);
            continue;
        }
        (parameter.read)(&text, request)
            .map_err(|expected| ParameterError::wrong(key, expected, &text))?;
    }
    Ok(())
}

fn keys() -> impl Iterator<Item = &'static str> {
    PARAMETERS.iter().map(|parameter| parameter.key)
}

/// A value as text; the list of Insights as its items with commas between.
fn joined(key: &str, value: &Value) -> Result<String, ParameterError> {
    let list = match value {
        Value::Array(list) if key == INSIGHT_TYPES => list,
        _ => return parameter::scalar(key, value),
    };
    let texts: Result<Vec<String>, _> = list
        .iter()
        .map(|item| parameter::scalar(key, item))
        .collect();
    Ok(texts?.join(","))
}

fn mode(text: &str) -> Result<Mode, Expected> {
    match text {
        "Apply" => Ok(Mode::Apply),
        "Plan" => Ok(Mode::Plan),
        _ => Err("Apply or Plan"),
    }
}

fn plain(text: &str) -> Result<String, Expected> {
    if text.chars().count() <= 256 && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err("a text of at most 256 characters")
    }
}
