//! Runs that reach the rest of the account.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::TrailSeed;
use trailkeeper_sandbox::{Call, Fault, FaultKind, Function, Sandbox, When};

use crate::{Account, REGION, document};

const RUNBOOK: &str = r#"
schemaVersion: "0.3"
parameters:
  Trail: { type: String }
mainSteps:
  - name: Stop
    action: aws:executeAwsApi
    inputs: { Service: CloudTrail, Api: stop_logging, Name: "{{ Trail }}" }
  - name: Invoke
    action: aws:invokeLambdaFunction
    inputs: { FunctionName: repair, InputPayload: { trail: "{{ Trail }}", run: "{{ automation:EXECUTION_ID }}" } }
    outputs: [{ Name: Outcome, Selector: $.outcome, Type: String }]
  - name: Verify
    action: aws:assertAwsResourceProperty
    inputs:
      Service: cloudtrail
      Api: GetTrailStatus
      Name: "{{ Trail }}"
      PropertySelector: $.IsLogging
      DesiredValues: ["True"]
    outputs: [{ Name: Since, Selector: $.StartLoggingTime, Type: String }]
    isEnd: true
outputs: [Invoke.Outcome, Verify.Since]
"#;

/// Starts the trail through the account, and looks at its own run, or stops it.
struct Repair {
    sandbox: Sandbox,
    stops: bool,
    seen: Mutex<Vec<String>>,
}

#[async_trait]
impl Function for Repair {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let id = json!({"AutomationExecutionId": payload["run"]});
        let call = Call::new("ssm", "GetAutomationExecution", REGION, id.clone());
        let run = self.sandbox.call(call).await.unwrap();
        let step = &run["AutomationExecution"]["CurrentStepName"];
        self.seen
            .lock()
            .unwrap()
            .push(step.as_str().unwrap().to_owned());
        if self.stops {
            let call = Call::new("ssm", "StopAutomationExecution", REGION, id);
            self.sandbox.call(call).await.unwrap();
            return Ok(json!({"outcome": "stopped"}));
        }
        self.sandbox.advance(jiff::SignedDuration::from_secs(1));
        let name = json!({"Name": payload["trail"]});
        let call = Call::new("cloudtrail", "StartLogging", REGION, name);
        match self.sandbox.call(call).await {
            Ok(_) => Ok(json!({"outcome": "repaired"})),
            Err(error) => Err(json!({"errorType": "start", "errorMessage": error.to_string()})),
        }
    }
}

async fn account(stops: bool) -> (Account, Arc<Repair>) {
    let account = Account::new();
    account.sandbox.with_world(|world| {
        world.seed_trail(TrailSeed {
            name: "main".to_owned(),
            home_region: REGION.to_owned(),
            ..TrailSeed::default()
        });
    });
    let repair = Arc::new(Repair {
        sandbox: account.sandbox.clone(),
        stops,
        seen: Mutex::default(),
    });
    account.sandbox.register_function("repair", repair.clone());
    account
        .good("CreateDocument", document("Restore", RUNBOOK))
        .await;
    (account, repair)
}

async fn run(account: &Account) -> Value {
    let input = json!({"DocumentName": "Restore", "Parameters": {"Trail": ["main"]}});
    let started = account.good("StartAutomationExecution", input).await;
    account.sandbox.settle().await;
    let id = started["AutomationExecutionId"].as_str().unwrap();
    account.execution(id).await
}

