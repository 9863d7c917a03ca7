//! What a repair is asked for: the runbook's parameters, under the runbook's names.

use std::collections::BTreeSet;

use serde_json::Value;

use super::parameters::{BUCKET, LOG_GROUP, LOG_GROUP_ROLE, TRAIL, take_over};
use crate::cloudtrail::{InsightType, Requirements};
use crate::identity::AccountId;
use crate::parameter::ParameterError;

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
    /// The SHA-256 of the baseline to which bucket, tags and data selectors are brought back.
    pub baseline_sha256: Option<String>,
    /// Whether a log bucket that does not exist may be made.
    pub recreate_bucket: bool,
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
        take_over(given, &mut request)?;
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
            baseline_sha256: self.baseline_sha256.clone(),
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
            baseline_sha256: None,
            recreate_bucket: false,
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
