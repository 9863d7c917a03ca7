//! What the environment says.

use tracing::Level;
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_core::remediation::Destinations;
use trailkeeper_core::{Arn, Region};

use crate::error::HandlerError;

const MODE: &str = "TRAILKEEPER_MODE";
const TOPIC: &str = "TRAILKEEPER_TOPIC_ARN";
const TRAIL_RULE: &str = "TRAILKEEPER_CONFIG_RULE";
const INSTANCE_RULE: &str = "TRAILKEEPER_INSTANCE_CONFIG_RULE";
const GUARD_RULE: &str = "TRAILKEEPER_GUARD_CONFIG_RULE";
const ALARMS: &str = "TRAILKEEPER_ALARMS";
const OWN_ROLES: &str = "TRAILKEEPER_OWN_ROLES";
const DESTINATIONS: &str = "TRAILKEEPER_DESTINATIONS";
const FUNCTION: &str = "AWS_LAMBDA_FUNCTION_NAME";
const KEY: &str = "TRAILKEEPER_KEY_ARN";
const OWN_EVENTS: &str = "TRAILKEEPER_EVENTS";

/// The longest name that AWS Config gives a rule.
const MOST_CHARACTERS: usize = 128;

/// The settings of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The least important level that is logged.
    pub log_level: Level,
    /// The function's Region.
    pub region: Option<Region>,
    /// What to do with EventBridge events; an error where that cannot be read. A function that
    /// ended for it at its start would be reported as `Runtime.ExitError` and no more, so every
    /// one of these events is answered with the error instead, and no other is.
    pub events: Result<EventSettings, HandlerError>,
    /// Who is told of what came of a repair; an error where that cannot be read.
    pub incident: Result<IncidentSettings, HandlerError>,
    /// What a repair may make a trail deliver to; none: whatever the payload asks for. An error
    /// where that cannot be read: then no repair runs, for nobody knows what was to be refused.
    pub destinations: Result<Option<Destinations>, HandlerError>,
}

impl Settings {
    /// Reads the settings with `lookup`, which knows the variables of the environment. An empty
    /// one counts as none.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| lookup(name).unwrap_or_default().trim().to_owned();
        Self {
            log_level: level(&text("AWS_LAMBDA_LOG_LEVEL")),
            region: text("AWS_REGION").parse().ok(),
            events: events(text),
            incident: incident(text),
            destinations: destinations(&text(DESTINATIONS)),
        }
    }
}

fn events(text: impl Fn(&str) -> String) -> Result<EventSettings, HandlerError> {
    Ok(EventSettings {
        mode: mode(&text(MODE))?,
        topic: topic(&text(TOPIC))?,
        instance_rule: rule_name(INSTANCE_RULE, text(INSTANCE_RULE))?,
        trail_rule: rule_name(TRAIL_RULE, text(TRAIL_RULE))?,
        guard_rule: rule_name(GUARD_RULE, text(GUARD_RULE))?,
        alarms: list(&text(ALARMS)),
        own_roles: list(&text(OWN_ROLES)),
        key: key(&text(KEY))?,
        function: Some(text(FUNCTION)).filter(|name| !name.is_empty()),
    })
}

fn incident(text: impl Fn(&str) -> String) -> Result<IncidentSettings, HandlerError> {
    Ok(IncidentSettings {
        topic: topic(&text(TOPIC))?,
        events: switch(OWN_EVENTS, &text(OWN_EVENTS))?,
        own_roles: list(&text(OWN_ROLES)),
    })
}

fn destinations(text: &str) -> Result<Option<Destinations>, HandlerError> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = Destinations::parse(text).map(Some);
    read.map_err(|(item, wanted)| bad(DESTINATIONS, wanted, &item))
}

fn key(text: &str) -> Result<Option<Arn>, HandlerError> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse().map(Some);
    read.map_err(|_| bad(KEY, "the ARN of a key", text))
}

/// Off where nothing is said: an event of ours is for those who wait for it.
fn switch(name: &str, text: &str) -> Result<bool, HandlerError> {
    match text.to_ascii_lowercase().as_str() {
        "" | "off" => Ok(false),
        "on" => Ok(true),
        _ => Err(bad(name, "on or off", text)),
    }
}

fn list(text: &str) -> Vec<String> {
    let items = text.split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

fn mode(text: &str) -> Result<Mode, HandlerError> {
    if text.is_empty() {
        return Ok(Mode::default());
    }
    Mode::from_name(text).ok_or_else(|| bad(MODE, "off, notify or enforce", text))
}

fn topic(text: &str) -> Result<Option<Arn>, HandlerError> {
    if text.is_empty() {
        return Ok(None);
    }
    // A subscription's ARN, which is easily taken for the topic's, has one part more.
    let is_topic = |arn: &Arn| {
        arn.service == "sns"
            && arn.region().is_some()
            && !arn.account.is_empty()
            && !arn.resource.contains(':')
    };
    let arn = text.parse().ok().filter(is_topic);
    let wanted = "the ARN of an SNS topic, `arn:aws:sns:REGION:ACCOUNT:NAME`";
    arn.map(Some).ok_or_else(|| bad(TOPIC, wanted, text))
}

fn rule_name(variable: &str, text: String) -> Result<Option<String>, HandlerError> {
    let is_arn = text.starts_with("arn:");
    match text.chars().count() {
        0 => Ok(None),
        1..=MOST_CHARACTERS if !is_arn => Ok(Some(text)),
        _ => Err(bad(variable, "the name of a Config rule", &text)),
    }
}

fn bad(name: &str, wanted: &str, text: &str) -> HandlerError {
    let text = format!("{name} takes {wanted}, not `{text}`; correct it");
    HandlerError::new("bad-setting", text)
}

/// A level in Lambda's words. Lambda sets the variable itself, so that a word it does not have
/// yet must not keep the function from working.
fn level(text: &str) -> Level {
    match text.to_ascii_uppercase().as_str() {
        "TRACE" => Level::TRACE,
        "DEBUG" => Level::DEBUG,
        "WARN" => Level::WARN,
        "ERROR" | "FATAL" => Level::ERROR,
        _ => Level::INFO,
    }
}
