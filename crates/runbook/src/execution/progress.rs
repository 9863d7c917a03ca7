//! The run as a report.

use std::collections::BTreeMap;

use super::Execution;
use crate::convert::report_form;
use crate::report::{AutomationExecution, ResolvedTargets, Status};

/// What the service shows for an output without a value.
const NO_OUTPUT: &str = "No output available yet because the step is not successfully executed";

impl Execution {
    /// The run as it stands.
    pub fn report(&self) -> AutomationExecution {
        let current = self
            .current
            .as_ref()
            .and_then(|running| self.document.steps.get(running.step));
        AutomationExecution {
            automation_execution_id: self.surroundings.execution_id.clone(),
            document_name: self.document_name.clone(),
            document_version: self.document_version.clone(),
            execution_start_time: self.began,
            execution_end_time: self.ended,
            automation_execution_status: self.status,
            step_executions: self.records.clone(),
            step_executions_truncated: false,
            parameters: self.supplied.clone(),
            outputs: self.document_outputs(),
            failure_message: self.failure_message(),
            mode: "Auto",
            executed_by: self.executed_by.clone(),
            current_step_name: current.map(|step| step.name.clone()),
            current_action: current.map(|step| step.action.as_str().to_owned()),
            targets: Vec::new(),
            resolved_targets: ResolvedTargets::default(),
            variables: self
                .surroundings
                .variables
                .iter()
                .map(|(name, value)| (name.clone(), report_form(value)))
                .collect(),
        }
    }

    fn failure_message(&self) -> Option<String> {
        match self.status {
            Status::Failed | Status::TimedOut => self.failure.clone(),
            _ => None,
        }
    }

    fn document_outputs(&self) -> BTreeMap<String, Vec<String>> {
        let mut outputs = BTreeMap::new();
        for wanted in &self.document.outputs {
            let value = self
                .outputs
                .get(&wanted.step)
                .and_then(|outputs| outputs.get(&wanted.output));
            let form = value.map_or_else(|| vec![NO_OUTPUT.to_owned()], report_form);
            outputs.insert(format!("{}.{}", wanted.step, wanted.output), form);
        }
        outputs
    }
}
