//! Get- and PutEventSelectors, the rules for basic selectors, and what selectors cover.

use serde_json::{Value, json};

use super::input::{flag, list, text, texts};
use super::trail::Trail;
use super::{advanced, find};
use crate::call::{ApiError, Call};
use crate::seed::EventSelectors;
use crate::world::World;

const BASIC_SELECTORS: usize = 5;
const DATA_RESOURCES: usize = 250;
/// The only event sources that can be left out of management events.
pub(super) const EXCLUDABLE: [&str; 2] = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

pub(super) fn get_event_selectors(world: &World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "TrailName")?.unwrap_or_default();
    Ok(to_json(find::here(world, call, id)?))
}

pub(super) fn put_event_selectors(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "TrailName")?.unwrap_or_default();
    let arn = find::to_change(world, call, id)?.arn.clone();
    let basic = list(&call.input, "EventSelectors")?;
    let advanced = list(&call.input, "AdvancedEventSelectors")?;
    let selectors = match (basic, advanced) {
        (Some(basic), None) => EventSelectors::Basic(read_basic(basic)?),
        (None, Some(advanced)) => {
            advanced::check(advanced)?;
            EventSelectors::Advanced(advanced.to_vec())
        }
        (Some(_), Some(_)) => {
            return Err(invalid(
                "EventSelectors and AdvancedEventSelectors cannot be used together.",
            ));
        }
        (None, None) => return Err(invalid("Event selectors cannot be empty.")),
    };
    let trail = find::by_key(world, &arn)?;
    trail.selectors = selectors;
    Ok(to_json(trail))
}

fn to_json(trail: &Trail) -> Value {
    match &trail.selectors {
        EventSelectors::Basic(list) => json!({"TrailARN": trail.arn, "EventSelectors": list}),
        EventSelectors::Advanced(list) => {
            json!({"TrailARN": trail.arn, "AdvancedEventSelectors": list})
        }
    }
}

/// The error for selectors that break a rule.
pub(super) fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidEventSelectorsException", text)
}

/// Checks basic selectors and fills in what they leave out.
fn read_basic(given: &[Value]) -> Result<Vec<Value>, ApiError> {
    if given.is_empty() || given.len() > BASIC_SELECTORS {
        let text = format!("A trail can have 1 to {BASIC_SELECTORS} event selectors.");
        return Err(invalid(text));
    }
    let selectors: Vec<_> = given.iter().map(read_selector).collect::<Result<_, _>>()?;
    let resources: usize = selectors.iter().map(|(_, resources)| resources).sum();
    if resources > DATA_RESOURCES {
        let text = format!("A trail can have at most {DATA_RESOURCES} data resources.");
        return Err(invalid(text));
    }
    Ok(selectors
        .into_iter()
        .map(|(selector, _)| selector)
        .collect())
}

/// One basic selector with its defaults, and how many data resources it names.
fn read_selector(given: &Value) -> Result<(Value, usize), ApiError> {
    let read_write = text(given, "ReadWriteType")?.unwrap_or("All");
    if !["All", "ReadOnly", "WriteOnly"].contains(&read_write) {
        return Err(invalid(format!("ReadWriteType {read_write} is not valid.")));
    }
    let management = flag(given, "IncludeManagementEvents")?.unwrap_or(true);
    let excluded = texts(given, "ExcludeManagementEventSources")?;
    if excluded.iter().any(|source| !EXCLUDABLE.contains(source)) {
        let text = "Only KMS and RDS Data API events can be left out of management events.";
        return Err(invalid(text));
    }
    if !excluded.is_empty() && !management {
        let text = "ExcludeManagementEventSources needs IncludeManagementEvents.";
        return Err(invalid(text));
    }
    let resources = list(given, "DataResources")?.unwrap_or_default();
    let counts: Vec<_> = resources
        .iter()
        .map(check_resource)
        .collect::<Result<_, _>>()?;
    let selector = json!({
        "ReadWriteType": read_write,
        "IncludeManagementEvents": management,
        "DataResources": resources,
        "ExcludeManagementEventSources": excluded,
    });
    Ok((selector, counts.into_iter().sum()))
}

fn check_resource(given: &Value) -> Result<usize, ApiError> {
    let kinds = [
        ("AWS::S3::Object", ":s3"),
        ("AWS::Lambda::Function", ":lambda"),
        ("AWS::DynamoDB::Table", ":dynamodb"),
    ];
    let kind = text(given, "Type")?.unwrap_or_default();
    let Some((_, service)) = kinds.iter().find(|(name, _)| *name == kind) else {
        let text = format!("The data resource type {kind} needs advanced event selectors.");
        return Err(invalid(text));
    };
    let values = texts(given, "Values")?;
    let fits = |value: &&str| value.starts_with("arn:") && value.contains(service);
    if let Some(value) = values.iter().find(|value| !fits(value)) {
        return Err(invalid(format!(
            "Value {value} for DataResources.Values is invalid."
        )));
    }
    Ok(values.len())
}

/// What a trail's selectors let through, as far as Insights need to know.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Coverage {
    pub(super) management_reads: bool,
    pub(super) management_writes: bool,
    pub(super) data: bool,
}

impl EventSelectors {
    /// The union over all selectors.
    pub(super) fn coverage(&self) -> Coverage {
        let mut all = Coverage::default();
        match self {
            Self::Basic(list) => list
                .iter()
                .for_each(|selector| cover_basic(selector, &mut all)),
            Self::Advanced(list) => {
                list.iter()
                    .for_each(|selector| advanced::cover(selector, &mut all));
            }
        }
        all
    }
}

fn cover_basic(selector: &Value, all: &mut Coverage) {
    let member = |name: &str| selector.get(name);
    let kind = member("ReadWriteType").and_then(Value::as_str);
    let management = member("IncludeManagementEvents").and_then(Value::as_bool);
    if management.unwrap_or(true) {
        all.management_reads |= kind != Some("WriteOnly");
        all.management_writes |= kind != Some("ReadOnly");
    }
    let resources = member("DataResources").and_then(Value::as_array);
    let values = resources
        .into_iter()
        .flatten()
        .filter_map(|resource| resource.get("Values"));
    all.data |= values
        .filter_map(Value::as_array)
        .any(|values| !values.is_empty());
}
