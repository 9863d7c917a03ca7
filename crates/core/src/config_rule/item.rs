//! A configuration item: what AWS Config recorded of one resource.
//!
//! It comes in three forms: in the event of a change, as a mere summary in an oversized notice,
//! and in the answer of GetResourceConfigHistory, which names and types several fields otherwise.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::event::EventError;
use super::json::{Place, decoded};
use crate::identity::AccountId;

/// What happened to the resource, in AWS Config's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemStatus {
    /// `OK`: recorded.
    Ok,
    /// `ResourceDiscovered`: recorded for the first time.
    ResourceDiscovered,
    /// `ResourceNotRecorded`: its type is not recorded.
    ResourceNotRecorded,
    /// `ResourceDeleted`: gone.
    ResourceDeleted,
    /// `ResourceDeletedNotRecorded`: gone, and its type is not recorded.
    ResourceDeletedNotRecorded,
    /// A word that this version does not know.
    Other(String),
}

impl ItemStatus {
    /// The status that AWS Config names `text`.
    pub fn from_name(text: &str) -> Self {
        match text {
            "OK" | "Ok" => Self::Ok,
            "ResourceDiscovered" => Self::ResourceDiscovered,
            "ResourceNotRecorded" => Self::ResourceNotRecorded,
            "ResourceDeleted" => Self::ResourceDeleted,
            "ResourceDeletedNotRecorded" => Self::ResourceDeletedNotRecorded,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether there is a resource to judge. An unknown status is judged: leaving the resource
    /// out would hide it.
    pub fn is_judged(&self) -> bool {
        matches!(self, Self::Ok | Self::ResourceDiscovered | Self::Other(_))
    }
}

/// What every form of an item says of the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSummary {
    /// The resource's type: `AWS::EC2::Instance`.
    pub resource_type: String,
    /// Its id.
    pub resource_id: String,
    /// Its name, where it has one.
    pub resource_name: Option<String>,
    /// Its ARN, where the item names it.
    pub arn: Option<String>,
    /// The account it is in.
    pub account: Option<AccountId>,
    /// Its Region; `global` for IAM, which is no Region's name.
    pub region: Option<String>,
    /// What happened to it.
    pub status: ItemStatus,
    /// When the item was recorded; evaluations carry this as their ordering time.
    pub capture_time: Timestamp,
}

impl ItemSummary {
    pub(crate) fn read(place: &Place<'_>) -> Result<Self, EventError> {
        let status = place.required_text(&["configurationItemStatus"])?;
        Ok(Self {
            resource_type: place.required_text(&["resourceType"])?,
            resource_id: place.required_text(&["resourceId"])?,
            resource_name: place.text(&["resourceName"])?,
            arn: place.text(&["ARN", "arn"])?,
            account: place.account(&["awsAccountId", "accountId"])?,
            region: place.text(&["awsRegion"])?,
            status: ItemStatus::from_name(&status),
            capture_time: place.required_time(&["configurationItemCaptureTime"])?,
        })
    }
}

/// A full configuration item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationItem {
    /// The resource and what happened to it.
    pub summary: ItemSummary,
    /// The resource's configuration, decoded; null where it was deleted.
    pub configuration: Value,
    /// Further facts, each decoded where it is an object or a list in a text.
    pub supplementary_configuration: BTreeMap<String, Value>,
}

impl ConfigurationItem {
    /// Reads an item in the form of the event or in that of GetResourceConfigHistory.
    ///
    /// # Errors
    /// The part that cannot be understood.
    pub fn parse(value: &Value) -> Result<Self, EventError> {
        Self::read(&Place::new(value, "configurationItem")?)
    }

    pub(crate) fn read(place: &Place<'_>) -> Result<Self, EventError> {
        Ok(Self {
            summary: ItemSummary::read(place)?,
            configuration: configuration(place)?,
            supplementary_configuration: supplementary(place)?,
        })
    }
}

fn configuration(place: &Place<'_>) -> Result<Value, EventError> {
    let name = ["configuration"];
    match place.value(&name) {
        None => Ok(Value::Null),
        Some(Value::String(text)) if text.is_empty() => Ok(Value::Null),
        Some(value) => decoded(value).map_err(|_| place.wrong(&name, "is not JSON in a text")),
    }
}

fn supplementary(place: &Place<'_>) -> Result<BTreeMap<String, Value>, EventError> {
    match place.value(&["supplementaryConfiguration"]) {
        None => Ok(BTreeMap::new()),
        Some(Value::Object(fields)) => Ok(fields
            .iter()
            .map(|(name, value)| (name.clone(), structured(value)))
            .collect()),
        Some(_) => Err(place.wrong(&["supplementaryConfiguration"], "is not an object")),
    }
}

/// A text that holds an object or a list is decoded; `true`, `17` or a plain word stay texts.
fn structured(value: &Value) -> Value {
    match decoded(value) {
        Ok(inner @ (Value::Object(_) | Value::Array(_))) => inner,
        _ => value.clone(),
    }
}
