//! The association of an instance profile with an instance.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::filter::{self, Filters};
use super::input;
use crate::call::{ApiError, Call};
use crate::conversions::to_epoch;
use crate::world::World;

/// The states of an association. One that is `disassociated` is no longer told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AssociationState {
    Associating,
    Associated,
    Disassociating,
}

impl AssociationState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Associating => "associating",
            Self::Associated => "associated",
            Self::Disassociating => "disassociating",
        }
    }

    /// Whether the association is there to stay.
    pub(super) fn is_wanted(self) -> bool {
        matches!(self, Self::Associating | Self::Associated)
    }
}

/// An instance's profile.
#[derive(Debug, Clone)]
pub(super) struct Association {
    pub(super) id: String,
    /// The profile's ARN.
    pub(super) arn: String,
    /// The profile's unique id.
    pub(super) profile_id: String,
    pub(super) state: AssociationState,
    /// Since when it is in this state.
    pub(super) since: Timestamp,
}

impl Association {
    pub(super) fn profile(&self) -> Value {
        json!({"Arn": self.arn, "Id": self.profile_id})
    }

    /// The association as the changing operations answer it: without the time.
    pub(super) fn to_json(&self, instance: &str) -> Value {
        json!({
            "AssociationId": self.id,
            "InstanceId": instance,
            "IamInstanceProfile": self.profile(),
            "State": self.state.name(),
        })
    }
}

/// DescribeIamInstanceProfileAssociations.
pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let filters = Filters::read(call, &["instance-id", "state"])?;
    let ids = input::texts(call, "AssociationIds")?;
    let size = input::page_size(call, "AssociationIds", 5, 1000)?;
    let state = &world.services.ec2;
    let all = state.in_region(&call.region).flat_map(|instance| {
        let one = |association| (instance.id.as_str(), association);
        instance.associations.iter().map(one)
    });
    let all: Vec<(&str, &Association)> = all.collect();
    for id in &ids {
        input::check_association_id(id)?;
        if !all.iter().any(|(_, association)| association.id == *id) {
            return Err(input::no_association(id));
        }
    }
    let fits = |(instance, association): &(&str, &Association)| {
        let value = |name: &str| match name {
            "instance-id" => vec![(*instance).to_owned()],
            _ => vec![association.state.name().to_owned()],
        };
        (ids.is_empty() || ids.contains(&association.id.as_str())) && filters.hold(value)
    };
    let fitting = all.into_iter().filter(fits).collect();
    let tell = |(instance, association): (&str, &Association)| {
        let mut told = association.to_json(instance);
        if let Some(members) = told.as_object_mut() {
            members.insert("Timestamp".to_owned(), to_epoch(association.since));
        }
        told
    };
    let list = "IamInstanceProfileAssociations";
    filter::page(call, list, fitting, size, tell)
}
