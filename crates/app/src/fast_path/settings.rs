//! What the fast path may do, and whom it tells.

use trailkeeper_core::Arn;

/// How far the answer to an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Events are ignored, but for those about the product's own parts: nobody can turn the
    /// product off unnoticed.
    Off,
    /// A message is sent.
    #[default]
    Notify,
    /// The runbook is started too, where the trail has a fault that it repairs. Events about
    /// instances start none: their repair follows AWS Config's verdict.
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
    /// defaults, and roles and policies that are not the product's own are nobody's question.
    pub instance_rule: Option<String>,
    /// The name of the rule `cloudtrail-enabled`, from which and from whose remediation is read
    /// what is wanted of the trail and which runbook restores it; none: events about the trail are
    /// ignored.
    pub trail_rule: Option<String>,
    /// The name of the rule `guard`, whose parameters name the product's parts; it is asked to look
    /// again when one of them was touched.
    pub guard_rule: Option<String>,
    /// The names of the alarms on the log group, `*` at the end for all that begin so; none: all
    /// alarms count.
    pub alarms: Vec<String>,
    /// The product's own roles, by name or ARN: the calls of a repair that they make are its own,
    /// and of the runs of the runbook those count that they started.
    pub own_roles: Vec<String>,
    /// The key with which the product's messages and logs are encrypted.
    pub key: Option<Arn>,
    /// The name of the function that answers, which is a part of the product.
    pub function: Option<String>,
}
