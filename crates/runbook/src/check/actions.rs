//! What each action asks of its step.

use super::asks;
use crate::action::{parse_duration, parse_timestamp};
use crate::document::{Action, ApiPurpose, Document, Fields, Step};
use crate::finding::Findings;
use crate::node::Node;
use crate::reference::references;
use crate::selector::Selector;
use crate::suggest;

/// The documented actions that are read here and not run.
const OTHERS: &[&str] = &[
    "aws:changeInstanceState",
    "aws:copyImage",
    "aws:createImage",
    "aws:createStack",
    "aws:createTags",
    "aws:deleteImage",
    "aws:deleteStack",
    "aws:executeAutomation",
    "aws:executeScript",
    "aws:executeStateMachine",
    "aws:invokeWebhook",
    "aws:loop",
    "aws:pause",
    "aws:runCommand",
    "aws:runInstances",
];
const RUN_HERE: &[&str] = &[
    "aws:approve",
    "aws:assertAwsResourceProperty",
    "aws:branch",
    "aws:executeAwsApi",
    "aws:invokeLambdaFunction",
    "aws:sleep",
    "aws:updateVariable",
    "aws:waitForAwsResourceProperty",
];
/// What only AWS's own documents may use.
const INTERNAL: &[&str] = &[
    "aws:installDistributorPackageOnAzure",
    "aws:putServerUpgradeMetrics",
    "aws:shareSQLMedia",
];
const LAMBDA_INPUTS: &[&str] = &[
    "FunctionName",
    "Qualifier",
    "InvocationType",
    "LogType",
    "ClientContext",
    "InputPayload",
    "Payload",
];

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for step in document.all_steps() {
        let what = format!("step {}", step.name);
        let inputs = Fields::new(&step.inputs, &what);
        match &step.action {
            Action::Branch(_) => (),
            Action::Api(purpose) => check_api(step, *purpose, &inputs, findings),
            Action::InvokeLambdaFunction => check_lambda(step, &inputs, findings),
            Action::Sleep => check_sleep(step, &inputs, findings),
            Action::Approve => asks::check_approve(step, &inputs, findings),
            Action::UpdateVariable => asks::check_update(document, step, &inputs, findings),
            Action::Other(name) => check_other(step, name, findings),
        }
    }
}

fn check_other(step: &Step, name: &str, findings: &mut Findings) {
    // Among the others an aws:approve is one with EnhancedApprovals.
    if OTHERS.contains(&name) || RUN_HERE.contains(&name) {
        findings.warning(
            "action-not-run",
            step.at,
            format!("step {} is an {name} step", step.name),
            "it is checked in part, and cannot be run here",
        );
    } else if INTERNAL.contains(&name) {
        findings.warning(
            "internal-action",
            step.at,
            format!("step {} is an {name} step", step.name),
            "only AWS's own documents may have one",
        );
    } else if !name.is_empty() {
        findings.error(
            "unknown-action",
            step.at,
            format!(
                "step {} has the action {name}, which does not exist",
                step.name
            ),
            suggest::help(name, RUN_HERE.iter().chain(OTHERS).copied()),
        );
    }
}

fn check_api(step: &Step, purpose: ApiPurpose, inputs: &Fields<'_>, findings: &mut Findings) {
    inputs.require("Service", findings);
    inputs.require("Api", findings);
    if purpose == ApiPurpose::Execute {
        return;
    }
    inputs.require("PropertySelector", findings);
    inputs.require("DesiredValues", findings);
    if let Some(node) = inputs.get("PropertySelector") {
        check_selector(node, findings);
    }
    for value in inputs.list("DesiredValues", findings) {
        if let Some("true" | "false") = value.text() {
            findings.warning(
                "boolean-text",
                value.at,
                format!("step {} compares with a lower-case boolean", step.name),
                "it matches a text only: a boolean is compared as True or False",
            );
        }
    }
    if purpose == ApiPurpose::Wait && step.timeout_seconds.is_none() {
        findings.warning(
            "wait-without-timeout",
            step.at,
            format!("step {} waits without timeoutSeconds", step.name),
            "it gives up after an hour only; say how long is too long",
        );
    }
}

fn check_selector(node: &Node, findings: &mut Findings) {
    let text = node.text().unwrap_or_default();
    if references(text).next().is_some() {
        return;
    }
    if let Err(error) = Selector::parse(text) {
        let help = "write a path from $, such as $.Trail.Name";
        findings.error("selector", node.at, error.to_string(), help);
    }
}

fn check_lambda(step: &Step, inputs: &Fields<'_>, findings: &mut Findings) {
    inputs.only(LAMBDA_INPUTS, findings);
    inputs.require("FunctionName", findings);
    if let (Some(_), Some(payload)) = (inputs.get("InputPayload"), inputs.get("Payload")) {
        findings.warning(
            "payload-ignored",
            payload.at,
            format!("step {} has InputPayload and Payload", step.name),
            "InputPayload wins; take out Payload",
        );
    }
    let payload = inputs.get("Payload");
    if let Some(payload) = payload.filter(|node| builds_json(node)) {
        findings.warning(
            "payload-from-text",
            payload.at,
            format!("step {} builds JSON from references", step.name),
            "a quote in a value breaks it or adds keys; use InputPayload",
        );
    }
}

fn builds_json(payload: &Node) -> bool {
    payload
        .text()
        .is_some_and(|text| text.contains("\"{{") && references(text).next().is_some())
}

fn check_sleep(step: &Step, inputs: &Fields<'_>, findings: &mut Findings) {
    inputs.only(&["Duration", "Timestamp"], findings);
    let (key, node) = match (inputs.get("Duration"), inputs.get("Timestamp")) {
        (Some(node), None) => ("Duration", node),
        (None, Some(node)) => ("Timestamp", node),
        _ => {
            let message = format!("step {} needs either Duration or Timestamp", step.name);
            findings.error("sleep", step.at, message, "write one of them");
            return;
        }
    };
    let text = node.text().unwrap_or_default();
    if references(text).next().is_some() {
        return;
    }
    let problem = match key {
        "Duration" => parse_duration(text).err(),
        _ => parse_timestamp(text).err(),
    };
    if let Some(problem) = problem {
        let message = format!("{key} of step {} {problem}", step.name);
        findings.error(
            "sleep",
            node.at,
            message,
            "write ISO 8601: PT30S, 2026-03-02T10:00:00Z",
        );
    }
}
