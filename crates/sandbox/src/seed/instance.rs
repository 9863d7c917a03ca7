//! EC2 instances and launch templates that exist already.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::world::World;

/// The states of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum InstanceStatus {
    /// Starting.
    Pending,
    /// Running.
    #[default]
    Running,
    /// On its way to its end.
    ShuttingDown,
    /// At its end; still to be seen for a while.
    Terminated,
    /// On its way to a stop.
    Stopping,
    /// Stopped; it can be started again.
    Stopped,
}

impl InstanceStatus {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Running,
        Self::ShuttingDown,
        Self::Terminated,
        Self::Stopping,
        Self::Stopped,
    ];

    /// The state's name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// The state's code in the API.
    pub fn code(self) -> u16 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    /// The state that the API names `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// An instance to put into the account as it is. It stays in its state, also in a passing one,
/// until an operation changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceSeed {
    /// The Region.
    pub region: String,
    /// The id, `i-` and 8 or 17 hexadecimal digits.
    pub id: String,
    /// The state.
    pub status: InstanceStatus,
    /// The ARN of the profile associated with it. The profile need not exist.
    pub profile: Option<String>,
    /// The profile's unique id; none: the one of the profile, or one made from the ARN.
    pub profile_id: Option<String>,
    /// When it was launched; none: an hour ago.
    pub launched: Option<Timestamp>,
    /// The image.
    pub image: String,
    /// The instance type.
    pub instance_type: String,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

impl InstanceSeed {
    /// A running instance without a profile.
    pub fn new(region: &str, id: &str) -> Self {
        Self {
            region: region.to_owned(),
            id: id.to_owned(),
            status: InstanceStatus::Running,
            profile: None,
            profile_id: None,
            launched: None,
            image: "ami-0abcdef1234567890".to_owned(),
            instance_type: "t3.micro".to_owned(),
            tags: BTreeMap::new(),
        }
    }

    /// The same with this profile.
    #[must_use]
    pub fn with_profile(mut self, arn: &str) -> Self {
        self.profile = Some(arn.to_owned());
        self
    }

    /// The same in this state.
    #[must_use]
    pub fn in_state(mut self, status: InstanceStatus) -> Self {
        self.status = status;
        self
    }
}

impl World {
    /// Puts an instance into the account, in place of one with the same id; answers the id of the
    /// profile's association, if it has a profile.
    pub fn seed_instance(&mut self, seed: InstanceSeed) -> Option<String> {
        crate::services::ec2::seed_instance(self, seed)
    }

    /// Takes an instance out of the account; whether it was there.
    pub fn remove_instance(&mut self, region: &str, id: &str) -> bool {
        crate::services::ec2::remove_instance(self, region, id)
    }

    /// What AWS Config records as the `configuration` of an instance; none where it is gone.
    pub fn instance_configuration(&self, region: &str, id: &str) -> Option<Value> {
        crate::services::ec2::configuration(self, region, id)
    }

    /// Puts a launch template, whose launches get this profile (its ARN or its name); answers the
    /// template's id.
    pub fn seed_launch_template(
        &mut self,
        region: &str,
        name: &str,
        profile: Option<&str>,
    ) -> String {
        crate::services::ec2::seed_template(self, region, name, profile)
    }
}
