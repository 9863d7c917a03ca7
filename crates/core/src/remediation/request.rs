//! What a repair is asked for: the runbook's parameters, under the runbook's names.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cloudtrail::{InsightType, Requirements};
use crate::identity::AccountId;
use crate::naming::{self, Expected};
use crate::parameter::{self, ParameterError};

/// Whether a repair writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Repair.
    #[default]
    Apply,
    /// Only say what a repair would do.
    Plan,
}

/// Why a request cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The payload is not an object.
    #[error("bad-parameter: the payload is not an object of the runbook's parameters")]
    NotAnObject,
    /// A parameter is missing, unknown or has a bad value.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

impl RequestError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "bad-parameter"
    }
}

/// A request to restore a trail. An absent text means that whatever is there may stay, and a
/// false flag that the setting is not required; it never means to turn it off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairRequest {
    /// The trail's name or ARN.
    pub trail: String,
    /// The bucket that must take the log files.
    pub bucket: String,
    /// The account that must own the bucket; none: the account that asks.
    pub bucket_owner: Option<AccountId>,
    /// The prefix that must stand before `AWSLogs/`.
    pub key_prefix: Option<String>,
    /// The key that must be used: id, ARN or alias.
    pub kms_key_id: Option<String>,
    /// The topic (name or ARN) that must be told of deliveries.
    pub sns_topic: Option<String>,
    /// The log group that must take a copy.
    pub log_group_arn: Option<String>,
    /// The role for that group; given exactly when the group is.
    pub log_group_role_arn: Option<String>,
    /// Whether the trail must record in all Regions.
    pub multi_region: bool,
    /// Whether it must record global service events, which multi-Region implies.
    pub global_service_events: bool,
    /// Whether it must write digests.
    pub log_file_validation: bool,
    /// The Insights that must be on.
    pub insights: BTreeSet<InsightType>,
    /// Whether a trail that has to be created is to be an organization trail, where the account
    /// can have one (`IsOrganizationTrail`).
    pub create_as_organization_trail: bool,
    /// Whether an existing trail may be turned into an organization trail.
    pub convert_to_organization_trail: bool,
    /// Whether another trail of the account may be repaired when the named one does not exist.
    pub adopt_existing_trail: bool,
    /// Whether the key itself may be repaired.
    pub repair_key: bool,
    /// Whether to write.
    pub mode: Mode,
    /// The Automation execution that asks.
    pub execution_id: Option<String>,
}

impl RepairRequest {
    /// Reads the payload of the remediator.
    ///
    /// # Errors
    /// The first parameter that is missing, unknown or has a bad value.
    pub fn parse(payload: &Value) -> Result<Self, RequestError> {
        let Value::Object(given) = payload else {
            return Err(RequestError::NotAnObject);
        };
        let mut request = Self::unnamed();
        for (key, value) in given {
            let known = PARAMETERS.iter().find(|parameter| parameter.key == key);
            let parameter = known.ok_or_else(|| ParameterError::unknown(key, keys()))?;
            if value.is_null() {
                continue;
            }
            let text = joined(key, value)?;
            (parameter.read)(&text, &mut request)
                .map_err(|expected| ParameterError::wrong(key, expected, &text))?;
        }
        Ok(request.checked()?)
    }

    /// What the repaired trail must be, in the words that the rule is judged by.
    ///
    /// An organization trail is not among it: where the account cannot have one, its own trail is
    /// restored.
    pub fn requirements(&self) -> Requirements {
        Requirements {
            trail: Some(self.trail.clone()),
            bucket: Some(self.bucket.clone()),
            bucket_owner: self.bucket_owner.clone(),
            key_prefix: self.key_prefix.clone(),
            sns_topic: self.sns_topic.clone(),
            log_group_arn: self.log_group_arn.clone(),
            log_group_role_arn: self.log_group_role_arn.clone(),
            multi_region: self.multi_region,
            global_service_events: self.global_service_events || self.multi_region,
            log_file_validation: self.log_file_validation,
            kms: self.kms_key_id.is_some(),
            kms_key_id: self.kms_key_id.clone(),
            insights: self.insights.clone(),
            ..Requirements::default()
        }
    }

    /// The runbook's defaults, still without trail and bucket.
    fn unnamed() -> Self {
        Self {
            trail: String::new(),
            bucket: String::new(),
            bucket_owner: None,
            key_prefix: None,
            kms_key_id: None,
            sns_topic: None,
            log_group_arn: None,
            log_group_role_arn: None,
            multi_region: true,
            global_service_events: true,
            log_file_validation: true,
            insights: InsightType::ALL.into(),
            create_as_organization_trail: true,
            convert_to_organization_trail: false,
            adopt_existing_trail: false,
            repair_key: false,
            mode: Mode::Apply,
            execution_id: None,
        }
    }

