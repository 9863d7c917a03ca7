//! SSM Automation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_app::ports::{
    AutomationReader, AutomationStart, AutomationStarter, MOST_PAGES_OF_RUNS,
};
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{DocumentFacts, ExecutionFacts, ExecutionRecord, Executions};
use trailkeeper_core::operation::{
    DESCRIBE_AUTOMATION_EXECUTIONS, DESCRIBE_DOCUMENT, GET_AUTOMATION_EXECUTION,
    START_AUTOMATION_EXECUTION,
};

use super::{invalid_response, list, structure, text};
use crate::account::Sandbox;
use crate::conversions::from_epoch;

/// The most that a page of DescribeAutomationExecutions holds.
const PAGE: usize = 50;

#[async_trait]
impl AutomationReader for Sandbox {
    async fn document(&self, name: &str) -> Result<Option<DocumentFacts>, CallError> {
        let region = self.own_region();
        let input = json!({"Name": name, "DocumentVersion": "$DEFAULT"});
        let answer = match self.ask(DESCRIBE_DOCUMENT, &region, name, input).await {
            Ok(answer) => answer,
            Err(error) if error.code == "InvalidDocument" => return Ok(None),
            Err(error) => return Err(error),
        };
        let document = answer.get("Document").unwrap_or(&Value::Null);
        document_facts(document)
            .map(Some)
            .map_err(|reason| invalid_response(DESCRIBE_DOCUMENT, name, &reason))
    }

    async fn executions(&self, document: &str, since: Timestamp) -> Result<Executions, CallError> {
        let region = self.own_region();
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut found = Executions::default();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES_OF_RUNS {
            let filters = json!([
                {"Key": "DocumentNamePrefix", "Values": [document]},
                {"Key": "StartTimeAfter", "Values": [since]},
            ]);
            let input = structure([
                ("Filters", Some(filters)),
                ("MaxResults", Some(json!(PAGE))),
                ("NextToken", token.map(Value::from)),
            ]);
            let answer = self
                .ask(DESCRIBE_AUTOMATION_EXECUTIONS, &region, document, input)
                .await?;
            found.runs.extend(runs_of(document, &answer)?);
            token = text(&answer, "NextToken");
            found.is_cut = token.is_some();
            if !found.is_cut {
                break;
            }
        }
        Ok(found)
    }

    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError> {
        const OPERATION: trailkeeper_core::Operation = GET_AUTOMATION_EXECUTION;
        let input = json!({"AutomationExecutionId": id});
        let answer = match self.ask(OPERATION, &self.own_region(), id, input).await {
            Ok(answer) => answer,
            Err(error) if error.code == "AutomationExecutionNotFoundException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let run = answer.get("AutomationExecution").unwrap_or(&Value::Null);
        let document = text(run, "DocumentName").ok_or_else(|| {
            invalid_response(
                OPERATION,
                id,
                "the answer lacks the execution's DocumentName",
            )
        })?;
        let steps = list(run, "StepExecutions").iter();
        Ok(Some(ExecutionRecord {
            document,
            version: text(run, "DocumentVersion"),
            parameters: values_of(run, "Parameters"),
            executed_by: text(run, "ExecutedBy"),
            outputs: steps.map(|step| values_of(step, "Outputs")).collect(),
        }))
    }
}

fn values_of(record: &Value, name: &str) -> BTreeMap<String, Vec<String>> {
    let given = record.get(name).cloned().unwrap_or_default();
    serde_json::from_value(given).unwrap_or_default()
}

/// The filter is a prefix: the page's runs of this very document.
fn runs_of(document: &str, answer: &Value) -> Result<Vec<ExecutionFacts>, CallError> {
    let runs = list(answer, "AutomationExecutionMetadataList").iter();
    let runs = runs.filter(|run| text(run, "DocumentName").as_deref() == Some(document));
    runs.map(execution)
        .collect::<Result<_, _>>()
        .map_err(|reason| invalid_response(DESCRIBE_AUTOMATION_EXECUTIONS, document, &reason))
}

fn document_facts(document: &Value) -> Result<DocumentFacts, String> {
    let member = |name: &str| {
        text(document, name).ok_or_else(|| format!("the document's description lacks {name}"))
    };
    let kind = member("HashType")?;
    if kind != "Sha256" {
        return Err(format!("the document's Hash is of the HashType `{kind}`"));
    }
    Ok(DocumentFacts {
        name: member("Name")?,
        hash: member("Hash")?,
        version: member("DocumentVersion")?,
        status: member("Status")?,
    })
}

fn execution(run: &Value) -> Result<ExecutionFacts, String> {
    let member = |name: &str| text(run, name).ok_or_else(|| format!("an execution without {name}"));
    Ok(ExecutionFacts {
        id: member("AutomationExecutionId")?,
        status: member("AutomationExecutionStatus")?,
        started: run.get("ExecutionStartTime").and_then(from_epoch),
        executed_by: text(run, "ExecutedBy"),
    })
}

#[async_trait]
impl AutomationStarter for Sandbox {
    async fn start(&self, start: &AutomationStart) -> Result<String, CallError> {
        const OPERATION: trailkeeper_core::Operation = START_AUTOMATION_EXECUTION;
        let name = &start.document;
        let input = structure([
            ("DocumentName", Some(json!(name))),
            ("DocumentVersion", start.version.as_deref().map(Value::from)),
            (
                "Parameters",
                (!start.parameters.is_empty()).then(|| json!(start.parameters)),
            ),
            ("ClientToken", Some(json!(start.client_token))),
        ]);
        let answer = self.ask(OPERATION, &self.own_region(), name, input).await?;
        text(&answer, "AutomationExecutionId").ok_or_else(|| {
            invalid_response(OPERATION, name, "the answer lacks an AutomationExecutionId")
        })
    }
}
