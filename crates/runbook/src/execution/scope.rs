//! The values a step can refer to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Execution;
use crate::bind::{declared, is_of};
use crate::convert::describe;
use crate::document::Document;
use crate::reference::{Global, Reference};
use crate::substitute::{Scope, Unresolved};

/// The longest text a variable takes, in characters.
const LONGEST_VARIABLE: usize = 512;

/// What does not change while the steps run.
pub(super) struct Surroundings {
    pub(super) parameters: Map<String, Value>,
    pub(super) variables: Map<String, Value>,
    pub(super) partition: Value,
    pub(super) region: String,
    pub(super) account_id: String,
    pub(super) execution_id: String,
}

/// The variables at the start.
pub(super) fn variables(document: &Document) -> Map<String, Value> {
    let mut values = Map::new();
    for variable in &document.variables {
        let default = variable.default.as_ref().map(|node| node.to_json());
        let value = default.and_then(|value| declared(variable.data_type, &value).ok());
        if let Some(value) = value {
            values.insert(variable.name.clone(), value);
        }
    }
    values
}

/// Whether a value may become that of a variable: nothing is converted.
pub(super) fn variable(document: &Document, name: &str, value: &Value) -> Result<(), String> {
    let mut variables = document.variables.iter();
    let known = variables.find(|variable| variable.name == name);
    let known = known.ok_or_else(|| format!("there is no variable {name}"))?;
    let kind = known.data_type.plain();
    if !is_of(kind, value) {
        let (found, wanted) = (describe(value), kind.as_str());
        return Err(format!(
            "{found} cannot be the value of the {wanted} {name}"
        ));
    }
    match value.as_str().map(|text| text.chars().count()) {
        Some(0) => Err(format!("variable {name} cannot become an empty text")),
        Some(count) if count > LONGEST_VARIABLE => Err(format!(
            "variable {name} takes {LONGEST_VARIABLE} characters, and was given {count}"
        )),
        _ => Ok(()),
    }
}

pub(super) struct RunScope<'a> {
    surroundings: &'a Surroundings,
    /// None while the parameters themselves get their values.
    outputs: Option<&'a BTreeMap<String, Map<String, Value>>>,
    now: Timestamp,
}

impl Execution {
    pub(super) fn scope(&self, now: Timestamp) -> RunScope<'_> {
        RunScope {
            surroundings: &self.surroundings,
            outputs: Some(&self.outputs),
            now,
        }
    }
}

impl Surroundings {
    /// What a parameter's default can refer to.
    pub(super) fn scope(&self, now: Timestamp) -> RunScope<'_> {
        RunScope {
            surroundings: self,
            outputs: None,
            now,
        }
    }
}

impl RunScope<'_> {
    fn global(&self, global: Global) -> Value {
        let surroundings = self.surroundings;
        match global {
            Global::AccountId => Value::String(surroundings.account_id.clone()),
            Global::Region => Value::String(surroundings.region.clone()),
            Global::AwsPartition => surroundings.partition.clone(),
            Global::Date => Value::String(self.now.strftime("%Y-%m-%d").to_string()),
            Global::DateTime => Value::String(self.now.strftime("%Y-%m-%d_%H.%M.%S").to_string()),
        }
    }
}

impl Scope for RunScope<'_> {
    fn value(&self, reference: &Reference) -> Result<Value, Unresolved> {
        let (found, reason) = match reference {
            Reference::Parameter(name) => {
                let value = self.surroundings.parameters.get(name).cloned();
                (value, "there is no such parameter")
            }
            Reference::Variable(name) => {
                let value = self.surroundings.variables.get(name).cloned();
                (value, "the variable has none yet")
            }
            Reference::Global(global) => (Some(self.global(*global)), ""),
            Reference::ExecutionId => {
                let id = self.surroundings.execution_id.clone();
                (Some(Value::String(id)), "")
            }
            Reference::StepOutput { step, output } => {
                match self.outputs.and_then(|outputs| outputs.get(step)) {
                    Some(outputs) => (
                        outputs.get(output).cloned(),
                        "the step did not hand this output on",
                    ),
                    None => (None, "the step has not run"),
                }
            }
            Reference::ParameterStore(_) => (None, "only a parameter's default may name it"),
            Reference::Unknown(_) => (None, "there is no such thing"),
        };
        found.ok_or_else(|| Unresolved {
            reference: reference.clone(),
            reason: reason.to_owned(),
        })
    }
}
