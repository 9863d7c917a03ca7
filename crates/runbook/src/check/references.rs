//! Every `{{ … }}` names something that exists.

use std::collections::BTreeSet;

use crate::action::predefined_outputs;
use crate::document::{Document, Step};
use crate::finding::Findings;
use crate::node::Position;
use crate::reference::{Reference, references};
use crate::suggest;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let names = Names::of(document);
    if let Some(role) = &document.assume_role {
        for reference in references(role) {
            names.check(&reference, "assumeRole", Position::default(), findings);
        }
    }
    for step in &document.steps {
        check_step(step, &names, findings);
    }
    for output in &document.outputs {
        let reference = Reference::StepOutput {
            step: output.step.clone(),
            output: output.output.clone(),
        };
        names.check(&reference, "outputs", output.at, findings);
    }
}

fn check_step(step: &Step, names: &Names<'_>, findings: &mut Findings) {
    let user = format!("step {}", step.name);
    let mut outputs = BTreeSet::new();
    for output in &step.outputs {
        if !outputs.insert(output.name.as_str()) {
            findings.error(
                "duplicate-output",
                output.at,
                format!("{user} has two outputs {}", output.name),
                "give one of them another name",
            );
        }
    }
    for member in step.inputs.members() {
        // A script has braces of its own; a loop's steps are looked at one by one.
        if member.key == "Script" || member.key == "Steps" {
            continue;
        }
        member.value.for_each_text(&mut |text, at| {
            for reference in references(text) {
                names.check(&reference, &user, at, findings);
            }
        });
    }
    for inner in &step.inner {
        check_step(inner, names, findings);
    }
}

struct Names<'a> {
    document: &'a Document,
    steps: Vec<&'a Step>,
}

impl<'a> Names<'a> {
    fn of(document: &'a Document) -> Self {
        Self {
            document,
            steps: document.all_steps(),
        }
    }

    fn check(&self, reference: &Reference, user: &str, at: Position, findings: &mut Findings) {
        let help = match reference {
            Reference::Parameter(name) => self.parameter(name),
            Reference::Variable(name) => self.variable(name),
            Reference::StepOutput { step, output } => {
                self.step_output(step, output, user, at, findings)
            }
            Reference::ParameterStore(_) => Some("only a parameter's default may".to_owned()),
            Reference::Unknown(_) => Some(
                "there are global:ACCOUNT_ID, DATE, DATE_TIME, AWS_PARTITION, REGION, \
                 automation:EXECUTION_ID and variable:Name"
                    .to_owned(),
            ),
            Reference::Global(_) | Reference::ExecutionId => None,
        };
        if let Some(help) = help {
            findings.error(
                "undeclared-reference",
                at,
                format!("{user} refers to {{{{ {reference} }}}}, which does not exist"),
                help,
            );
        }
    }

    /// None if there is such a parameter; else what may have been meant.
    fn parameter(&self, name: &str) -> Option<String> {
        if self.document.parameter(name).is_some() {
            return None;
        }
        let known = self.document.parameters.iter();
        Some(suggest::help(name, known.map(|known| known.name.as_str())))
    }

    fn variable(&self, name: &str) -> Option<String> {
        let known = self.document.variables.iter();
        let names = known.map(|known| known.name.as_str());
        let exists = names.clone().any(|known| known == name);
        (!exists).then(|| suggest::help(name, names))
    }

    fn step_output(
        &self,
        step: &str,
        output: &str,
        user: &str,
        at: Position,
        findings: &mut Findings,
    ) -> Option<String> {
        let Some(found) = self.steps.iter().find(|known| known.name == step) else {
            let names = self.steps.iter().map(|step| step.name.as_str());
            return Some(suggest::help(step, names));
        };
        // Actions that are not run here have outputs that are not known here.
        let predefined = predefined_outputs(&found.action)?;
        let declared = found.outputs.iter().map(|output| output.name.as_str());
        let known = declared.chain(predefined.iter().copied());
        if !known.clone().any(|known| known == output) {
            // SSM takes such a document; it is the step that fails.
            findings.warning(
                "undeclared-output",
                at,
                format!(
                    "{user} refers to {{{{ {step}.{output} }}}}, which {step} does not declare"
                ),
                suggest::help(output, known),
            );
        }
        None
    }
}
