//! Parameters of a run: what was supplied, checked and given its type.

mod constraints;
mod resource;

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::convert::{OutputType, boolean, integer};
use crate::document::{DataType, Document, Parameter};
use crate::reference::{Reference, references};
use crate::substitute::{Scope, substitute};
use crate::suggest;

pub(crate) use constraints::violation;

/// Parameters as StartAutomationExecution takes them: a list of texts each.
pub type Supplied = BTreeMap<String, Vec<String>>;

/// The most parameters a run takes.
const MOST_PARAMETERS: usize = 200;
/// The longest name of a parameter.
const LONGEST_NAME: usize = 50;
/// The most values of a parameter.
const MOST_VALUES: usize = 50;
/// The longest value of a parameter.
const LONGEST_VALUE: usize = 512;

/// Parameters that do not fit the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// More than StartAutomationExecution takes.
    #[error("a run takes at most {MOST_PARAMETERS} parameters, and was given {count}")]
    TooMany {
        /// How many were given.
        count: usize,
    },
    /// The document has no such parameter.
    #[error("the document has no parameter {name}: {help}")]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant.
        help: String,
    },
    /// A parameter without default was not supplied.
    #[error("parameter {name} is required: supply it")]
    Missing {
        /// The parameter.
        name: String,
    },
    /// A value does not fit.
    #[error("parameter {name} {problem}")]
    Value {
        /// The parameter.
        name: String,
        /// What is wrong with its value.
        problem: String,
    },
    /// A default is to be read from Parameter Store, which this crate does not do.
    #[error("parameter {name} takes its default from Parameter Store: supply its value")]
    ParameterStore {
        /// The parameter.
        name: String,
    },
}

/// A parameter given as one text, as on a command line: lists and maps as JSON, everything else
/// as it is.
///
/// # Errors
/// The document has no such parameter.
pub fn supplied_from_text(
    document: &Document,
    name: &str,
    text: &str,
) -> Result<Vec<String>, BindError> {
    let parameter = known(document, name)?;
    let listed = matches!(
        parameter.data_type.plain(),
        OutputType::StringList | OutputType::MapList
    );
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) if listed => {
            Ok(items.iter().map(crate::convert::text_of).collect())
        }
        _ => Ok(vec![text.to_owned()]),
    }
}

/// Checks what was supplied and gives every parameter its value. A default can refer to what
/// `globals` knows.
///
/// # Errors
/// The first parameter that does not fit.
pub fn bind(
    document: &Document,
    supplied: &Supplied,
    globals: &dyn Scope,
) -> Result<Map<String, Value>, BindError> {
    if supplied.len() > MOST_PARAMETERS {
        return Err(BindError::TooMany {
            count: supplied.len(),
        });
    }
    for name in supplied.keys() {
        known(document, name)?;
    }
    let mut values = Map::new();
    for parameter in &document.parameters {
        let value = match supplied.get(&parameter.name) {
            Some(texts) => supplied_value(parameter, texts)?,
            None => default_value(parameter, globals)?,
        };
        values.insert(parameter.name.clone(), value);
    }
    Ok(values)
}

fn known<'a>(document: &'a Document, name: &str) -> Result<&'a Parameter, BindError> {
    let names = document.parameters.iter().map(|known| known.name.as_str());
    document.parameter(name).ok_or_else(|| BindError::Unknown {
        name: name.to_owned(),
        help: suggest::help(name, names),
    })
}

fn supplied_value(parameter: &Parameter, texts: &[String]) -> Result<Value, BindError> {
    let wrong = |problem: String| BindError::Value {
        name: parameter.name.clone(),
        problem,
    };
    limits(parameter, texts).map_err(wrong)?;
    let value = typed(parameter.data_type.plain(), texts).map_err(wrong)?;
    match violation(parameter, &value, Some(texts)) {
        Some(problem) => Err(wrong(problem)),
        None => Ok(value),
    }
}

