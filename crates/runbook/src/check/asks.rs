//! What `aws:approve` and `aws:updateVariable` ask of their step.

use crate::action::{LONGEST_MESSAGE, MOST_APPROVERS};
use crate::document::{Document, Fields, Step};
use crate::finding::Findings;
use crate::reference::references;
use crate::suggest;

const APPROVE_INPUTS: &[&str] = &[
    "NotificationArn",
    "Message",
    "MinRequiredApprovals",
    "Approvers",
];
/// The longest that an approval may take, in seconds: 30 days.
const LONGEST_APPROVAL: u32 = 2_592_000;

pub(super) fn check_approve(step: &Step, inputs: &Fields<'_>, findings: &mut Findings) {
    inputs.only(APPROVE_INPUTS, findings);
    let Some(approvers) = inputs.require("Approvers", findings) else {
        return;
    };
    let count = approvers.items().len();
    let named =
        approvers.text().is_none() || references(approvers.text().unwrap_or("")).count() > 0;
    if count > MOST_APPROVERS || !named || (approvers.text().is_none() && count == 0) {
        let message = format!("step {} names {count} approvers", step.name);
        let help = format!("write a list of 1 to {MOST_APPROVERS} ARNs or names of users");
        findings.error("approvers", approvers.at, message, help);
    }
    let message = inputs.get("Message");
    let long = |text: &str| text.chars().count() > LONGEST_MESSAGE;
    if let Some(message) = message.filter(|node| node.text().is_some_and(long)) {
        let text = format!("the message of step {} is too long", step.name);
        let help = format!("{LONGEST_MESSAGE} characters go");
        findings.error("approval-message", message.at, text, help);
    }
    if step
        .timeout_seconds
        .is_some_and(|seconds| seconds > LONGEST_APPROVAL)
    {
        let text = format!("step {} waits for over 30 days", step.name);
        let help = format!("timeoutSeconds goes up to {LONGEST_APPROVAL} here");
        findings.error("approval-timeout", step.at, text, help);
    }
}

pub(super) fn check_update(
    document: &Document,
    step: &Step,
    inputs: &Fields<'_>,
    findings: &mut Findings,
) {
    inputs.only(&["Name", "Value"], findings);
    inputs.require("Value", findings);
    let Some(node) = inputs.require("Name", findings) else {
        return;
    };
    let written = node.text().unwrap_or_default();
    let known = document.variables.iter().map(|known| known.name.as_str());
    let name = written.strip_prefix("variable:").unwrap_or_default();
    if known.clone().any(|known| known == name) {
        return;
    }
    let message = format!(
        "step {} updates {written:?}, which is no variable",
        step.name
    );
    let help = match written.strip_prefix("variable:") {
        Some(name) => suggest::help(name, known),
        None => "write variable:NAME".to_owned(),
    };
    findings.error("unknown-variable", node.at, message, help);
}
