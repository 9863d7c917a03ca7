//! Reading the input of a call.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;

const SETTINGS: [&str; 11] = [
    "Name",
    "S3BucketName",
    "S3KeyPrefix",
    "SnsTopicName",
    "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail",
    "EnableLogFileValidation",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
    "KmsKeyId",
    "IsOrganizationTrail",
];

/// The members that the API model gives the operation's input; none for an operation that is not
/// modelled here.
fn members(operation: &str) -> Option<&'static [&'static str]> {
    Some(match operation {
        "UpdateTrail" => &SETTINGS,
        "CreateTrail" => &[],
        "DeleteTrail" | "StartLogging" | "StopLogging" | "GetTrail" | "GetTrailStatus" => &["Name"],
        "DescribeTrails" => &["trailNameList", "includeShadowTrails"],
        "ListTrails" => &["NextToken"],
        "GetEventSelectors" => &["TrailName"],
        "PutEventSelectors" => &["TrailName", "EventSelectors", "AdvancedEventSelectors"],
        "GetInsightSelectors" => &["TrailName", "EventDataStore"],
        "PutInsightSelectors" => &[
            "TrailName",
            "InsightSelectors",
            "EventDataStore",
            "InsightsDestination",
        ],
        "GetEventConfiguration" => &["TrailName", "EventDataStore"],
        "PutEventConfiguration" => &[
            "TrailName",
            "EventDataStore",
            "MaxEventSize",
            "ContextKeySelectors",
            "AggregationConfigurations",
        ],
        "ListTags" => &["ResourceIdList", "NextToken"],
        "AddTags" | "RemoveTags" => &["ResourceId", "TagsList"],
        "LookupEvents" => &[
            "LookupAttributes",
            "StartTime",
            "EndTime",
            "EventCategory",
            "MaxResults",
            "NextToken",
        ],
        _ => return None,
    })
}

/// Refuses operations that are not modelled and members that the API model lacks. AWS ignores
/// such members, SDKs refuse to send them; here they are a mistake of the caller.
pub(super) fn known(call: &Call) -> Result<(), ApiError> {
    let allowed = members(&call.operation).ok_or_else(|| not_implemented(call))?;
    let create = call.operation == "CreateTrail";
    let fits = |member: &str| {
        allowed.contains(&member) || create && (member == "TagsList" || SETTINGS.contains(&member))
    };
    let given = call
        .input
        .as_object()
        .into_iter()
        .flat_map(|map| map.keys());
    match given.into_iter().find(|member| !fits(member)) {
        None => Ok(()),
        Some(member) => {
            let text = format!("Unknown parameter in input: \"{member}\"");
            Err(ApiError::new("ValidationException", text))
        }
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|found| !found.is_null())
}

fn wrong_type(name: &str, wanted: &str) -> ApiError {
    let text = format!("the value of {name} cannot be converted to {wanted}");
    ApiError::new("SerializationException", text)
}

/// The text member `name` of `value`, if given.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Result<Option<&'a str>, ApiError> {
    member(value, name)
        .map(|found| found.as_str().ok_or_else(|| wrong_type(name, "String")))
        .transpose()
}

/// The Boolean member `name` of `value`, if given.
pub(super) fn flag(value: &Value, name: &str) -> Result<Option<bool>, ApiError> {
    member(value, name)
        .map(|found| found.as_bool().ok_or_else(|| wrong_type(name, "Boolean")))
        .transpose()
}

/// The number member `name` of `value`, if given.
pub(super) fn number(value: &Value, name: &str) -> Result<Option<f64>, ApiError> {
    member(value, name)
        .map(|found| found.as_f64().ok_or_else(|| wrong_type(name, "Number")))
        .transpose()
}

/// The list member `name` of `value`, if given.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> Result<Option<&'a [Value]>, ApiError> {
    member(value, name)
        .map(|found| found.as_array().ok_or_else(|| wrong_type(name, "List")))
        .map(|found| found.map(Vec::as_slice))
        .transpose()
}

/// The list of texts `name` of `value`; an absent list is empty.
pub(super) fn texts<'a>(value: &'a Value, name: &str) -> Result<Vec<&'a str>, ApiError> {
    let items = list(value, name)?.unwrap_or_default();
    let texts = items.iter().map(Value::as_str);
    texts
        .collect::<Option<_>>()
        .ok_or_else(|| wrong_type(name, "List of String"))
}
