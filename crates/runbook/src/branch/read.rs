//! The inputs of `aws:branch` as declared.

use super::{Branch, Choice, Comparison, Condition, Operator};
use crate::document::{Fields, Target};
use crate::finding::Findings;
use crate::node::Node;
use crate::suggest;

/// Reads the inputs of a branch; what cannot be read becomes a finding and no choice.
pub(crate) fn read_branch(inputs: &Node, step: &str, findings: &mut Findings) -> Branch {
    let fields = Fields::new(inputs, format!("the branch of {step}"));
    fields.only(&["Choices", "Default"], findings);
    fields.require("Choices", findings);
    let mut choices = Vec::new();
    for item in fields.list("Choices", findings) {
        choices.extend(read_choice(item, step, findings));
    }
    Branch {
        choices,
        default: target("Default", &fields, findings),
    }
}

fn target(key: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Target> {
    let at = fields.get(key)?.at;
    let name = fields.text(key, findings)?.to_owned();
    Some(Target { name, at })
}

fn read_choice(item: &Node, step: &str, findings: &mut Findings) -> Option<Choice> {
    let fields = Fields::new(item, format!("a choice of {step}"));
    fields.require("NextStep", findings);
    let condition = read_condition(item, step, Place::Choice, findings);
    Some(Choice {
        condition: condition?,
        next_step: target("NextStep", &fields, findings)?,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A choice of the branch, which has a NextStep too.
    Choice,
    /// Within And, Or or Not.
    Inner,
}

fn read_condition(
    node: &Node,
    step: &str,
    place: Place,
    findings: &mut Findings,
) -> Option<Condition> {
    let what = format!("a condition of {step}");
    if !node.is_map() {
        findings.error(
            "condition",
            node.at,
            format!("{what} is {}", node.kind()),
            FORM,
        );
        return None;
    }
    let fields = Fields::new(node, &what);
    for key in ["And", "Or"] {
        if fields.get(key).is_some() {
            fields.only(keys(place, key), findings);
            let inner = read_several(key, &fields, step, findings)?;
            return Some(if key == "And" {
                Condition::And(inner)
            } else {
                Condition::Or(inner)
            });
        }
    }
    if let Some(inner) = fields.get("Not") {
        fields.only(keys(place, "Not"), findings);
        let inner = read_condition(inner, step, Place::Inner, findings)?;
        return Some(Condition::Not(Box::new(inner)));
    }
    read_comparison(node, &fields, place, findings).map(Condition::Compare)
}

const FORM: &str = "write Variable and one operator, or And, Or, Not";

fn keys(place: Place, key: &str) -> &'static [&'static str] {
    match (place, key) {
        (Place::Choice, "And") => &["And", "NextStep"],
        (Place::Choice, "Or") => &["Or", "NextStep"],
        (Place::Choice, _) => &["Not", "NextStep"],
        (Place::Inner, "And") => &["And"],
        (Place::Inner, "Or") => &["Or"],
        (Place::Inner, _) => &["Not"],
    }
}

fn read_several(
    key: &str,
    fields: &Fields<'_>,
    step: &str,
    findings: &mut Findings,
) -> Option<Vec<Condition>> {
    let items = fields.list(key, findings);
    let at = fields.get(key)?.at;
    if items.len() < 2 {
        findings.error(
            "condition",
            at,
            format!("{key} of {} has {} conditions", fields.what(), items.len()),
            format!("write at least two under {key}"),
        );
    }
    let read: Vec<Option<Condition>> = items
        .iter()
        .map(|item| read_condition(item, step, Place::Inner, findings))
        .collect();
    read.into_iter().collect()
}

fn read_comparison(
    node: &Node,
    fields: &Fields<'_>,
    place: Place,
    findings: &mut Findings,
) -> Option<Comparison> {
    let variable = fields.require("Variable", findings);
    let mut found = Vec::new();
    for member in node.members() {
        match (member.key.as_str(), Operator::named(&member.key)) {
            ("Variable", _) => (),
            ("NextStep", _) if place == Place::Choice => (),
            (_, Some(operator)) => found.push((operator, &member.value)),
            (key, None) => findings.error(
                "operator",
                member.key_at,
                format!("{} has no operator {key}", fields.what()),
                suggest::help(key, Operator::ALL.into_iter().map(Operator::as_str)),
            ),
        }
    }
    let [(operator, operand)] = found.as_slice() else {
        let message = format!("{} has {} operators", fields.what(), found.len());
        findings.error("condition", node.at, message, FORM);
        return None;
    };
    Some(Comparison {
        variable: variable?.clone(),
        operator: *operator,
        operand: (*operand).clone(),
    })
}
