//! The settings that a write to a trail carries.

use crate::identity::Arn;

/// What CreateTrail is given. Creating a trail does not start it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTrail {
    /// The new trail's name.
    pub name: String,
    /// The bucket for its log files.
    pub bucket: String,
    /// The prefix in the bucket.
    pub key_prefix: Option<String>,
    /// The topic's name or ARN.
    pub sns_topic_name: Option<String>,
    /// Whether global service events are recorded.
    pub include_global_service_events: bool,
    /// Whether all Regions are recorded.
    pub is_multi_region: bool,
    /// Whether digest files are written.
    pub log_file_validation: bool,
    /// Whether the whole organization is recorded.
    pub is_organization_trail: bool,
    /// The key: id, ARN or alias.
    pub kms_key_id: Option<String>,
    /// The CloudWatch Logs group; goes together with the role.
    pub log_group_arn: Option<String>,
    /// The role with which CloudTrail writes to that group.
    pub log_group_role_arn: Option<String>,
}

/// What UpdateTrail is given: only the fields that are to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateTrail {
    /// The trail; the call goes to the Region in its ARN.
    pub arn: Arn,
    /// A new bucket.
    pub bucket: Option<String>,
    /// A new prefix.
    pub key_prefix: Option<String>,
    /// A new topic.
    pub sns_topic_name: Option<String>,
    /// Whether global service events are to be recorded.
    pub include_global_service_events: Option<bool>,
    /// Whether all Regions are to be recorded.
    pub is_multi_region: Option<bool>,
    /// Whether digest files are to be written.
    pub log_file_validation: Option<bool>,
    /// Whether the whole organization is to be recorded.
    pub is_organization_trail: Option<bool>,
    /// A new key.
    pub kms_key_id: Option<String>,
    /// A new log group; goes together with the role.
    pub log_group_arn: Option<String>,
    /// The role for that group.
    pub log_group_role_arn: Option<String>,
}

impl UpdateTrail {
    /// An update of the trail `arn` that changes nothing yet.
    pub fn of(arn: Arn) -> Self {
        Self {
            arn,
            bucket: None,
            key_prefix: None,
            sns_topic_name: None,
            include_global_service_events: None,
            is_multi_region: None,
            log_file_validation: None,
            is_organization_trail: None,
            kms_key_id: None,
            log_group_arn: None,
            log_group_role_arn: None,
        }
    }
}