fn states(execution: &Value) -> Vec<&str> {
    let steps = execution["StepExecutions"].as_array().unwrap();
    steps
        .iter()
        .map(|step| step["StepStatus"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn steps_reach_the_same_account_and_its_functions() {
    let (account, repair) = account(false).await;
    let done = run(&account).await;
    assert_eq!(done["AutomationExecutionStatus"], "Success", "{done:#}");
    assert_eq!(states(&done), ["Success", "Success", "Success"]);
    assert_eq!(
        *repair.seen.lock().unwrap(),
        ["Invoke"],
        "a run can be read while it runs"
    );
    let wanted = json!({
        "Invoke.Outcome": ["repaired"], "Verify.Since": ["2026-03-02T10:00:01+00:00"],
    });
    assert_eq!(done["Outputs"], wanted);
    let calls = account.sandbox.calls();
    let named: Vec<String> = calls
        .iter()
        .filter(|call| call.service != "ssm")
        .map(|call| format!("{}:{}", call.service, call.operation))
        .collect();
    let wanted = [
        "cloudtrail:StopLogging",
        "cloudtrail:StartLogging",
        "lambda:Invoke",
        "cloudtrail:GetTrailStatus",
    ];
    assert_eq!(named, wanted);
}

#[tokio::test]
async fn p25_a_function_error_fails_the_step_with_its_text() {
    let (account, _) = account(false).await;
    let denied = FaultKind::Denied { scp: true };
    account.sandbox.inject(Fault::new(
        "cloudtrail",
        "StartLogging",
        When::Always,
        denied,
    ));
    let done = run(&account).await;
    assert_eq!(done["AutomationExecutionStatus"], "Failed");
    assert_eq!(states(&done), ["Success", "Failed", "Pending"]);
    let why = done["StepExecutions"][1]["FailureMessage"]
        .as_str()
        .unwrap();
    assert!(why.contains("service control policy"), "{why}");
}

#[tokio::test]
async fn faults_strike_the_calls_of_a_run() {
    let denied = FaultKind::Denied { scp: false };
    let cases = [
        (FaultKind::Throttle, When::First(1), "Success", ""),
        (denied, When::Always, "Failed", "Permission"),
        (FaultKind::TimeoutBefore, When::Always, "Failed", "Internal"),
    ];
    for (kind, when, status, failure) in cases {
        let (account, _) = account(false).await;
        let fault = Fault::new("cloudtrail", "GetTrailStatus", when, kind.clone());
        account.sandbox.inject(fault);
        let done = run(&account).await;
        assert_eq!(done["AutomationExecutionStatus"], status, "{kind:?}");
        let seen = done.pointer("/StepExecutions/2/FailureDetails/FailureType");
        assert_eq!(
            seen.map_or("", |seen| seen.as_str().unwrap()),
            failure,
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_goes_no_further() {
    let (account, _) = account(true).await;
    let done = run(&account).await;
    assert_eq!(done["AutomationExecutionStatus"], "Cancelled");
    assert_eq!(states(&done)[0], "Success");
    let calls = account.sandbox.calls();
    let verified = calls.iter().any(|call| call.operation == "GetTrailStatus");
    assert!(!verified, "the step after the stop makes no call");
}

#[tokio::test]
async fn a_document_with_an_action_that_cannot_run_here_fails_at_its_start() {
    let account = Account::new();
    let text = r#"
schemaVersion: "0.3"
mainSteps:
  - name: Ask
    action: aws:pause
    inputs: {}
"#;
    account.good("CreateDocument", document("Asks", text)).await;
    let input = json!({"DocumentName": "Asks"});
    let started = account.good("StartAutomationExecution", input).await;
    account.sandbox.settle().await;
    let id = started["AutomationExecutionId"].as_str().unwrap();
    let execution = account.execution(id).await;
    assert_eq!(execution["AutomationExecutionStatus"], "Failed");
    let why = execution["FailureMessage"].as_str().unwrap();
    assert!(why.contains("aws:pause"), "{why}");
}

#[tokio::test]
async fn writes_of_every_service_are_in_the_event_history() {
    let (account, _) = account(false).await;
    run(&account).await;
    let call = Call::new("cloudtrail", "LookupEvents", REGION, json!({}));
    let events = account.sandbox.call(call).await.unwrap();
    let events = events["Events"].as_array().unwrap();
    let mut names: Vec<&str> = events
        .iter()
        .map(|event| event["EventName"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let wanted = [
        "CreateDocument",
        "StartAutomationExecution",
        "StartLogging",
        "StopLogging",
    ];
    assert_eq!(names, wanted);
}
