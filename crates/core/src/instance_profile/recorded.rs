//! Instances as AWS Config recorded them.

use jiff::Timestamp;
use serde_json::Value;

use crate::config_rule::ConfigurationItem;
use crate::escape;
use crate::facts::{InstanceFacts, InstanceState};
use crate::identity::Arn;

/// The resource type that the rule judges.
pub const RESOURCE_TYPE: &str = "AWS::EC2::Instance";

/// The query for SelectResourceConfig that lists the instances of the account and Region.
pub const EXPRESSION: &str = "SELECT resourceId, resourceType, accountId, awsRegion, \
     configuration.iamInstanceProfile.arn, configuration.state.name, \
     configurationItemCaptureTime WHERE resourceType = 'AWS::EC2::Instance'";

/// The most characters of a recorded text that is repeated.
const SHOWN: usize = 256;

/// A row of the inventory that names no instance. One of them spoils the whole listing: nobody
/// knows which instance it hides.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a row of the inventory {why}")]
pub struct RowError {
    why: &'static str,
}

/// An instance as AWS Config recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The instance's id.
    pub id: String,
    /// When it was recorded; none where the row does not say it.
    pub capture_time: Option<Timestamp>,
    /// What was recorded, or why it cannot be understood, fit to be shown.
    pub facts: Result<InstanceFacts, String>,
}

impl Recorded {
    /// The instance in a configuration item.
    pub fn of_item(item: &ConfigurationItem) -> Self {
        let id = item.summary.resource_id.clone();
        Self {
            capture_time: Some(item.summary.capture_time),
            facts: facts(&id, &item.configuration),
            id,
        }
    }

    /// The instance in a row that [`EXPRESSION`] selects, a JSON object in a text.
    ///
    /// # Errors
    /// The row is no object, or is not that of an instance.
    pub fn of_row(row: &str) -> Result<Self, RowError> {
        let error = |why| RowError { why };
        let row: Value = serde_json::from_str(row).map_err(|_| error("is not JSON"))?;
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        if text("resourceType").is_some_and(|kind| kind != RESOURCE_TYPE) {
            return Err(error("is not about an instance"));
        }
        let id = text("resourceId").filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| error("has no `resourceId`"))?.to_owned();
        let configuration = row.get("configuration").unwrap_or(&Value::Null);
        Ok(Self {
            capture_time: text("configurationItemCaptureTime").and_then(|time| time.parse().ok()),
            facts: facts(&id, configuration),
            id,
        })
    }
}

fn facts(id: &str, configuration: &Value) -> Result<InstanceFacts, String> {
    if !configuration.is_object() {
        let id = escape::cut(id, SHOWN);
        return Err(format!("AWS Config recorded no configuration of {id}"));
    }
    let state = configuration
        .pointer("/state/name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Ok(InstanceFacts {
        id: id.to_owned(),
        state: InstanceState::from_name(state),
        profile: profile(configuration).map_err(|seen| {
            let [id, seen] = [id, &seen].map(|text| escape::cut(text, SHOWN));
            format!("AWS Config recorded an instance profile of {id} without an ARN: {seen}")
        })?,
    })
}

/// The profile's ARN. Null, absent and empty mean that there is none; anything else that is not
/// an ARN is a profile that is not understood, never "no profile".
fn profile(configuration: &Value) -> Result<Option<Arn>, String> {
    let text = match configuration.get("iamInstanceProfile") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(fields)) if fields.values().all(Value::is_null) => return Ok(None),
        Some(Value::Object(fields)) => fields.get("arn"),
        Some(other) => Some(other),
    };
    let seen = || text.unwrap_or(&Value::Null).to_string();
    let arn = text
        .and_then(Value::as_str)
        .and_then(|arn| arn.parse().ok());
    arn.filter(is_profile).map(Some).ok_or_else(seen)
}

fn is_profile(arn: &Arn) -> bool {
    arn.service == "iam" && arn.resource.starts_with("instance-profile/")
}
