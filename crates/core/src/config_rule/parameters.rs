//! The rules' parameters, and what they require.
//!
//! One table a rule says for each parameter how it is read and how it is written, so that the two
//! cannot drift apart.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::dispatch::RuleName;
use super::event::EventError;
use super::json::{Place, decoded};
use crate::naming::Expected;
use crate::parameter::{self, ParameterError};

/// The parameter that names the rule.
pub(crate) const RULE: &str = "rule";

/// AWS Config's limit for all parameters of a rule, as the JSON text in which it keeps them.
const MOST_CHARACTERS: usize = 1024;

/// The parameters as the event carries them, not yet understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleParameters(Map<String, Value>);

impl RuleParameters {
    /// Parameters from an object.
    pub fn new(parameters: Map<String, Value>) -> Self {
        Self(parameters)
    }

    /// `InputParameters` as DescribeConfigRules has them: an object in a text. None and the empty
    /// text mean none.
    ///
    /// # Errors
    /// The text is no JSON object, and why.
    pub fn from_input_parameters(text: Option<&str>) -> Result<Self, String> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(Self::default());
        };
        serde_json::from_str(text)
            .map(Self)
            .map_err(|error| format!("InputParameters is no object in a text: {error}"))
    }

    /// The parameter `key`, if it was given.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The parameters as texts, in the order of their names.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(key, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (key.as_str(), text)
        })
    }

    /// `ruleParameters` of the event: an object in a text; absent, null and `""` mean none.
    pub(crate) fn read(event: &Place<'_>) -> Result<Self, EventError> {
        let name = ["ruleParameters"];
        let value = match event.value(&name) {
            None => return Ok(Self::default()),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(Self::default()),
            Some(value) => decoded(value),
        };
        match value {
            Ok(Value::Object(parameters)) => Ok(Self(parameters)),
            Ok(Value::Null) => Ok(Self::default()),
            _ => Err(event.wrong(&name, "is not an object in a text")),
        }
    }

    fn characters(&self) -> usize {
        Value::Object(self.0.clone()).to_string().chars().count()
    }
}

impl From<BTreeMap<String, String>> for RuleParameters {
    fn from(texts: BTreeMap<String, String>) -> Self {
        let values = texts
            .into_iter()
            .map(|(key, text)| (key, Value::String(text)));
        Self(values.collect())
    }
}

/// A parameter of the rule that requires an `R`.
struct Parameter<R> {
    key: &'static str,
    /// Reads a text that is not empty.
    read: fn(&str, &mut R) -> Result<(), Expected>,
    /// Writes the value; the empty text where nothing is required.
    write: fn(&R) -> String,
}

macro_rules! parameter {
    ($key:literal, $field:ident, text $check:path) => {
        Parameter {
            key: $key,
            read: |text, wanted| $check(text).map(|value| wanted.$field = Some(value)),
            write: |wanted| {
                wanted
                    .$field
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default()
            },
        }
    };
    ($key:literal, $field:ident, $read:path, $write:expr) => {
        Parameter {
            key: $key,
            read: |text, wanted| $read(text).map(|value| wanted.$field = value),
            write: |wanted| $write(&wanted.$field),
        }
    };
    ($key:literal, $field:ident) => {
        parameter!($key, $field, parameter::boolean, bool::to_string)
    };
}

// Below the macro, which they use.
mod guard;
mod instance;
mod trail;

pub use guard::{parse_guard_requirements, render_guard_requirements};
pub(crate) use guard::{whole_name, whole_role};
pub use instance::{parse_instance_requirements, render_instance_requirements};
pub use trail::{parse_requirements, render_requirements};

/// The parameters that `rule` takes.
pub fn known_parameters(rule: RuleName) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = match rule {
        RuleName::CloudtrailEnabled => keys(trail::PARAMETERS),
        RuleName::InstanceProfile => keys(instance::PARAMETERS),
        RuleName::Guard => keys(guard::PARAMETERS),
    };
    keys.push(RULE);
    keys
}

fn keys<R>(table: &[Parameter<R>]) -> Vec<&'static str> {
    table.iter().map(|parameter| parameter.key).collect()
}

fn parse<R: Default>(
    rule: RuleName,
    table: &[Parameter<R>],
    parameters: &RuleParameters,
) -> Result<R, ParameterError> {
    if parameters.characters() > MOST_CHARACTERS {
        return Err(ParameterError::new(
            "ruleParameters",
            format!("are longer than {MOST_CHARACTERS} characters together"),
        ));
    }
    let mut wanted = R::default();
    for (key, value) in parameters.0.iter().filter(|(key, _)| *key != RULE) {
        let known = table.iter().find(|parameter| parameter.key == key);
        let parameter = known.ok_or_else(|| unknown(rule, key))?;
        let text = parameter::scalar(key, value)?;
        if !text.is_empty() {
            (parameter.read)(&text, &mut wanted)
                .map_err(|expected| ParameterError::wrong(key, expected, &text))?;
        }
    }
    Ok(wanted)
}

/// A parameter of another rule is told as such: the nearest name here would lead astray.
fn unknown(rule: RuleName, key: &str) -> ParameterError {
    let mut others = RuleName::ALL.iter().filter(|other| **other != rule);
    match others.find(|other| known_parameters(**other).contains(&key)) {
        Some(other) => {
            let (theirs, ours) = (other.as_str(), rule.as_str());
            ParameterError::new(key, format!("is a parameter of {theirs}, not of {ours}"))
        }
        None => ParameterError::unknown(key, known_parameters(rule).into_iter()),
    }
}

/// The parameters that require the same; what is the default is left out.
fn render<R: Default>(table: &[Parameter<R>], wanted: &R) -> BTreeMap<String, String> {
    let default = R::default();
    let texts = table
        .iter()
        .map(|parameter| (parameter, (parameter.write)(wanted)));
    texts
        .filter(|(parameter, text)| *text != (parameter.write)(&default))
        .map(|(parameter, text)| (parameter.key.to_owned(), text))
        .collect()
}
