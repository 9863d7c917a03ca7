//! Steps as declared.

use super::fields::Fields;
use super::{Action, ApiPurpose, OnCancel, OnFailure, Step, StepOutput, Target};
use crate::branch::read_branch;
use crate::convert::OutputType;
use crate::finding::Findings;
use crate::node::{Node, NodeValue};
use crate::selector::Selector;
use crate::suggest;

const STEP_KEYS: &[&str] = &[
    "name",
    "action",
    "inputs",
    "description",
    "maxAttempts",
    "timeoutSeconds",
    "onFailure",
    "onCancel",
    "nextStep",
    "isEnd",
    "isCritical",
    "outputs",
];
const OUTPUT_KEYS: &[&str] = &["Name", "Selector", "Type"];

pub(super) fn read_steps(fields: &Fields<'_>, key: &str, findings: &mut Findings) -> Vec<Step> {
    let mut steps = Vec::new();
    for item in fields.list(key, findings) {
        steps.extend(read_step(item, findings));
    }
    steps
}

fn read_step(node: &Node, findings: &mut Findings) -> Option<Step> {
    let name = node.get("name").and_then(Node::text).unwrap_or_default();
    let fields = Fields::new(node, format!("step {name}").trim_end().to_owned());
    if !node.is_map() {
        findings.error("wrong-type", node.at, "a step is not a map", "write a map");
        return None;
    }
    fields.only(STEP_KEYS, findings);
    fields.require("name", findings)?;
    let name = fields.text("name", findings)?;
    let action = fields.require("action", findings);
    let action = action
        .and(fields.text("action", findings))
        .unwrap_or_default();
    let inputs = fields.map("inputs", findings).cloned().unwrap_or(Node {
        value: NodeValue::Map(Vec::new()),
        at: node.at,
    });
    let on_failure = read_on_failure(&fields, findings);
    let inner = inner_steps(action, &inputs, &fields, findings);
    Some(Step {
        name: name.to_owned(),
        at: node.at,
        action: read_action(action, &inputs, &fields, findings),
        max_attempts: limited("maxAttempts", &fields, findings).unwrap_or(1),
        timeout_seconds: limited("timeoutSeconds", &fields, findings),
        is_critical: fields
            .boolean("isCritical", findings)
            .unwrap_or(on_failure != OnFailure::Continue),
        on_failure,
        on_cancel: read_on_cancel(&fields, findings),
        next_step: read_target("nextStep", &fields, findings),
        is_end: fields.boolean("isEnd", findings).unwrap_or(false),
        outputs: read_outputs(&fields, findings),
        inputs,
        inner,
    })
}

fn inner_steps(
    action: &str,
    inputs: &Node,
    fields: &Fields<'_>,
    findings: &mut Findings,
) -> Vec<Step> {
    if action != "aws:loop" {
        return Vec::new();
    }
    let inputs = Fields::new(inputs, format!("{}'s loop", fields.what()));
    read_steps(&inputs, "Steps", findings)
}

fn read_action(
    action: &str,
    inputs: &Node,
    fields: &Fields<'_>,
    findings: &mut Findings,
) -> Action {
    match action {
        "aws:branch" => Action::Branch(read_branch(inputs, fields.what(), findings)),
        "aws:executeAwsApi" => Action::Api(ApiPurpose::Execute),
        "aws:assertAwsResourceProperty" => Action::Api(ApiPurpose::Assert),
        "aws:waitForAwsResourceProperty" => Action::Api(ApiPurpose::Wait),
        "aws:invokeLambdaFunction" => Action::InvokeLambdaFunction,
        "aws:sleep" => Action::Sleep,
        // Those of Change Manager's templates are decided by rules that are not known here.
        "aws:approve" if inputs.get("EnhancedApprovals").is_none() => Action::Approve,
        "aws:updateVariable" => Action::UpdateVariable,
        other => Action::Other(other.to_owned()),
    }
}