    /// Checks what no parameter can tell alone.
    fn checked(self) -> Result<Self, ParameterError> {
        let missing = |key| Err(ParameterError::new(key, "is required"));
        let alone = |key, other| {
            let why = format!("is required with {other}; give both or neither");
            Err(ParameterError::new(key, why))
        };
        if self.trail.is_empty() {
            return missing(TRAIL);
        }
        if self.bucket.is_empty() {
            return missing(BUCKET);
        }
        match (&self.log_group_arn, &self.log_group_role_arn) {
            (Some(_), None) => alone(LOG_GROUP_ROLE, LOG_GROUP),
            (None, Some(_)) => alone(LOG_GROUP, LOG_GROUP_ROLE),
            _ => Ok(self),
        }
    }
}

const TRAIL: &str = "CloudTrailName";
const BUCKET: &str = "CloudTrailS3BucketName";
const INSIGHT_TYPES: &str = "InsightTypes";
const LOG_GROUP: &str = "CloudWatchLogsLogGroupArn";
const LOG_GROUP_ROLE: &str = "CloudWatchLogsRoleArn";

struct Parameter {
    key: &'static str,
    /// Reads a text; the empty text means to keep what is there.
    read: fn(&str, &mut RepairRequest) -> Result<(), Expected>,
}

macro_rules! parameter {
    ($key:expr, $field:ident, $read:expr) => {
        Parameter {
            key: $key,
            read: |text, request| $read(text).map(|value| request.$field = value),
        }
    };
    ($key:expr) => {
        // What the runbook needs itself and the repair does not.
        Parameter {
            key: $key,
            read: |_, _| Ok(()),
        }
    };
}

const PARAMETERS: &[Parameter] = &[
    parameter!(TRAIL, trail, |text| required(text, naming::trail)),
    parameter!(BUCKET, bucket, |text| required(text, naming::bucket)),
    parameter!("CloudTrailKmsKeyId", kms_key_id, |text| optional(
        text,
        naming::key
    )),
    parameter!("AutomationAssumeRole"),
    parameter!("IsMultiRegionTrail", multi_region, flag),
    parameter!("IsOrganizationTrail", create_as_organization_trail, flag),
    parameter!("IncludeGlobalServiceEvents", global_service_events, flag),
    parameter!("EnableLogFileValidation", log_file_validation, flag),
    parameter!(INSIGHT_TYPES, insights, insights),
    parameter!("S3KeyPrefix", key_prefix, |text| optional(
        text,
        naming::key_prefix
    )),
    parameter!("SnsTopicName", sns_topic, |text| optional(
        text,
        naming::topic
    )),
    parameter!(LOG_GROUP, log_group_arn, |text| optional(
        text,
        naming::log_group
    )),
    parameter!(LOG_GROUP_ROLE, log_group_role_arn, |text| optional(
        text,
        naming::role
    )),
    parameter!("CloudTrailS3BucketOwner", bucket_owner, |text| optional(
        text,
        naming::account
    )),
    parameter!(
        "ConvertToOrganizationTrail",
        convert_to_organization_trail,
        flag
    ),
    parameter!("AdoptExistingTrail", adopt_existing_trail, flag),
    parameter!("RepairKey", repair_key, flag),
    parameter!("RemediatorFunctionName"),
    parameter!("Mode", mode, mode),
    parameter!("executionId", execution_id, |text| optional(text, plain)),
];

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

fn required(
    text: &str,
    check: impl Fn(&str) -> Result<String, Expected>,
) -> Result<String, Expected> {
    // The empty text stays empty here: that the parameter is missing is said at the end.
    if text.is_empty() {
        Ok(String::new())
    } else {
        check(text)
    }
}

fn optional<T>(
    text: &str,
    check: impl Fn(&str) -> Result<T, Expected>,
) -> Result<Option<T>, Expected> {
    if text.is_empty() {
        Ok(None)
    } else {
        check(text).map(Some)
    }
}

fn flag(text: &str) -> Result<bool, Expected> {
    if text.is_empty() {
        Ok(false)
    } else {
        parameter::boolean(text)
    }
}

fn insights(text: &str) -> Result<BTreeSet<InsightType>, Expected> {
    if text.is_empty() {
        Ok(BTreeSet::new())
    } else {
        parameter::insight_types(text)
    }
}

fn mode(text: &str) -> Result<Mode, Expected> {
    match text {
        "" | "Apply" => Ok(Mode::Apply),
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
