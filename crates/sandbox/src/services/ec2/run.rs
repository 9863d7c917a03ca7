//! RunInstances and launch templates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::attach;
use super::input::{self, error, invalid, text};
use super::instance::Instance;
use super::profile::{named, unknown_name};
use super::time::STARTING;
use crate::call::{ApiError, Call};
use crate::seed::InstanceStatus;
use crate::services::iam::SeenProfile;
use crate::world::World;

/// Instances in one launch.
const MOST: usize = 1000;
/// What a launch template of the sandbox starts.
const TEMPLATE_IMAGE: &str = "ami-0abcdef1234567890";

/// A launch template: only its name and its profile matter here.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) name: String,
    /// The ARN or the name of a profile.
    pub(super) profile: Option<String>,
}

pub(super) fn run(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let count = count(call)?;
    let template = template(world, call)?;
    let image = match (text(&call.input, "ImageId")?, &template) {
        (Some(image), _) => image,
        (None, Some(_)) => TEMPLATE_IMAGE,
        (None, None) => return Err(input::missing("ImageId")),
    };
    if !image.starts_with("ami-") {
        let text = format!("Invalid id: \"{image}\" (expecting \"ami-...\")");
        return Err(error("InvalidAMIID.Malformed", text));
    }
    let profile = profile(world, call, template.as_ref())?;
    let kind = text(&call.input, "InstanceType")?.unwrap_or("m1.small");
    let tags = tags(call);
    let reservation = world.services.ec2.next_id("r");
    let mut told = Vec::new();
    for index in 0..count {
        let state = &mut world.services.ec2;
        let id = state.next_id("i");
        let instance = Instance {
            id: id.clone(),
            status: InstanceStatus::Pending,
            associations: Vec::new(),
            launched: world.now,
            image: image.to_owned(),
            kind: kind.to_owned(),
            reservation: reservation.clone(),
            index,
            tags: tags.clone(),
            reason: String::new(),
            number: state.made,
        };
        state.put(&call.region, instance);
        start(world, &call.region, &id);
        if let Some(profile) = profile.clone() {
            attach::begin(world, &call.region, &id, profile);
        }
        let instance = world.services.ec2.find(&call.region, &id);
        told.extend(instance.map(|instance| instance.to_json(&call.region)));
    }
    Ok(json!({
        "ReservationId": reservation,
        "OwnerId": world.account_id,
        "Groups": [],
        "Instances": told,
    }))
}

/// Lets an instance start.
pub(super) fn start(world: &mut World, region: &str, id: &str) {
    let way = (InstanceStatus::Pending, InstanceStatus::Running);
    world.instance_passes((region, id), way, STARTING);
}

fn count(call: &Call) -> Result<usize, ApiError> {
    let bound = |name| input::number(call, name)?.ok_or_else(|| input::missing(name));
    let (least, most) = (bound("MinCount")?, bound("MaxCount")?);
    if least == 0 || least > most {
        let text = format!("Value ({least}) for parameter minCount is invalid.");
        return Err(invalid(text));
    }
    if most > MOST {
        let text = format!("You have requested more instances ({most}) than your limit allows");
        return Err(error("InstanceLimitExceeded", text));
    }
    Ok(most)
}

fn template(world: &World, call: &Call) -> Result<Option<Template>, ApiError> {
    let Some(given) = input::given(&call.input, "LaunchTemplate") else {
        return Ok(None);
    };
    let id = text(given, "LaunchTemplateId")?;
    let name = text(given, "LaunchTemplateName")?;
    let templates = world.services.ec2.templates.iter();
    let mut here = templates.filter(|((region, _), _)| *region == call.region);
    let (found, code, what) = match (id, name) {
        (Some(id), None) => (
            here.find(|((_, own), _)| own == id),
            "InvalidLaunchTemplateId.NotFound",
            format!("ID {id}"),
        ),
        (None, Some(name)) => (
            here.find(|(_, template)| template.name == name),
            "InvalidLaunchTemplateName.NotFoundException",
            format!("name {name}"),
        ),
        _ => {
            let text = "Exactly one of launchTemplateId and launchTemplateName must be given";
            return Err(error("InvalidParameterCombination", text));
        }
    };
    let text = format!("The specified launch template, with template {what}, does not exist.");
    let found = found.map(|(_, template)| template.clone());
    found.map(Some).ok_or_else(|| error(code, text))
}

/// The request's own profile comes before the template's.
fn profile(
    world: &World,
    call: &Call,
    template: Option<&Template>,
) -> Result<Option<SeenProfile>, ApiError> {
    let own = input::given(&call.input, "IamInstanceProfile").cloned();
    let structure = own.or_else(|| {
        let profile = template?.profile.as_ref()?;
        let member = if profile.starts_with("arn:") {
            "Arn"
        } else {
            "Name"
        };
        Some(json!({member: profile}))
    });
    let Some(structure) = structure else {
        return Ok(None);
    };
    let profile = named(world, &structure)?;
    match profile.propagated {
        true => Ok(Some(profile)),
        false => Err(unknown_name(&profile.name)),
    }
}

fn tags(call: &Call) -> BTreeMap<String, String> {
    let specifications = call
        .input
        .get("TagSpecifications")
        .and_then(Value::as_array);
    let text = |tag: &Value, name: &str| Some(tag.get(name)?.as_str()?.to_owned());
    specifications
        .into_iter()
        .flatten()
        .filter(|one| one.get("ResourceType").and_then(Value::as_str) == Some("instance"))
        .filter_map(|one| one.get("Tags")?.as_array())
        .flatten()
        .filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value").unwrap_or_default())))
        .collect()
}
