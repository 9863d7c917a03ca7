//! What the environment says.

use tracing::Level;
use trailkeeper_core::Region;

use crate::error::HandlerError;

/// What the evaluator does with EventBridge events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Ignores them.
    Off,
    /// Sends a message.
    #[default]
    Notify,
    /// Sends a message and starts the runbook.
    Enforce,
}

impl Mode {
    fn parse(text: &str) -> Result<Self, HandlerError> {
        match text {
            "off" => Ok(Self::Off),
            "" | "notify" => Ok(Self::Notify),
            "enforce" => Ok(Self::Enforce),
            _ => Err(HandlerError::new(
                "bad-setting",
                format!("TRAILKEEPER_MODE takes off, notify or enforce, not `{text}`; correct it"),
            )),
        }
    }
}

/// The settings of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The least important level that is logged.
    pub log_level: Level,
    /// The function's Region.
    pub region: Option<Region>,
    /// What to do with EventBridge events; an error where that cannot be read. A function that
    /// ended for it at its start would be reported as `Runtime.ExitError` and no more, so every
    /// invocation answers with the error instead.
    pub mode: Result<Mode, HandlerError>,
}

impl Settings {
    /// Reads the settings with `lookup`, which knows the variables of the environment.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| lookup(name).unwrap_or_default();
        Self {
            log_level: level(&text("AWS_LAMBDA_LOG_LEVEL")),
            region: text("AWS_REGION").parse().ok(),
            mode: Mode::parse(&text("TRAILKEEPER_MODE")),
        }
    }
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
