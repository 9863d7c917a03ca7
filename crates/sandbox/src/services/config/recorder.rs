//! The configuration recorder: what it records and how it is described.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::epoch;
use super::input::Input;
use crate::call::{ApiError, Call};
use crate::world::World;

/// A Region's recorder.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    pub(crate) name: String,
    pub(crate) role_arn: String,
    pub(crate) recording: bool,
    pub(crate) all_supported: bool,
    pub(crate) resource_types: Vec<String>,
    pub(crate) excluded_types: Vec<String>,
    pub(crate) include_global: bool,
    /// `CONTINUOUS` or `DAILY`.
    pub(crate) frequency: String,
    pub(crate) last_status: String,
    pub(crate) last_error: Option<(String, String)>,
    pub(crate) started: Option<Timestamp>,
    pub(crate) stopped: Option<Timestamp>,
}

/// The recorders that the input asks for; recorder operations write members in lower case.
fn asked<'a>(world: &'a World, call: &Call) -> Result<Vec<&'a Recorder>, ApiError> {
    let input = Input::of(&call.input)?;
    let names = input.texts("ConfigurationRecorderNames", 0, usize::MAX, 256)?;
    input.text("ServicePrincipal", 1, 128)?;
    let arn = input.text("Arn", 1, 1000)?;
    let own = world.services.config.recorders.get(&call.region);
    for name in &names {
        if own.is_none_or(|recorder| recorder.name != *name) {
            return Err(no_such_recorder(name));
        }
    }
    match (arn, own) {
        (Some(arn), Some(recorder)) if arn_of(world, &call.region, recorder) != arn => {
            Err(no_such_recorder(arn))
        }
        (Some(arn), None) => Err(no_such_recorder(arn)),
        _ => Ok(own.into_iter().collect()),
    }
}

pub(super) fn no_such_recorder(name: &str) -> ApiError {
    let text = format!("Cannot find configuration recorder with the specified name '{name}'.");
    ApiError::new("NoSuchConfigurationRecorderException", text)
}

pub(super) fn arn_of(world: &World, region: &str, recorder: &Recorder) -> String {
    format!(
        "arn:{}:config:{region}:{}:configuration-recorder/{}/0000000000000001",
        world.partition, world.account_id, recorder.name
    )
}

/// Whether the Region's recorder is to record the type, be it running or not.
pub(super) fn selects(world: &World, region: &str, resource_type: &str) -> bool {
    let recorder = world.services.config.recorders.get(region);
    recorder.is_some_and(|recorder| {
        let named = |types: &[String]| types.iter().any(|name| name == resource_type);
        let excluded = !recorder.excluded_types.is_empty();
        recorder.all_supported
            || excluded && !named(&recorder.excluded_types)
            || !excluded && named(&recorder.resource_types)
    })
}

/// Whether the Region's recorder records the type at this moment.
pub(super) fn records(world: &World, region: &str, resource_type: &str) -> bool {
    let recorder = world.services.config.recorders.get(region);
    recorder.is_some_and(|recorder| recorder.recording) && selects(world, region, resource_type)
}

/// A recorder that was started delivers after a while.
pub(super) fn pass_time(world: &mut World) {
    for recorder in world.services.config.recorders.values_mut() {
        if recorder.recording && recorder.last_status == "Pending" {
            recorder.last_status = "Success".to_owned();
        }
    }
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let recorders = asked(world, call)?.into_iter();
    let described: Vec<Value> = recorders
        .map(|recorder| described(world, &call.region, recorder))
        .collect();
    Ok(json!({"ConfigurationRecorders": described}))
}

/// The recorder as the API shows it.
pub(super) fn described(world: &World, region: &str, recorder: &Recorder) -> Value {
    let strategy = if recorder.all_supported {
        "ALL_SUPPORTED_RESOURCE_TYPES"
    } else if recorder.excluded_types.is_empty() {
        "INCLUSION_BY_RESOURCE_TYPES"
    } else {
        "EXCLUSION_BY_RESOURCE_TYPES"
    };
    json!({
        "arn": arn_of(world, region, recorder),
        "name": recorder.name,
        "roleARN": recorder.role_arn,
        "recordingGroup": {
            "allSupported": recorder.all_supported,
            "includeGlobalResourceTypes": recorder.include_global,
            "resourceTypes": recorder.resource_types,
            "exclusionByResourceTypes": {"resourceTypes": recorder.excluded_types},
            "recordingStrategy": {"useOnly": strategy},
        },
        "recordingMode": {"recordingFrequency": recorder.frequency},
        "recordingScope": "PAID",
    })
}

pub(super) fn status(world: &World, call: &Call) -> Result<Value, ApiError> {
    let mut described = Vec::new();
    for recorder in asked(world, call)? {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("arn", json!(arn_of(world, &call.region, recorder)));
        put("name", json!(recorder.name));
        put("recording", json!(recorder.recording));
        put("lastStatus", json!(recorder.last_status));
        for (name, time) in [
            ("lastStartTime", recorder.started),
            ("lastStopTime", recorder.stopped),
        ] {
            time.map(|time| put(name, epoch(time)));
        }
        if let Some((code, text)) = &recorder.last_error {
            put("lastErrorCode", json!(code));
            put("lastErrorMessage", json!(text));
        }
        described.push(Value::Object(members));
    }
    Ok(json!({"ConfigurationRecordersStatus": described}))
}
