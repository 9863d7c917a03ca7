//! Instances and templates put past the rules of the API.

use std::sync::Arc;

use jiff::SignedDuration;

use super::association::{Association, AssociationState};
use super::instance::Instance;
use super::run::Template;
use crate::seed::InstanceSeed;
use crate::services::iam;
use crate::world::World;

pub(crate) fn seed_instance(world: &mut World, seed: InstanceSeed) -> Option<String> {
    let hour = SignedDuration::from_hours(1);
    let launched = seed.launched;
    let launched = launched.unwrap_or_else(|| world.now.checked_sub(hour).unwrap_or(world.now));
    let association = seed.profile.map(|arn| {
        let id = seed.profile_id;
        let id = id.unwrap_or_else(|| iam::profile_id(world, &arn));
        Association {
            id: world.services.ec2.next_id("iip-assoc"),
            arn,
            profile_id: id,
            state: AssociationState::Associated,
            since: launched,
        }
    });
    let id = association.as_ref().map(|one| one.id.clone());
    let state = &mut world.services.ec2;
    let instance = Instance {
        id: seed.id,
        status: seed.status,
        associations: association.into_iter().collect(),
        launched,
        image: seed.image,
        kind: seed.instance_type,
        reservation: state.next_id("r"),
        index: 0,
        tags: seed.tags,
        reason: String::new(),
        number: state.made,
    };
    state.put(&seed.region, instance);
    id
}

pub(crate) fn remove_instance(world: &mut World, region: &str, id: &str) -> bool {
    let key = (region.to_owned(), id.to_owned());
    let state = &mut world.services.ec2;
    let known = Arc::make_mut(&mut state.instances).remove(&key).is_some();
    if known {
        Arc::make_mut(&mut state.changed).insert(key);
    }
    known
}

pub(crate) fn seed_template(
    world: &mut World,
    region: &str,
    name: &str,
    profile: Option<&str>,
) -> String {
    let state = &mut world.services.ec2;
    let id = state.next_id("lt");
    let template = Template {
        name: name.to_owned(),
        profile: profile.map(str::to_owned),
    };
    state
        .templates
        .insert((region.to_owned(), id.clone()), template);
    id
}
