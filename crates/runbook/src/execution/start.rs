//! The start of a run: everything that can be refused before the first step.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::scope::{Surroundings, variables};
use super::{Execution, Phase, Running, Start, StartError};
use crate::bind::{BindError, bind};
use crate::document::{Action, Document, OnFailure, Step};
use crate::report::{Status, StepExecution};
use crate::substitute::substitute_text;

impl Execution {
    /// Starts a run.
    ///
    /// # Errors
    /// Parameters that do not fit, or actions that cannot be run here.
    pub fn start(document: Document, start: Start, now: Timestamp) -> Result<Self, StartError> {
        let unsupported = unsupported(&document);
        if !unsupported.is_empty() {
            return Err(StartError::Unsupported(unsupported));
        }
        let mut ids = start.ids;
        let mut surroundings = Surroundings {
            parameters: Map::new(),
            variables: variables(&document),
            partition: partition(&start.region),
            region: start.region,
            account_id: start.account_id,
            execution_id: start.execution_id,
        };
        surroundings.parameters = bind(&document, &start.parameters, &surroundings.scope(now))?;
        let mut execution = Self {
            records: document
                .steps
                .iter()
                .map(|step| pending(step, &document, ids()))
                .collect(),
            assume_role: None,
            document_name: start.document_name,
            document_version: start.document_version,
            executed_by: start.executed_by,
            supplied: start.parameters,
            began: now,
            ended: None,
            status: Status::InProgress,
            failure: None,
            worst: None,
            cancel_deadline: None,
            outputs: BTreeMap::new(),
            current: None,
            steps_run: 0,
            document,
            surroundings,
            ids,
        };
        execution.assume_role = execution.role(now)?;
        execution.enter(0, now);
        Ok(execution)
    }

    fn role(&self, now: Timestamp) -> Result<Option<String>, BindError> {
        let Some(written) = &self.document.assume_role else {
            return Ok(None);
        };
        let value = substitute_text(written, &self.scope(now));
        let role = value.map_err(|error| BindError::Value {
            name: "assumeRole".to_owned(),
            problem: error.to_string(),
        })?;
        let role = role.as_str().map(str::to_owned);
        Ok(role.filter(|role| !role.is_empty()))
    }

    /// Makes a step the one that runs now; a step that has run before gets a new record.
    pub(super) fn enter(&mut self, index: usize, now: Timestamp) {
        let Some(step) = self.document.steps.get(index) else {
            return self.end(now);
        };
        let untouched = |record: &StepExecution| {
            record.step_name == step.name && record.step_status == Status::Pending
        };
        let record = match self.records.iter().position(untouched) {
            Some(record) => record,
            None => {
                let again = pending(step, &self.document, (self.ids)());
                self.records.push(again);
                self.records.len() - 1
            }
        };
        if let Some(record) = self.records.get_mut(record) {
            record.step_status = Status::InProgress;
            record.execution_start_time = Some(now);
        }
        self.steps_run += 1;
        self.current = Some(Running {
            step: index,
            record,
            attempt: 1,
            attempt_began: now,
            throttled: None,
            to_ask: None,
            inputs: Map::new(),
            phase: Phase::Begin,
        });
    }
}

fn unsupported(document: &Document) -> Vec<(String, String)> {
    let steps = document.all_steps().into_iter();
    steps
        .filter(|step| matches!(step.action, Action::Other(_)))
        .map(|step| (step.name.clone(), step.action.as_str().to_owned()))
        .collect()
}

fn pending(step: &Step, document: &Document, id: String) -> StepExecution {
    let valid = super::flow::valid_next_steps(document, step);
    StepExecution {
        step_name: step.name.clone(),
        action: step.action.as_str().to_owned(),
        timeout_seconds: step.timeout_seconds,
        on_failure: match &step.on_failure {
            OnFailure::Abort => "Abort".to_owned(),
            OnFailure::Continue => "Continue".to_owned(),
            OnFailure::Step(target) => format!("step:{}", target.name),
        },
        max_attempts: step.max_attempts,
        execution_start_time: None,
        execution_end_time: None,
        step_status: Status::Pending,
        inputs: BTreeMap::new(),
        outputs: BTreeMap::new(),
        failure_message: None,
        failure_details: None,
        step_execution_id: id,
        overridden_parameters: BTreeMap::new(),
        is_end: step.is_end,
        next_step: step.next_step.as_ref().map(|target| target.name.clone()),
        is_critical: step.is_critical,
        valid_next_steps: valid,
    }
}

fn partition(region: &str) -> Value {
    let partition = match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ if region.starts_with("us-iso-") => "aws-iso",
        _ if region.starts_with("us-isob-") => "aws-iso-b",
        _ => "aws",
    };
    Value::String(partition.to_owned())
}
