//! A run of the runbook through Systems Manager.

use serde_json::{Map, Value, json};
use trailkeeper_tests::Account;

use crate::product::automation_parameters;
use crate::stage::target;

/// How a run of the runbook ended.
pub(crate) struct Run {
    /// `Success`, `Failed`.
    pub(crate) status: String,
    /// What Systems Manager says of its failure.
    pub(crate) failure: String,
    outputs: Map<String, Value>,
    /// The writes that it made.
    pub(crate) writes: Vec<String>,
}

impl Run {
    /// An output of the repair's step, or of the look before it where nothing was to be repaired.
    pub(crate) fn output(&self, name: &str) -> &str {
        let of = |step: &str| {
            let values = self.outputs.get(&format!("{step}.{name}"))?;
            let text = values.get(0)?.as_str()?;
            // what Systems Manager says of a step that did not run
            (!text.is_empty() && !text.starts_with("No output available")).then_some(text)
        };
        of("Repair").or_else(|| of("Assess")).unwrap_or_default()
    }

    /// Since when and until when not everything was recorded.
    pub(crate) fn gap(&self) -> String {
        let [from, to] = ["gapStart", "gapEnd"].map(|name| self.output(name));
        if from.is_empty() {
            return String::new();
        }
        let to = if to.is_empty() {
            "the next delivery"
        } else {
            to
        };
        format!("{from} to {to}")
    }
}

/// Has Systems Manager run the runbook with what the account's payload says.
pub(crate) async fn run_runbook(account: &Account) -> Run {
    let start = json!({
        "DocumentName": target().runbook,
        "Parameters": automation_parameters(account),
    });
    account.sandbox.clear_calls();
    let started = account.act("ssm", "StartAutomationExecution", start).await;
    account.sandbox.settle().await;
    let ask = json!({"AutomationExecutionId": started["AutomationExecutionId"]});
    let answer = account.act("ssm", "GetAutomationExecution", ask).await;
    let execution = &answer["AutomationExecution"];
    let text = |name: &str| execution[name].as_str().unwrap_or_default().to_owned();
    let made = account.writes();
    let own = ["StartAutomationExecution", "Invoke"];
    Run {
        status: text("AutomationExecutionStatus"),
        failure: text("FailureMessage"),
        outputs: execution["Outputs"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        writes: made
            .into_iter()
            .filter(|name| !own.contains(&name.as_str()))
            .collect(),
    }
}
