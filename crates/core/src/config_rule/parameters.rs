//! The rule's parameters, and what they require of the trail.
//!
//! One table says for each parameter how it is read and how it is written, so that the two cannot
//! drift apart.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::event::EventError;
use super::json::{Place, decoded};
use crate::cloudtrail::{InsightType, ManagementEvents, Requirements};
use crate::naming::{self, Expected};
use crate::parameter::{self, ParameterError};

/// The parameter that names the rule.
pub(crate) const RULE: &str = "rule";

/// AWS Config's limit for all parameters of a rule, as the JSON text in which it keeps them.
const MOST_CHARACTERS: usize = 1024;

/// The parameters as the event carries them, not yet understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleParameters(Map<String, Value>);

impl RuleParameters {
    /// Parameters from an object.
    pub fn new(parameters: Map<String, Value>) -> Self {
        Self(parameters)
    }

    /// The parameter `key`, if it was given.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// `ruleParameters` of the event: an object in a text; absent, null and `""` mean none.
    pub(crate) fn read(event: &Place<'_>) -> Result<Self, EventError> {
        let name = ["ruleParameters"];
        let value = match event.value(&name) {
            None => return Ok(Self::default()),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(Self::default()),
            Some(value) => decoded(value),
        };
        match value {
            Ok(Value::Object(parameters)) => Ok(Self(parameters)),
            Ok(Value::Null) => Ok(Self::default()),
            _ => Err(event.wrong(&name, "is not an object in a text")),
        }
    }

    fn characters(&self) -> usize {
        Value::Object(self.0.clone()).to_string().chars().count()
    }
}

impl From<BTreeMap<String, String>> for RuleParameters {
    fn from(texts: BTreeMap<String, String>) -> Self {
        let values = texts
            .into_iter()
            .map(|(key, text)| (key, Value::String(text)));
        Self(values.collect())
    }
}

struct Parameter {
    key: &'static str,
    /// Reads a text that is not empty.
    read: fn(&str, &mut Requirements) -> Result<(), Expected>,
    /// Writes the value; the empty text where nothing is required.
    write: fn(&Requirements) -> String,
}

macro_rules! parameter {
    ($key:literal, $field:ident, text $check:path) => {
        Parameter {
            key: $key,
            read: |text, wanted| $check(text).map(|value| wanted.$field = Some(value)),
            write: |wanted| {
                wanted
                    .$field
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default()
            },
        }
    };
    ($key:literal, $field:ident, $read:path, $write:expr) => {
        Parameter {
            key: $key,
            read: |text, wanted| $read(text).map(|value| wanted.$field = value),
            write: |wanted| $write(&wanted.$field),
        }
    };
    ($key:literal, $field:ident) => {
        parameter!($key, $field, parameter::boolean, bool::to_string)
    };
}

const PARAMETERS: &[Parameter] = &[
    parameter!("s3BucketName", bucket, text naming::bucket),
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
];

/// What the parameters of `cloudtrail-enabled` require.
///
/// # Errors
/// The first parameter, in the order of the names, that is unknown or has a bad value.
pub fn parse_requirements(parameters: &RuleParameters) -> Result<Requirements, ParameterError> {
    if parameters.characters() > MOST_CHARACTERS {
        return Err(ParameterError::new(
            "ruleParameters",
            format!("are longer than {MOST_CHARACTERS} characters together"),
        ));
    }
    let mut wanted = Requirements::default();
    for (key, value) in parameters.0.iter().filter(|(key, _)| *key != RULE) {
        let known = PARAMETERS.iter().find(|parameter| parameter.key == key);
        let parameter = known.ok_or_else(|| ParameterError::unknown(key, keys()))?;
        let text = parameter::scalar(key, value)?;
        if !text.is_empty() {
            (parameter.read)(&text, &mut wanted)
                .map_err(|expected| ParameterError::wrong(key, expected, &text))?;
        }
    }
    Ok(wanted)
}

/// The parameters that require the same; what is the default is left out. The rule has no
/// parameter for the key prefix and the log group's role, so these are lost.
pub fn render_requirements(wanted: &Requirements) -> BTreeMap<String, String> {
    let default = Requirements::default();
    let texts = PARAMETERS
        .iter()
        .map(|parameter| (parameter, (parameter.write)(wanted)));
    texts
        .filter(|(parameter, text)| *text != (parameter.write)(&default))
        .map(|(parameter, text)| (parameter.key.to_owned(), text))
        .collect()
}

fn keys() -> impl Iterator<Item = &'static str> {
    PARAMETERS
        .iter()
        .map(|parameter| parameter.key)
        .chain([RULE])
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
