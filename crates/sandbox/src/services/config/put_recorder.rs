//! What changes the configuration recorder: put, start, stop, delete.

use serde_json::{Value, json};

use super::evaluation::is_resource_type;
use super::input::Input;
use super::inventory::{self, Tell};
use super::recorder::{Recorder, arn_of, described, no_such_recorder};
use crate::call::{ApiError, Call};
use crate::world::World;

const STRATEGIES: [&str; 3] = [
    "ALL_SUPPORTED_RESOURCE_TYPES",
    "INCLUSION_BY_RESOURCE_TYPES",
    "EXCLUSION_BY_RESOURCE_TYPES",
];

/// Which types are recorded.
#[derive(Default)]
struct Group {
    all: bool,
    global: bool,
    types: Vec<String>,
    excluded: Vec<String>,
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let given = input.structure("ConfigurationRecorder")?;
    let given = given.ok_or_else(|| input.missing("ConfigurationRecorder"))?;
    input.structures("Tags", 50)?;
    let name = given.text("name", 1, 256)?.unwrap_or("default").to_owned();
    let role = given
        .text("roleARN", 0, usize::MAX)?
        .unwrap_or_default()
        .to_owned();
    let frequency = frequency(&given)?;
    let group = group(&given)?;
    check_name(&given, &name)?;
    if !is_role(&role) {
        let text = format!("The role ARN '{role}' is not a valid role for the recorder.");
        return Err(ApiError::new("InvalidRoleException", text));
    }
    let recorders = &mut world.services.config.recorders;
    let mut recorder = match recorders.remove(&call.region) {
        None => new(name),
        Some(known) if known.name == name => known,
        Some(other) => {
            recorders.insert(call.region.clone(), other);
            return Err(too_many(&name));
        }
    };
    recorder.role_arn = role;
    recorder.frequency = frequency;
    recorder.all_supported = group.all;
    recorder.resource_types = group.types;
    recorder.excluded_types = group.excluded;
    recorder.include_global = group.global;
    recorders.insert(call.region.clone(), recorder);
    inventory::rediscover(world, &call.region, Tell::Rules);
    Ok(json!({}))
}

/// A recorder that was never started.
fn new(name: String) -> Recorder {
    Recorder {
        name,
        role_arn: String::new(),
        recording: false,
        all_supported: false,
        resource_types: Vec::new(),
        excluded_types: Vec::new(),
        include_global: false,
        frequency: String::new(),
        last_status: "Pending".to_owned(),
        last_error: None,
        started: None,
        stopped: None,
    }
}

fn too_many(name: &str) -> ApiError {
    let text = format!(
        "Failed to put configuration recorder '{name}' because the maximum number of \
         configuration recorders: 1 is reached."
    );
    let code = "MaxNumberOfConfigurationRecordersExceededException";
    ApiError::new(code, text)
}

fn check_name(given: &Input<'_>, name: &str) -> Result<(), ApiError> {
    if name.starts_with("AWSConfigurationRecorderFor") {
        let text = format!("The configuration recorder name '{name}' is not valid.");
        return Err(ApiError::new(
            "InvalidConfigurationRecorderNameException",
            text,
        ));
    }
    if given.text("servicePrincipal", 1, 128)?.is_some() {
        let text =
            "PutConfigurationRecorder cannot create a service-linked configuration recorder.";
        return Err(ApiError::new("UnmodifiableEntityException", text));
    }
    given.choice("recordingScope", &["INTERNAL", "PAID"])?;
    Ok(())
}

fn frequency(given: &Input<'_>) -> Result<String, ApiError> {
    let known = ["CONTINUOUS", "DAILY"];
    let Some(mode) = given.structure("recordingMode")? else {
        return Ok("CONTINUOUS".to_owned());
    };
    let frequency = mode.choice("recordingFrequency", &known)?;
    let frequency = frequency.ok_or_else(|| mode.missing("recordingFrequency"))?;
    Ok(frequency.to_owned())
}

