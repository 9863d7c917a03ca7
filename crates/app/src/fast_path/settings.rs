//! What the fast path may do, and whom it tells.

use trailkeeper_core::Arn;

/// How far the answer to an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Events are ignored.
    Off,
    /// A message is sent.
    #[default]
    Notify,
    /// A runbook is started too, where the event has one. Events about instances have none: their
    /// repair follows AWS Config's verdict.
    Enforce,
}

impl Mode {
    /// The mode that is called `text`, in any letter case.
    pub fn from_name(text: &str) -> Option<Self> {
        let named = [
            ("off", Self::Off),
            ("notify", Self::Notify),
            ("enforce", Self::Enforce),
        ];
        let is_meant = |(name, _): &&(&str, Self)| text.trim().eq_ignore_ascii_case(name);
        named.iter().find(is_meant).map(|(_, mode)| *mode)
    }
}

/// The settings of the fast path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventSettings {
    /// How far answers go.
    pub mode: Mode,
    /// The topic of messages; none: nobody is told.
    pub topic: Option<Arn>,
    /// The name of the rule `instance-profile`, from which is read what is wanted; none: its
    /// defaults.
    pub instance_rule: Option<String>,
}
