//! Nodes into a document.

use super::fields::Fields;
use super::parameters::{read_parameters, read_variables};
use super::steps::read_steps;
use super::{Document, DocumentOutput};
use crate::finding::Findings;
use crate::node::Node;
use crate::reference::{Part, Reference, parts};

const KEYS: &[&str] = &[
    "schemaVersion",
    "description",
    "assumeRole",
    "parameters",
    "variables",
    "mainSteps",
    "outputs",
    "files",
    "templateInformation",
    "executableRunBooks",
    "emergencyChange",
];

/// Reads as much of a document as can be read; the rest becomes findings.
pub(crate) fn read(node: &Node, findings: &mut Findings) -> Option<Document> {
    if !node.is_map() {
        findings.error(
            "not-a-document",
            node.at,
            format!("the document is {}", node.kind()),
            "write a map with schemaVersion and mainSteps",
        );
        return None;
    }
    let fields = Fields::new(node, "the document");
    fields.only(KEYS, findings);
    read_version(&fields, findings);
    let steps = read_steps(&fields, "mainSteps", findings);
    if fields.require("mainSteps", findings).is_some() && steps.is_empty() {
        let message = "mainSteps has no step";
        findings.error("no-steps", node.at, message, "write at least one step");
    }
    Some(Document {
        description: fields
            .text("description", findings)
            .unwrap_or_default()
            .to_owned(),
        assume_role: fields.text("assumeRole", findings).map(str::to_owned),
        parameters: read_parameters(&fields, findings),
        variables: read_variables(&fields, findings),
        steps,
        outputs: read_outputs(&fields, findings),
    })
}

fn read_version(fields: &Fields<'_>, findings: &mut Findings) {
    let Some(node) = fields.require("schemaVersion", findings) else {
        return;
    };
    match node.text() {
        Some("0.3") => (),
        Some(other) => findings.error(
            "schema-version",
            node.at,
            format!("schemaVersion {other} is not an Automation document's"),
            "write \"0.3\"",
        ),
        None => findings.error(
            "schema-version",
            node.at,
            format!("schemaVersion is {}; SSM takes a text only", node.kind()),
            "put it in quotes: \"0.3\"",
        ),
    }
}

fn read_outputs(fields: &Fields<'_>, findings: &mut Findings) -> Vec<DocumentOutput> {
    let mut outputs = Vec::new();
    for item in fields.list("outputs", findings) {
        let named = item.text().and_then(output_of);
        match named {
            Some((step, output)) => outputs.push(DocumentOutput {
                step,
                output,
                at: item.at,
            }),
            None => findings.error(
                "document-output",
                item.at,
                "an output of the document does not name an output of a step",
                "write Step.Output",
            ),
        }
    }
    outputs
}

/// `Step.Output`, in braces or not.
fn output_of(text: &str) -> Option<(String, String)> {
    let reference = match parts(text).as_slice() {
        [Part::Reference(reference)] => reference.clone(),
        _ => Reference::parse(text)?,
    };
    match reference {
        Reference::StepOutput { step, output } => Some((step, output)),
        _ => None,
    }
}
