//! What happens to instances and associations with time.

use jiff::{SignedDuration, Timestamp};

use super::association::AssociationState;
use super::instance::Instance;
use crate::seed::InstanceStatus;
use crate::world::World;

pub(super) const STARTING: SignedDuration = SignedDuration::from_secs(8);
pub(super) const STOPPING: SignedDuration = SignedDuration::from_secs(20);
pub(super) const TERMINATING: SignedDuration = SignedDuration::from_secs(15);
pub(super) const ASSOCIATING: SignedDuration = SignedDuration::from_secs(3);
/// For so long a terminated instance can still be seen.
const SEEN: SignedDuration = SignedDuration::from_hours(1);

/// A change that is under way.
#[derive(Debug, Clone)]
pub(super) struct Move {
    at: Timestamp,
    region: String,
    instance: String,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// The instance passes from one state to another.
    Status(InstanceStatus, InstanceStatus),
    /// The association of this id becomes what its state leads to.
    Association(String),
    /// The terminated instance is forgotten.
    Gone,
}

impl World {
    /// Puts an instance into a passing state, which ends after `after`.
    pub(super) fn instance_passes(
        &mut self,
        (region, id): (&str, &str),
        (through, to): (InstanceStatus, InstanceStatus),
        after: SignedDuration,
    ) {
        let Some(instance) = self.services.ec2.change(region, id) else {
            return;
        };
        instance.status = through;
        self.instance_moves(region, id, What::Status(through, to), after);
    }

    /// Lets an association of an instance come or go in a few seconds.
    pub(super) fn association_moves(&mut self, region: &str, id: &str, association: &str) {
        let what = What::Association(association.to_owned());
        self.instance_moves(region, id, what, ASSOCIATING);
    }

    fn instance_moves(&mut self, region: &str, id: &str, what: What, after: SignedDuration) {
        let Ok(at) = self.now.checked_add(after) else {
            return;
        };
        self.services.ec2.moving.push(Move {
            at,
            region: region.to_owned(),
            instance: id.to_owned(),
            what,
        });
    }
}

/// Lets time pass to `to`: what is due by then happens, each at its time.
pub(crate) fn pass_time(world: &mut World, to: Timestamp) {
    let moving = std::mem::take(&mut world.services.ec2.moving);
    let (mut due, later): (Vec<Move>, Vec<Move>) = moving.into_iter().partition(|one| one.at <= to);
    world.services.ec2.moving = later;
    due.sort_by_key(|one| one.at);
    for one in due {
        happen(world, &one, to);
    }
}

fn happen(world: &mut World, one: &Move, to: Timestamp) {
    let state = &mut world.services.ec2;
    if matches!(one.what, What::Gone) {
        let key = (one.region.clone(), one.instance.clone());
        std::sync::Arc::make_mut(&mut state.instances).remove(&key);
        return;
    }
    let Some(instance) = state.change(&one.region, &one.instance) else {
        return;
    };
    match &one.what {
        What::Status(through, next) if instance.status == *through => instance.status = *next,
        What::Association(id) => settle(instance, id, one.at),
        _ => return,
    }
    if instance.status != InstanceStatus::Terminated {
        return;
    }
    instance.associations.clear();
    let gone = Move {
        at: one.at.checked_add(SEEN).unwrap_or(Timestamp::MAX),
        what: What::Gone,
        ..one.clone()
    };
    if gone.at <= to {
        return happen(world, &gone, to);
    }
    state.moving.push(gone);
}

fn settle(instance: &mut Instance, id: &str, at: Timestamp) {
    let Some(place) = instance.associations.iter().position(|one| one.id == id) else {
        return;
    };
    let Some(association) = instance.associations.get_mut(place) else {
        return;
    };
    match association.state {
        AssociationState::Associating => {
            association.state = AssociationState::Associated;
            association.since = at;
        }
        AssociationState::Disassociating => {
            instance.associations.remove(place);
        }
        AssociationState::Associated => {}
    }
}
