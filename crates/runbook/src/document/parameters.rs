//! Parameters and variables as declared.

use super::fields::Fields;
use super::{DataType, Parameter, Variable};
use crate::finding::Findings;
use crate::node::{Member, Node};
use crate::suggest;

const PARAMETER_KEYS: &[&str] = &[
    "type",
    "description",
    "default",
    "allowedValues",
    "allowedPattern",
    "displayType",
    "minItems",
    "maxItems",
    "minChars",
    "maxChars",
    "interpolationType",
];
const VARIABLE_KEYS: &[&str] = &["type", "description", "default"];

pub(super) fn read_parameters(fields: &Fields<'_>, findings: &mut Findings) -> Vec<Parameter> {
    let node = fields.map("parameters", findings);
    let members = node.map(Node::members).unwrap_or_default();
    let read = members
        .iter()
        .filter_map(|member| read_parameter(member, findings));
    read.collect()
}

fn read_parameter(member: &Member, findings: &mut Findings) -> Option<Parameter> {
    let fields = Fields::new(&member.value, format!("parameter {}", member.key));
    fields.only(PARAMETER_KEYS, findings);
    if member.key.is_empty() || !member.key.chars().all(|c| c.is_ascii_alphanumeric()) {
        findings.error(
            "parameter-name",
            member.key_at,
            format!("{} cannot be the name of a parameter", member.key),
            "use letters and digits only",
        );
    }
    let mut count = |key: &str| fields.count(key, findings).map(|(count, _)| count);
    let (min_items, max_items) = (count("minItems"), count("maxItems"));
    let (min_chars, max_chars) = (count("minChars"), count("maxChars"));
    let allowed = fields.list("allowedValues", findings);
    Some(Parameter {
        name: member.key.clone(),
        at: member.key_at,
        data_type: read_type(&fields, findings)?,
        description: fields
            .text("description", findings)
            .unwrap_or_default()
            .to_owned(),
        default: fields.get("default").cloned(),
        allowed_values: allowed.iter().map(Node::to_json).collect(),
        allowed_pattern: fields.text("allowedPattern", findings).map(str::to_owned),
        min_items,
        max_items,
        min_chars,
        max_chars,
    })
}

pub(super) fn read_variables(fields: &Fields<'_>, findings: &mut Findings) -> Vec<Variable> {
    let node = fields.map("variables", findings);
    let mut variables = Vec::new();
    for member in node.map(Node::members).unwrap_or_default() {
        let fields = Fields::new(&member.value, format!("variable {}", member.key));
        fields.only(VARIABLE_KEYS, findings);
        if let Some(data_type) = read_type(&fields, findings) {
            variables.push(Variable {
                name: member.key.clone(),
                at: member.key_at,
                data_type,
                default: fields.get("default").cloned(),
            });
        }
    }
    variables
}

fn read_type(fields: &Fields<'_>, findings: &mut Findings) -> Option<DataType> {
    let node = fields.require("type", findings)?;
    let name = fields.text("type", findings)?;
    let data_type = DataType::named(name);
    if data_type.is_none() {
        findings.error(
            "parameter-type",
            node.at,
            format!(
                "{} has the type {name}, which does not exist",
                fields.what()
            ),
            suggest::help(name, DataType::names()),
        );
    }
    data_type
}
