//! What the parameters of `cloudtrail-enabled` require of the trail.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::{Parameter, RuleParameters, parse, render};
use crate::cloudtrail::{InsightType, ManagementEvents, Requirements};
use crate::config_rule::RuleName;
use crate::naming::{self, Expected};
use crate::parameter::{self, ParameterError};

pub(super) const PARAMETERS: &[Parameter<Requirements>] = &[
    parameter!("s3BucketName", bucket, text naming::bucket),
    parameter!("s3KeyPrefix", key_prefix, text naming::key_prefix),
    parameter!("snsTopicArn", sns_topic, text naming::topic_arn),
    parameter!("cloudWatchLogsLogGroupArn", log_group_arn, text naming::log_group),
    parameter!("trailName", trail, text naming::trail),
    parameter!("bucketOwner", bucket_owner, text naming::account),
    parameter!("requireMultiRegion", multi_region),
    parameter!("requireGlobalServiceEvents", global_service_events),
    parameter!("requireLogFileValidation", log_file_validation),
    parameter!("requireKms", kms),
    parameter!("kmsKeyId", kms_key_id, text naming::key),
    parameter!(
        "requireManagementEvents",
        management_events,
        read_events,
        write_events
    ),
    parameter!(
        "requireInsights",
        insights,
        parameter::insight_types,
        write_insights
    ),
    parameter!("requireOrganizationTrail", organization_trail),
    parameter!(
        "maxDeliveryAgeMinutes",
        max_delivery_age,
        read_minutes,
        write_minutes
    ),
    parameter!("strictVisibility", strict_visibility),
    parameter!("baselineSha256", baseline_sha256, text naming::sha256),
    parameter!("checkLogFiles", check_log_files),
];

/// What the parameters of `cloudtrail-enabled` require.
///
/// # Errors
/// The first parameter, in the order of the names, that is unknown or has a bad value.
pub fn parse_requirements(parameters: &RuleParameters) -> Result<Requirements, ParameterError> {
    parse(RuleName::CloudtrailEnabled, PARAMETERS, parameters)
}

/// The parameters that require the same; what is the default is left out. The rule has no
/// parameter for the key prefix and the log group's role, so these are lost.
pub fn render_requirements(wanted: &Requirements) -> BTreeMap<String, String> {
    render(PARAMETERS, wanted)
}

const EVENTS: [(&str, ManagementEvents); 4] = [
    ("All", ManagementEvents::All),
    ("ReadOnly", ManagementEvents::ReadOnly),
    ("WriteOnly", ManagementEvents::WriteOnly),
    ("None", ManagementEvents::None),
];

fn read_events(text: &str) -> Result<ManagementEvents, Expected> {
    let named = EVENTS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    named
        .map(|(_, events)| *events)
        .ok_or("All, ReadOnly, WriteOnly or None")
}

fn write_events(events: &ManagementEvents) -> String {
    let named = EVENTS.iter().find(|(_, known)| known == events);
    named.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

fn write_insights(insights: &BTreeSet<InsightType>) -> String {
    if insights.is_empty() {
        return "None".to_owned();
    }
    let names: Vec<&str> = insights.iter().map(|kind| kind.as_str()).collect();
    names.join(",")
}

fn read_minutes(text: &str) -> Result<SignedDuration, Expected> {
    let minutes = text.parse::<u32>().ok().filter(|minutes| *minutes > 0);
    let minutes = minutes.ok_or("a whole number of minutes, 1 or more")?;
    Ok(SignedDuration::from_mins(i64::from(minutes)))
}

fn write_minutes(age: &SignedDuration) -> String {
    age.as_mins().to_string()
}
