//! `trailkeeper runbook run`: a document, step by step, in an account.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};
use trailkeeper_core::escape::{escaped, escaped_json};
use trailkeeper_runbook::{
    Action, ApiPurpose, AutomationExecution, Document, Execution, Start, Status, Supplied, load,
    run_approved_by,
};

use super::approve::Named;
use super::place::Place;
use super::{DocumentError, read, steps};
use crate::arguments::{AccountArguments, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::table::table;
use crate::parameters::{Parameter, object};
use crate::repair::confirm;

/// Operations that begin like these change nothing.
const READS: [&str; 7] = [
    "Describe", "Get", "Head", "List", "Lookup", "Search", "Select",
];

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The document, YAML or JSON
    file: PathBuf,
    /// A parameter of the document; lists and maps as JSON; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
    /// How to print the run: for people, or as the AWS CLI prints it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// Run steps that may write in AWS without asking at the terminal
    #[arg(long)]
    yes: bool,
    /// Approve the document's approval steps as this approver; repeatable
    #[arg(long = "approve", value_name = "APPROVER")]
    approvers: Vec<String>,
    #[command(flatten)]
    account: AccountArguments,
}

/// Runs the document to its end and prints the run. Without an account a sandbox is used.
///
/// # Errors
/// The document cannot be run, nobody agreed, or the run does not end with success.
pub(super) async fn run(
    arguments: &RunArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let path = &arguments.file;
    let document = load(&read(path)?).map_err(|source| DocumentError::Refused {
        path: path.clone(),
        source,
    })?;
    let parameters = supplied(&object(&arguments.parameters)?);
    let place = Place::open(&arguments.account).await?;
    let writes = document.all_steps().into_iter().any(|step| {
        let name = step.inputs.get("Api").and_then(|api| api.text());
        may_write(&step.action, name)
    });
    let mut execution = begin(path, document, parameters, &place)?;
    if writes && !place.is_sandbox {
        confirm(&place.caller, &name_of(path), "run in", arguments.yes)?;
    }
    let cancelled = async {
        // without signals there is nothing that could cancel
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    };
    run_approved_by(
        &Named::new(&arguments.approvers),
        &mut execution,
        place.api.as_ref(),
        place.clock.as_ref(),
        cancelled,
    )
    .await;
    let report = execution.report();
    match arguments.format {
        Format::Json => print_json(&report, output)?,
        Format::Table => print(&report, &place, output)?,
    }
    exit(&report)
}

fn begin(
    path: &Path,
    document: Document,
    parameters: Supplied,
    place: &Place,
) -> Result<Execution, CommandError> {
    let mut ids = place.ids();
    let caller = &place.caller;
    let start = Start {
        execution_id: ids(),
        account_id: caller.account.to_string(),
        region: caller.region.to_string(),
        document_name: name_of(path),
        document_version: "1".to_owned(),
        executed_by: format!("arn:{}:iam::{}:root", caller.partition, caller.account),
        parameters,
        ids,
    };
    let execution = Execution::start(document, start, place.now())?;
    match execution.assume_role() {
        Some(role) if !place.is_sandbox => Err(DocumentError::Role(role.to_owned()).into()),
        _ => Ok(execution),
    }
}

