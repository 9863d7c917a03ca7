//! Associating, replacing and disassociating profiles.

use serde_json::{Value, json};

use super::association::{Association, AssociationState};
use super::input::{self, error};
use super::instance::Instance;
use super::profile;
use crate::call::{ApiError, Call};
use crate::seed::InstanceStatus;
use crate::services::iam::SeenProfile;
use crate::world::World;

/// AssociateIamInstanceProfile: running and stopped instances without a profile.
pub(super) fn associate(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = input::needed(call, "InstanceId")?;
    let structure = input::given(&call.input, "IamInstanceProfile");
    let structure = structure.ok_or_else(|| input::missing("IamInstanceProfile"))?;
    input::check_instance_id(id)?;
    let instance = world.services.ec2.find(&call.region, id);
    let instance = instance.ok_or_else(|| input::no_instances(&[id]))?;
    let profile = profile::named(world, structure)?;
    let settled = [InstanceStatus::Running, InstanceStatus::Stopped];
    if !settled.contains(&instance.status) {
        return Err(not_settled(id));
    }
    if !instance.associations.is_empty() {
        let text = format!("There is an existing association for instance {id}");
        return Err(error("IncorrectState", text));
    }
    profile::check_propagated(world, &profile)?;
    Ok(begin(world, &call.region, id, profile))
}

/// ReplaceIamInstanceProfileAssociation: running instances only. The old profile is in force until
/// the new one is.
pub(super) fn replace(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let association = input::needed(call, "AssociationId")?;
    let structure = input::given(&call.input, "IamInstanceProfile");
    let structure = structure.ok_or_else(|| input::missing("IamInstanceProfile"))?;
    let instance = holder(world, call, association)?;
    let profile = profile::named(world, structure)?;
    let id = instance.id.clone();
    let active = instance.association().map(|one| one.id.as_str()) == Some(association);
    match instance.status {
        InstanceStatus::Running if active => {}
        InstanceStatus::Pending => return Err(not_settled(&id)),
        _ => return Err(not_active(association)),
    }
    profile::check_propagated(world, &profile)?;
    if let Some(instance) = world.services.ec2.change(&call.region, &id) {
        instance.associations.retain(|one| one.id != association);
    }
    Ok(begin(world, &call.region, &id, profile))
}

/// DisassociateIamInstanceProfile: takes a few seconds unless the instance is stopped.
pub(super) fn disassociate(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let association = input::needed(call, "AssociationId")?;
    let instance = holder(world, call, association)?;
    let id = instance.id.clone();
    let Some(mut going) = instance.association().cloned() else {
        return Err(not_active(association));
    };
    going.state = AssociationState::Disassociating;
    going.since = world.now;
    let told = going.to_json(&id);
    if let Some(instance) = world.services.ec2.change(&call.region, &id) {
        instance.associations.clear();
        if instance.status != InstanceStatus::Stopped {
            instance.associations.push(going);
            world.association_moves(&call.region, &id, association);
        }
    }
    Ok(json!({"IamInstanceProfileAssociation": told}))
}

/// The instance that has the association.
fn holder<'a>(
    world: &'a World,
    call: &'a Call,
    association: &str,
) -> Result<&'a Instance, ApiError> {
    input::check_association_id(association)?;
    let mut instances = world.services.ec2.in_region(&call.region);
    let has = |instance: &&Instance| {
        instance
            .associations
            .iter()
            .any(|one| one.id == association)
    };
    let found = instances.find(has);
    found.ok_or_else(|| input::no_association(association))
}

/// Puts the profile on the instance; it is in force after a few seconds.
pub(super) fn begin(world: &mut World, region: &str, id: &str, profile: SeenProfile) -> Value {
    let state = &mut world.services.ec2;
    let association = Association {
        id: state.next_id("iip-assoc"),
        arn: profile.arn,
        profile_id: profile.id,
        state: AssociationState::Associating,
        since: world.now,
    };
    let told = association.to_json(id);
    let number = association.id.clone();
    if let Some(instance) = state.change(region, id) {
        instance.associations.push(association);
    }
    world.association_moves(region, id, &number);
    json!({"IamInstanceProfileAssociation": told})
}

fn not_settled(id: &str) -> ApiError {
    let text = format!("The instance '{id}' is not in the 'running' or 'stopped' states.");
    error("IncorrectInstanceState", text)
}

fn not_active(association: &str) -> ApiError {
    let text = format!("The association {association} is not the active association");
    error("IncorrectState", text)
}