/// What the service's own request takes.
fn limits(parameter: &Parameter, texts: &[String]) -> Result<(), String> {
    if parameter.name.chars().count() > LONGEST_NAME {
        return Err(format!("has a name of over {LONGEST_NAME} characters"));
    }
    if texts.len() > MOST_VALUES {
        return Err(format!(
            "has {} values; at most {MOST_VALUES} go",
            texts.len()
        ));
    }
    for text in texts {
        match text.chars().count() {
            0 => return Err("has an empty value: leave the parameter out instead".to_owned()),
            1..=LONGEST_VALUE => (),
            count => {
                return Err(format!(
                    "has a value of {count} characters; at most {LONGEST_VALUE} go"
                ));
            }
        }
    }
    Ok(())
}

fn default_value(parameter: &Parameter, globals: &dyn Scope) -> Result<Value, BindError> {
    let name = || parameter.name.clone();
    let Some(default) = &parameter.default else {
        return Err(BindError::Missing { name: name() });
    };
    let named = references(default.text().unwrap_or_default()).next();
    if let Some(Reference::ParameterStore(_)) = named {
        return Err(BindError::ParameterStore { name: name() });
    }
    let wrong = |problem: String| BindError::Value {
        name: name(),
        problem: format!("has a default that does not fit: it {problem}"),
    };
    let value = substitute(default, globals).map_err(|error| wrong(format!("says {error}")))?;
    declared(parameter.data_type, &value).map_err(wrong)
}

/// A value written in the document: of its type, or the text of one.
pub(crate) fn declared(data_type: DataType, value: &Value) -> Result<Value, String> {
    let kind = data_type.plain();
    match value {
        _ if is_of(kind, value) => Ok(value.clone()),
        Value::String(text) => typed(kind, std::slice::from_ref(text)),
        _ => Err(format!(
            "is {}, not {}",
            crate::convert::describe(value),
            a(kind)
        )),
    }
}

/// Whether a value has a type as it is.
pub(crate) fn is_of(kind: OutputType, value: &Value) -> bool {
    match kind {
        OutputType::String => value.is_string(),
        OutputType::Integer => value.is_i64() || value.is_u64(),
        OutputType::Boolean => value.is_boolean(),
        OutputType::StringList => is_list_of(value, Value::is_string),
        OutputType::StringMap => value.is_object(),
        OutputType::MapList => is_list_of(value, Value::is_object),
    }
}

fn is_list_of(value: &Value, fits: fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(fits))
}

/// Texts as the console, AWS Config and StartAutomationExecution send them, as a typed value.
fn typed(kind: OutputType, texts: &[String]) -> Result<Value, String> {
    match kind {
        OutputType::StringList => Ok(text_list(texts)),
        OutputType::MapList => map_list(texts),
        OutputType::String | OutputType::Integer | OutputType::Boolean | OutputType::StringMap => {
            match texts {
                [text] => scalar(kind, text),
                _ => Err(format!("has {} values, and takes one", texts.len())),
            }
        }
    }
}

fn scalar(kind: OutputType, text: &str) -> Result<Value, String> {
    let value = match kind {
        OutputType::Integer => integer(text).map(|number| Value::Number(Number::from(number))),
        OutputType::Boolean => boolean(text).map(Value::Bool),
        OutputType::StringMap => json(text).filter(Value::is_object),
        _ => Some(Value::String(text.to_owned())),
    };
    value.ok_or_else(|| format!("is {text:?}, not {}", a(kind)))
}

/// One text may be the whole list as JSON: the console and AWS Config can send it so.
fn text_list(texts: &[String]) -> Value {
    let whole = match texts {
        [text] => json(text).filter(|value| is_list_of(value, Value::is_string)),
        _ => None,
    };
    whole.unwrap_or_else(|| texts.iter().cloned().map(Value::String).collect())
}

fn map_list(texts: &[String]) -> Result<Value, String> {
    if let [text] = texts
        && let Some(whole) = json(text).filter(|value| is_list_of(value, Value::is_object))
    {
        return Ok(whole);
    }
    let maps = texts.iter().map(|text| scalar(OutputType::StringMap, text));
    maps.collect()
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn a(kind: OutputType) -> &'static str {
    match kind {
        OutputType::String => "a text",
        OutputType::StringList => "a list of texts",
        OutputType::Integer => "a whole number",
        OutputType::Boolean => "true or false",
        OutputType::StringMap => "a map, as JSON",
        OutputType::MapList => "a list of maps, as JSON",
    }
}
