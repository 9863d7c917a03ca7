//! SSM Automation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::{
    AutomationReader, AutomationStart, AutomationStarter, MOST_PAGES_OF_RUNS,
};
use trailkeeper_core::facts::{DocumentFacts, ExecutionFacts, ExecutionRecord, Executions};
use trailkeeper_core::operation::{
    DESCRIBE_AUTOMATION_EXECUTIONS, DESCRIBE_DOCUMENT, GET_AUTOMATION_EXECUTION,
    START_AUTOMATION_EXECUTION,
};
use trailkeeper_core::{CallError, Operation};

use crate::convert::{epoch, items, member};
use crate::error::invalid_response;
use crate::pages::{Page, next_page};
use crate::session::Session;

/// The most that a page of DescribeAutomationExecutions holds.
const PAGE: usize = 50;

/// Systems Manager's word for an id that no execution has.
const NO_EXECUTION: &str = "AutomationExecutionNotFoundException";

/// Documents and their runs in the session's Region.
#[derive(Debug, Clone)]
pub struct Automation {
    session: Session,
}

impl Automation {
    /// Systems Manager as `session` sees it.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

#[async_trait]
impl AutomationReader for Automation {
    async fn document(&self, name: &str) -> Result<Option<DocumentFacts>, CallError> {
        let input = json!({"Name": name, "DocumentVersion": "$DEFAULT"});
        let asked = self.session.ssm();
        let answer = match asked.call(DESCRIBE_DOCUMENT, name, &input).await {
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
        let mut runs = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES_OF_RUNS {
            let (page, next) = self.page_of_runs(document, since, token.as_deref()).await?;
            runs.extend(page);
            if next.is_none() {
                let is_cut = false;
                return Ok(Executions { runs, is_cut });
            }
            token = next;
        }
        let is_cut = true;
        Ok(Executions { runs, is_cut })
    }

    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError> {
        const OPERATION: Operation = GET_AUTOMATION_EXECUTION;
        let input = json!({"AutomationExecutionId": id});
        let answer = match self.session.ssm().call(OPERATION, id, &input).await {
            Ok(answer) => answer,
            Err(error) if error.code == NO_EXECUTION => return Ok(None),
            Err(error) => return Err(error),
        };
        let run = answer.get("AutomationExecution").unwrap_or(&Value::Null);
        let document = member(run, "DocumentName").ok_or_else(|| {
            invalid_response(
                OPERATION,
                id,
                "the answer lacks the execution's DocumentName",
            )
        })?;
        let steps = items(run, "StepExecutions").iter();
        Ok(Some(ExecutionRecord {
            document,
            version: member(run, "DocumentVersion"),
            parameters: values_of(run, "Parameters"),
            executed_by: member(run, "ExecutedBy"),
            outputs: steps.map(|step| values_of(step, "Outputs")).collect(),
        }))
    }
}

/// Names and values; none, where a step did not come to its end.
fn values_of(record: &Value, name: &str) -> BTreeMap<String, Vec<String>> {
    let members = record.get(name).and_then(Value::as_object);
    let texts = |values: &Value| {
        let values = values.as_array().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let members = members.into_iter().flatten();
    members
        .map(|(name, values)| (name.clone(), texts(values)))
        .collect()
}

impl Automation {
    async fn page_of_runs(
        &self,
        document: &str,
        since: Timestamp,
        token: Option<&str>,
    ) -> Result<Page<ExecutionFacts>, CallError> {
        const OPERATION: Operation = DESCRIBE_AUTOMATION_EXECUTIONS;
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut input = json!({
            "Filters": [
                {"Key": "DocumentNamePrefix", "Values": [document]},
                {"Key": "StartTimeAfter", "Values": [since]},
            ],
            "MaxResults": PAGE,
        });
        if let (Some(token), Some(members)) = (token, input.as_object_mut()) {
            members.insert("NextToken".to_owned(), json!(token));
        }
        let ssm = self.session.ssm();
        let answer = ssm.call(OPERATION, document, &input).await?;
        let runs = items(&answer, "AutomationExecutionMetadataList").iter();
        // the filter is a prefix
        let runs = runs.filter(|run| member(run, "DocumentName").as_deref() == Some(document));
        let runs = runs.map(execution).collect::<Result<_, _>>();
        let runs = runs.map_err(|reason| invalid_response(OPERATION, document, &reason))?;
        let next = next_page(OPERATION, document, token, member(&answer, "NextToken"))?;
        Ok((runs, next))
    }
}

fn document_facts(document: &Value) -> Result<DocumentFacts, String> {
    let needed = |name: &str| {
        member(document, name).ok_or_else(|| format!("the document's description lacks {name}"))
    };
    let kind = needed("HashType")?;
    if kind != "Sha256" {
        return Err(format!("the document's Hash is of the HashType `{kind}`"));
    }
    Ok(DocumentFacts {
        name: needed("Name")?,
        hash: needed("Hash")?,
        version: needed("DocumentVersion")?,
        status: needed("Status")?,
    })
}

fn execution(run: &Value) -> Result<ExecutionFacts, String> {
    let needed =
        |name: &str| member(run, name).ok_or_else(|| format!("an execution without {name}"));
    Ok(ExecutionFacts {
        id: needed("AutomationExecutionId")?,
        status: needed("AutomationExecutionStatus")?,
        started: run.get("ExecutionStartTime").and_then(epoch),
        executed_by: member(run, "ExecutedBy"),
    })
}

#[async_trait]
impl AutomationStarter for Automation {
    // Systems Manager knows a request that comes again by its ClientToken.
    async fn start(&self, start: &AutomationStart) -> Result<String, CallError> {
        const OPERATION: Operation = START_AUTOMATION_EXECUTION;
        let name = &start.document;
        let members = [
            ("DocumentName", Some(json!(name))),
            ("DocumentVersion", start.version.as_deref().map(Value::from)),
            (
                "Parameters",
                (!start.parameters.is_empty()).then(|| json!(start.parameters)),
            ),
            ("ClientToken", Some(json!(start.client_token))),
        ];
        let members = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let input = Value::Object(members.collect::<Map<_, _>>());
        let answer = self.session.ssm().call(OPERATION, name, &input).await?;
        member(&answer, "AutomationExecutionId").ok_or_else(|| {
            invalid_response(OPERATION, name, "the answer lacks an AutomationExecutionId")
        })
    }
}
