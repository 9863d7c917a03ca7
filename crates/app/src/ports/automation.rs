//! SSM Automation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{DocumentFacts, ExecutionRecord, Executions};

/// The most pages of 50 runs that are read. Systems Manager filters by the beginning of a document's
/// name only, so that anybody's runs can stand among ours. An account runs a hundred at a time and
/// lets a thousand wait: who is over a thousand in an hour wants to hide something, and twenty pages
/// one after the other take some seconds of the minute that the evaluator has. A list that is cut is
/// told as such: then no run is added for an event.
pub const MOST_PAGES_OF_RUNS: usize = 20;

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

    /// DescribeAutomationExecutions of the document of exactly this name that began after `since`,
    /// newest first: all pages up to [`MOST_PAGES_OF_RUNS`].
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn executions(&self, document: &str, since: Timestamp) -> Result<Executions, CallError>;

    /// GetAutomationExecution. None: there is no run of this id.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError>;
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
