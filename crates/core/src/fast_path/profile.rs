//! What an event says of an instance's profile.

use serde_json::Value;

use super::subject::{field, text};
use crate::identity::Arn;

/// The profile of an instance, as an event has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventProfile {
    /// Its ARN, path included.
    Arn(Arn),
    /// Its name only.
    Name(String),
    /// The instance has none.
    None,
    /// The event does not say: a launch template may hold one.
    Unknown,
}

impl EventProfile {
    /// The profile in `holder.iamInstanceProfile`, by ARN or name; none where nothing is there.
    pub(super) fn read(holder: &Value) -> Option<Self> {
        let profile = field(holder, "iamInstanceProfile")?;
        let arn = text(profile, "arn").or_else(|| profile.as_str().map(str::to_owned));
        if let Some(arn) = arn.and_then(|arn| arn.parse::<Arn>().ok()) {
            return Some(Self::Arn(arn));
        }
        let name = text(profile, "name");
        Some(name.map_or(Self::Unknown, Self::Name))
    }
}
