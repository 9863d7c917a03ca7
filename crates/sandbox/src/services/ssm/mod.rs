//! Systems Manager: Automation documents and their executions.

mod begin;
mod content;
mod create;
mod describe;
mod document;
mod execution;
mod filter;
mod list;
mod permission;
mod signal;
mod start;
mod stop;
mod version;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use begin::{begin, note, refused};
use document::Document;
pub(crate) use document::{described, seed};
use execution::Execution;
pub(crate) use execution::status;
pub(crate) use signal::next_decision;
pub(crate) use start::{Launch, launch};

/// The documents by Region and name, the executions by id, and those that have yet to run.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    documents: BTreeMap<(String, String), Document>,
    executions: BTreeMap<String, Execution>,
    /// Executions that were started and have not begun.
    pub(crate) asked: Vec<String>,
    executions_made: u32,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateDocument" => create::create(world, call),
        "UpdateDocument" => version::update(world, call),
        "UpdateDocumentDefaultVersion" => version::set_default(world, call),
        "DeleteDocument" => document::delete(world, call),
        "ModifyDocumentPermission" => permission::modify(world, call),
        "DescribeDocumentPermission" => permission::describe(world, call),
        "DescribeDocument" => describe::describe(world, call),
        "GetDocument" => describe::get(world, call),
        "ListDocuments" => list::documents(world, call),
        "ListDocumentVersions" => list::versions(world, call),
        "StartAutomationExecution" => start::start(world, call),
        "SendAutomationSignal" => signal::signal(world, call),
        "StopAutomationExecution" => stop::stop(world, call),
        "GetAutomationExecution" => execution::get(world, call),
        "DescribeAutomationExecutions" => execution::describe(world, call),
        "DescribeAutomationStepExecutions" => execution::steps(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// A page's error in the name that this service has for it.
fn invalid_token(error: ApiError) -> ApiError {
    ApiError::new("InvalidNextToken", error.message)
}

fn validation(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", text)
}
