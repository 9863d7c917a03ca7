//! Systems Manager through the account's door.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod approvals;
mod attach;
mod detach;
mod documents;
mod executions;
mod own_runbooks;
mod runs;

use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Call, Failure, Sandbox, World};

const REGION: &str = "eu-west-1";
const DOCUMENT: &str = r#"
schemaVersion: "0.3"
description: Waits.
parameters:
  Time: { type: String, default: PT1M, description: (Optional) How long., allowedPattern: "^PT[0-9]+[MS]$" }
  Count: { type: Integer, default: 1 }
mainSteps:
  - name: Wait
    action: aws:sleep
    isEnd: true
    inputs: { Duration: "{{ Time }}" }
"#;

struct Account {
    sandbox: Sandbox,
}

impl Account {
    fn new() -> Self {
        let now = "2026-03-02T10:00:00Z".parse().unwrap();
        let sandbox = Sandbox::new(World::new("111122223333", REGION, now));
        Self { sandbox }
    }

    /// With the document `Wait-Some`.
    async fn with_document() -> Self {
        let account = Self::new();
        account
            .good("CreateDocument", document("Wait-Some", DOCUMENT))
            .await;
        account
    }

    async fn ask(&self, operation: &str, input: Value) -> Result<Value, ApiError> {
        let call = Call::new("ssm", operation, REGION, input);
        match self.sandbox.call(call).await {
            Ok(output) => Ok(output),
            Err(Failure::Api(error)) => Err(error),
            Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
        }
    }

    async fn good(&self, operation: &str, input: Value) -> Value {
        self.ask(operation, input).await.unwrap()
    }

    async fn refuses(&self, operation: &str, input: Value, code: &str) {
        match self.ask(operation, input.clone()).await {
            Ok(output) => panic!("{operation} {input}: answered {output}, not {code}"),
            Err(error) => assert_eq!(error.code, code, "{operation} {input}: {error}"),
        }
    }

    /// Starts `Wait-Some`; the answer is the execution's id.
    async fn start(&self, parameters: Value) -> String {
        let mut input = json!({"DocumentName": "Wait-Some"});
        if !parameters.is_null() {
            input["Parameters"] = parameters;
        }
        let answer = self.good("StartAutomationExecution", input).await;
        answer["AutomationExecutionId"].as_str().unwrap().to_owned()
    }

    async fn execution(&self, id: &str) -> Value {
        let input = json!({"AutomationExecutionId": id});
        let answer = self.good("GetAutomationExecution", input).await;
        answer["AutomationExecution"].clone()
    }
}

fn document(name: &str, content: &str) -> Value {
    json!({
        "Name": name,
        "Content": content,
        "DocumentType": "Automation",
        "DocumentFormat": "YAML",
    })
}

fn with(mut value: Value, member: &str, changed: Value) -> Value {
    value[member] = changed;
    value
}
