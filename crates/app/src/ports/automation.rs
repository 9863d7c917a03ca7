//! SSM Automation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{DocumentFacts, ExecutionFacts};

/// What a run of a document is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomationStart {
    /// The document's name.
    pub document: String,
    /// Its version; none: the default version.
    pub version: Option<String>,
    /// Its parameters.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// A UUID: a start with the same one is the same run.
    pub client_token: String,
}

/// Reads of documents and of their runs, in the function's Region.
#[async_trait]
pub trait AutomationReader: Send + Sync {
    /// DescribeDocument of the default version. None: there is no such document.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn document(&self, name: &str) -> Result<Option<DocumentFacts>, CallError>;

    /// DescribeAutomationExecutions of one document that began after `since`, at most one page of
    /// 50, newest first.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn executions(
        &self,
        document: &str,
        since: Timestamp,
    ) -> Result<Vec<ExecutionFacts>, CallError>;
}

/// Starts runs.
#[async_trait]
pub trait AutomationStarter: Send + Sync {
    /// StartAutomationExecution. Returns the execution's id.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn start(&self, start: &AutomationStart) -> Result<String, CallError>;
}