/// A document in a file has the file's name.
fn name_of(path: &Path) -> String {
    let name = path.file_stem().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn supplied(parameters: &Map<String, Value>) -> Supplied {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let texts = |value: &Value| match value {
        Value::Array(items) => items.iter().map(text).collect(),
        other => vec![text(other)],
    };
    let entries = parameters.iter();
    entries
        .map(|(name, value)| (name.clone(), texts(value)))
        .collect()
}

/// Whether a step can change the account. What a function does nobody can tell from here.
fn may_write(action: &Action, api: Option<&str>) -> bool {
    let reads = |api: &str| {
        let mut reads = READS.iter();
        reads.any(|verb| {
            let start = api.get(..verb.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(verb))
        })
    };
    match action {
        Action::Branch(_) | Action::Sleep | Action::UpdateVariable => false,
        // A message to the approvers' topic is all it can write.
        Action::Approve => false,
        Action::Api(ApiPurpose::Execute | ApiPurpose::Assert | ApiPurpose::Wait) => {
            !api.is_some_and(reads)
        }
        Action::InvokeLambdaFunction | Action::Other(_) => true,
    }
}

fn print_json(report: &AutomationExecution, output: &mut Output) -> io::Result<()> {
    let text = report.to_cli_text();
    text.lines()
        .try_for_each(|line| output.line(escaped_json(line)))
}

fn print(report: &AutomationExecution, place: &Place, output: &mut Output) -> io::Result<()> {
    let status = report.automation_execution_status;
    let word = match status {
        Status::Success => output.style.good(status.as_str()),
        _ => output.style.bad(status.as_str()),
    };
    let (account, region) = (&place.caller.account, &place.caller.region);
    let name = escaped(&report.document_name);
    output.line(format!("{word}  {name}  account {account} in {region}\n"))?;
    let rows = steps::rows(&report.to_wire());
    output.lines(&table(0, steps::HEADER, &rows))?;
    // of a step that did not succeed SSM only says that there is nothing
    let outputs = report.outputs.iter();
    let outputs: Vec<[String; 2]> = outputs
        .filter(|(name, _)| succeeded(report, name))
        .flat_map(output_rows)
        .collect();
    if outputs.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.lines(&table(0, ["OUTPUT", "VALUE"], &outputs))
}

/// Whether the step has succeeded that an output, `Step.name`, is of.
fn succeeded(report: &AutomationExecution, output: &str) -> bool {
    let mut steps = report.step_executions.iter();
    steps.any(|step| {
        let rest = output.strip_prefix(&step.step_name);
        let own = rest.is_some_and(|rest| rest.starts_with('.'));
        own && step.step_status == Status::Success
    })
}

/// A row for each value that is not empty; the first has the name.
fn output_rows((name, values): (&String, &Vec<String>)) -> Vec<[String; 2]> {
    let values = values.iter().filter(|value| !value.is_empty());
    let names = std::iter::once(name.as_str()).chain(std::iter::repeat(""));
    names
        .zip(values)
        .map(|(name, value)| [name.to_owned(), value.clone()])
        .collect()
}

fn exit(report: &AutomationExecution) -> Result<Exit, CommandError> {
    let status = report.automation_execution_status;
    if status == Status::Success {
        return Ok(Exit::Good);
    }
    let message = report.failure_message.as_deref().unwrap_or_default();
    Err(CommandError::RunEnded {
        status: status.as_str(),
        message: message.lines().next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_write_is_known_by_its_name_and_a_function_may_always() {
        let execute = Action::Api(ApiPurpose::Execute);
        let cases = [
            (execute.clone(), Some("GetTrailStatus"), false),
            (execute.clone(), Some("describe_trails"), false),
            (execute.clone(), Some("StartLogging"), true),
            (execute.clone(), Some("Gé"), true),
            (execute, None, true),
            (Action::Api(ApiPurpose::Assert), Some("StopLogging"), true),
            (Action::Sleep, None, false),
            (Action::InvokeLambdaFunction, None, true),
            (Action::Other("aws:runCommand".to_owned()), None, true),
        ];
        for (action, api, expected) in cases {
            assert_eq!(may_write(&action, api), expected, "{action:?} {api:?}");
        }
    }

    #[test]
    fn a_parameter_is_a_list_of_texts() {
        let given = serde_json::json!({"A": "x", "B": ["y", 1, true], "C": {"k": 1}, "D": []});
        let supplied = supplied(given.as_object().expect("an object"));
        let wanted: [(&str, &[&str]); 4] = [
            ("A", &["x"]),
            ("B", &["y", "1", "true"]),
            ("C", &[r#"{"k":1}"#]),
            ("D", &[]),
        ];
        for (name, texts) in wanted {
            assert_eq!(supplied[name], texts, "{name}");
        }
    }
}