/// A number that is at least 1.
fn limited(key: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<u32> {
    // Other actions' numbers may be references; those of ours may not, and none that is run is.
    let (count, at) = fields.count(key, findings)?;
    let count = u32::try_from(count).ok().filter(|count| *count > 0);
    if count.is_none() {
        findings.error(
            "out-of-range",
            at,
            format!("{key} of {} is out of range", fields.what()),
            "write a whole number from 1",
        );
    }
    count
}

fn read_target(key: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Target> {
    let at = fields.get(key)?.at;
    let name = fields.text(key, findings)?.to_owned();
    Some(Target { name, at })
}

fn read_on_failure(fields: &Fields<'_>, findings: &mut Findings) -> OnFailure {
    let Some(target) = read_target("onFailure", fields, findings) else {
        return OnFailure::Abort;
    };
    match target.name.as_str() {
        "Abort" => return OnFailure::Abort,
        "Continue" => return OnFailure::Continue,
        _ => (),
    }
    if let Some(step) = step_target(&target) {
        return OnFailure::Step(step);
    }
    findings.error(
        "on-failure",
        target.at,
        format!("onFailure of {} is {}", fields.what(), target.name),
        "write Abort, Continue or step:NAME",
    );
    OnFailure::Abort
}

fn read_on_cancel(fields: &Fields<'_>, findings: &mut Findings) -> OnCancel {
    let Some(target) = read_target("onCancel", fields, findings) else {
        return OnCancel::Abort;
    };
    if target.name == "Abort" {
        return OnCancel::Abort;
    }
    if let Some(step) = step_target(&target) {
        return OnCancel::Step(step);
    }
    findings.error(
        "on-cancel",
        target.at,
        format!("onCancel of {} is {}", fields.what(), target.name),
        "write Abort or step:NAME",
    );
    OnCancel::Abort
}

fn step_target(target: &Target) -> Option<Target> {
    let name = target.name.strip_prefix("step:")?;
    Some(Target {
        name: name.trim().to_owned(),
        at: target.at,
    })
}

fn read_outputs(fields: &Fields<'_>, findings: &mut Findings) -> Vec<StepOutput> {
    let mut outputs = Vec::new();
    for item in fields.list("outputs", findings) {
        outputs.extend(read_output(item, fields.what(), findings));
    }
    outputs
}

fn read_output(item: &Node, step: &str, findings: &mut Findings) -> Option<StepOutput> {
    let fields = Fields::new(item, format!("an output of {step}"));
    fields.only(OUTPUT_KEYS, findings);
    let name = fields.require("Name", findings);
    let selector = fields.require("Selector", findings);
    name.and(selector)?;
    Some(StepOutput {
        name: fields.text("Name", findings)?.to_owned(),
        at: item.at,
        selector: read_selector("Selector", &fields, findings)?,
        data_type: read_output_type(&fields, findings),
    })
}

/// A selector, or a finding on where it stops being one.
fn read_selector(key: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Selector> {
    let at = fields.get(key)?.at;
    let text = fields.text(key, findings)?;
    match Selector::parse(text) {
        Ok(selector) => Some(selector),
        Err(error) => {
            let help = "write a path from $, such as $.Trail.Name or $.trailList[0].TrailARN";
            findings.error("selector", at, error.to_string(), help);
            None
        }
    }
}

fn read_output_type(fields: &Fields<'_>, findings: &mut Findings) -> OutputType {
    let Some(name) = fields.text("Type", findings) else {
        return OutputType::default();
    };
    let at = fields.get("Type").map(|node| node.at).unwrap_or_default();
    OutputType::named(name).unwrap_or_else(|| {
        findings.error(
            "output-type",
            at,
            format!(
                "{} has the type {name}, which does not exist",
                fields.what()
            ),
            suggest::help(name, OutputType::ALL.into_iter().map(OutputType::as_str)),
        );
        OutputType::default()
    })
}
