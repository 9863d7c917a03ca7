//! An EC2 instance, as far as its permissions go.

use crate::identity::Arn;

/// The states of an instance, in EC2's words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InstanceState {
    /// `pending`
    Pending,
    /// `running`
    Running,
    /// `stopping`
    Stopping,
    /// `stopped`
    Stopped,
    /// `shutting-down`
    ShuttingDown,
    /// `terminated`
    Terminated,
    /// A word that this version does not know.
    Other(String),
}

impl InstanceState {
    /// The state that EC2 names `text`.
    pub fn from_name(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "running" => Self::Running,
            "stopping" => Self::Stopping,
            "stopped" => Self::Stopped,
            "shutting-down" => Self::ShuttingDown,
            "terminated" => Self::Terminated,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether the instance is judged. An instance that goes away needs no permissions; a state
    /// that is not known is judged, since leaving the instance out would hide it.
    pub fn is_judged(&self) -> bool {
        !matches!(self, Self::ShuttingDown | Self::Terminated)
    }
}

/// An instance and its profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFacts {
    /// The instance's id.
    pub id: String,
    /// Its state.
    pub state: InstanceState,
    /// The ARN of its instance profile; none where it has no profile.
    pub profile: Option<Arn>,
}