fn group(given: &Input<'_>) -> Result<Group, ApiError> {
    let Some(group) = given.structure("recordingGroup")? else {
        return Ok(Group {
            all: true,
            ..Group::default()
        });
    };
    let strategy = match group.structure("recordingStrategy")? {
        Some(strategy) => strategy.choice("useOnly", &STRATEGIES)?,
        None => None,
    };
    let types = types(&group, "resourceTypes")?;
    let excluded = match group.structure("exclusionByResourceTypes")? {
        Some(excluded) => self::types(&excluded, "resourceTypes")?,
        None => Vec::new(),
    };
    let all = group.flag("allSupported")? || strategy == Some("ALL_SUPPORTED_RESOURCE_TYPES");
    let wanted = Group {
        all,
        global: group.flag("includeGlobalResourceTypes")?,
        types,
        excluded,
    };
    fits(&wanted, strategy)?;
    Ok(wanted)
}

fn fits(group: &Group, strategy: Option<&str>) -> Result<(), ApiError> {
    let lists = (!group.types.is_empty(), !group.excluded.is_empty());
    let good = match (group.all, strategy) {
        (true, None | Some("ALL_SUPPORTED_RESOURCE_TYPES")) => lists == (false, false),
        (true, _) => false,
        (false, Some("EXCLUSION_BY_RESOURCE_TYPES")) => lists == (false, true) && !group.global,
        (false, _) => lists == (true, false) && !group.global,
    };
    if good {
        return Ok(());
    }
    let text = "The recording group provided is not valid";
    Err(ApiError::new("InvalidRecordingGroupException", text))
}

fn types(input: &Input<'_>, name: &str) -> Result<Vec<String>, ApiError> {
    let types = input.texts(name, 0, usize::MAX, 256)?;
    if let Some(wrong) = types.iter().find(|kind| !is_resource_type(kind)) {
        let text = format!("The resource type {wrong} is not valid");
        return Err(ApiError::new("InvalidRecordingGroupException", text));
    }
    Ok(types.into_iter().map(str::to_owned).collect())
}

fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "iam", "", _, role] if role.starts_with("role/"))
}

/// The Region's recorder, if it has the name that the call names.
fn named<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Recorder, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("ConfigurationRecorderName", 1, 256)?;
    let own = world.services.config.recorders.get_mut(&call.region);
    let own = own.filter(|recorder| recorder.name == name);
    own.ok_or_else(|| no_such_recorder(name))
}

pub(super) fn start(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    named(world, call)?;
    if !world.services.config.channels.contains_key(&call.region) {
        let text = "Delivery channel is not available to start configuration recorder.";
        return Err(ApiError::new("NoAvailableDeliveryChannelException", text));
    }
    let now = world.now;
    let recorder = named(world, call)?;
    if !recorder.recording {
        recorder.recording = true;
        recorder.started = Some(now);
        "Pending".clone_into(&mut recorder.last_status);
        inventory::rediscover(world, &call.region, Tell::Rules);
    }
    Ok(json!({}))
}

pub(super) fn stop(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let now = world.now;
    let recorder = named(world, call)?;
    if recorder.recording {
        recorder.recording = false;
        recorder.stopped = Some(now);
    }
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    named(world, call)?;
    world.services.config.recorders.remove(&call.region);
    Ok(json!({}))
}

/// Takes types from the recorder, which must say which types it records or leaves out.
pub(super) fn disassociate(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let arn = input.required_text("ConfigurationRecorderArn", 1, 1000)?;
    if input.value("ResourceTypes").is_none() {
        return Err(input.missing("ResourceTypes"));
    }
    let types = types(&input, "ResourceTypes")?;
    let own = world.services.config.recorders.get(&call.region);
    let own = own.filter(|own| arn_of(world, &call.region, own) == arn);
    let mut recorder = own.cloned().ok_or_else(|| no_such_recorder(arn))?;
    if recorder.all_supported {
        let text = "The recording strategy of the configuration recorder must be \
                    INCLUSION_BY_RESOURCE_TYPES or EXCLUSION_BY_RESOURCE_TYPES.";
        return Err(ApiError::new("ValidationException", text));
    }
    if recorder.excluded_types.is_empty() {
        recorder.resource_types.retain(|kind| !types.contains(kind));
    } else {
        recorder.excluded_types.retain(|kind| !types.contains(kind));
        recorder.excluded_types.extend(types);
    }
    let answer = described(world, &call.region, &recorder);
    let recorders = &mut world.services.config.recorders;
    recorders.insert(call.region.clone(), recorder);
    inventory::rediscover(world, &call.region, Tell::Rules);
    Ok(json!({"ConfigurationRecorder": answer}))
}
