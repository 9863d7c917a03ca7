//! Parameters and variables: defaults, allowed values, patterns.

use crate::bind::{declared, violation};
use crate::document::{Document, Parameter, Variable};
use crate::finding::Findings;
use crate::node::Node;
use crate::pattern::Pattern;
use crate::reference::{Reference, references};

/// The longest name StartAutomationExecution takes.
const LONGEST_NAME: usize = 50;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for parameter in &document.parameters {
        check_name(parameter, findings);
        check_pattern(parameter, findings);
        check_allowed_values(parameter, findings);
        check_bounds(parameter, findings);
        if let Some(default) = &parameter.default {
            check_default(parameter, default, findings);
        }
    }
    for variable in &document.variables {
        check_variable(variable, findings);
    }
}

fn check_name(parameter: &Parameter, findings: &mut Findings) {
    if parameter.name.chars().count() > LONGEST_NAME {
        findings.error(
            "parameter-name",
            parameter.at,
            format!("the name of parameter {} is too long", parameter.name),
            format!("use at most {LONGEST_NAME} characters"),
        );
    }
}

fn check_pattern(parameter: &Parameter, findings: &mut Findings) {
    let Some(pattern) = &parameter.allowed_pattern else {
        return;
    };
    if Pattern::new(pattern).is_none() {
        findings.warning(
            "pattern-not-checked",
            parameter.at,
            format!("allowedPattern of {} cannot be read here", parameter.name),
            "Java may read it; values are not compared with it here",
        );
    }
}

fn check_allowed_values(parameter: &Parameter, findings: &mut Findings) {
    for value in &parameter.allowed_values {
        // A list's allowed values are its items'.
        if value.is_object() || value.is_array() {
            continue;
        }
        let list = matches!(
            parameter.data_type.plain(),
            crate::convert::OutputType::StringList
        );
        if let (false, Err(problem)) = (list, declared(parameter.data_type, value)) {
            findings.error(
                "allowed-values",
                parameter.at,
                format!("an allowed value of {} {problem}", parameter.name),
                format!("write values of the type {}", parameter.data_type.as_str()),
            );
        }
    }
}

fn check_bounds(parameter: &Parameter, findings: &mut Findings) {
    let bounds = [
        (parameter.min_items, parameter.max_items, "Items"),
        (parameter.min_chars, parameter.max_chars, "Chars"),
    ];
    for (least, most, what) in bounds {
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            findings.error(
                "bounds",
                parameter.at,
                format!("min{what} of {} is above max{what}", parameter.name),
                "no value fits; change one of them",
            );
        }
    }
}

fn check_default(parameter: &Parameter, default: &Node, findings: &mut Findings) {
    let mut found = references(default.text().unwrap_or_default()).peekable();
    if found.peek().is_some() {
        let allowed = |reference: &Reference| {
            matches!(
                reference,
                Reference::ParameterStore(_) | Reference::Global(_) | Reference::ExecutionId
            )
        };
        if let Some(reference) = found.find(|reference| !allowed(reference)) {
            findings.error(
                "parameter-default",
                default.at,
                format!("the default of {} refers to {reference}", parameter.name),
                "only ssm:, global: and automation: may stand in a default",
            );
        }
        return;
    }
    match declared(parameter.data_type, &default.to_json()) {
        Err(problem) => findings.error(
            "parameter-default",
            default.at,
            format!("the default of {} {problem}", parameter.name),
            format!("write a value of the type {}", parameter.data_type.as_str()),
        ),
        Ok(value) => {
            if let Some(problem) = violation(parameter, &value, None) {
                findings.warning(
                    "default-not-allowed",
                    default.at,
                    format!("the default of {} {problem}", parameter.name),
                    "who leaves the parameter out gets a value that could not be supplied",
                );
            }
        }
    }
}

fn check_variable(variable: &Variable, findings: &mut Findings) {
    let Some(default) = &variable.default else {
        return;
    };
    if references(default.text().unwrap_or_default())
        .next()
        .is_some()
    {
        return;
    }
    if let Err(problem) = declared(variable.data_type, &default.to_json()) {
        findings.error(
            "variable-default",
            default.at,
            format!("the default of variable {} {problem}", variable.name),
            format!("write a value of the type {}", variable.data_type.as_str()),
        );
    }
}
