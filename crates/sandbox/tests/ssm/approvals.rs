//! Runs that wait for approval.

use serde_json::{Value, json};

use crate::{Account, document};

const ASKS: &str = r#"
schemaVersion: "0.3"
parameters:
  Who: { type: StringList, description: (Required) Who. }
mainSteps:
  - name: Ask
    action: aws:approve
    timeoutSeconds: 3600
    inputs: { Approvers: "{{ Who }}", Message: May it? }
  - name: Wait
    action: aws:sleep
    isEnd: true
    inputs: { Duration: PT1S }
"#;
const OWN_ROLE: &str = "arn:aws:iam::111122223333:role/team/trailkeeper";
const INVALID: &str = "InvalidAutomationSignalException";

async fn waiting(who: &str) -> (Account, String) {
    let account = Account::new();
    account
        .good("CreateDocument", document("Ask-Somebody", ASKS))
        .await;
    let start = json!({"DocumentName": "Ask-Somebody", "Parameters": {"Who": [who]}});
    let started = account.good("StartAutomationExecution", start).await;
    let id = started["AutomationExecutionId"]
        .as_str()
        .unwrap()
        .to_owned();
    account.sandbox.settle().await;
    let run = account.execution(&id).await;
    assert_eq!(run["AutomationExecutionStatus"], "Waiting");
    assert_eq!(run["CurrentStepName"], "Ask");
    (account, id)
}

fn signal(id: &str, kind: &str) -> Value {
    json!({"AutomationExecutionId": id, "SignalType": kind, "Payload": {"Comment": ["seen"]}})
}

#[tokio::test]
async fn an_approved_run_goes_on_and_a_rejected_one_fails() {
    for (kind, status) in [("Approve", "Success"), ("Reject", "Failed")] {
        let (account, id) = waiting(OWN_ROLE).await;
        account
            .good("SendAutomationSignal", signal(&id, kind))
            .await;
        account.sandbox.settle().await;
        let run = account.execution(&id).await;
        assert_eq!(run["AutomationExecutionStatus"], status);
        let told = &run["StepExecutions"][0]["Outputs"]["ApproverDecisions"][0];
        assert!(told.as_str().unwrap().contains("seen"), "{told}");
        account
            .refuses("SendAutomationSignal", signal(&id, kind), INVALID)
            .await;
    }
}

#[tokio::test]
async fn only_an_approver_decides() {
    let (account, id) = waiting("arn:aws:iam::111122223333:user/ann").await;
    account
        .refuses("SendAutomationSignal", signal(&id, "Approve"), INVALID)
        .await;
    account
        .refuses(
            "SendAutomationSignal",
            signal(&id, "Resume"),
            "NotImplementedException",
        )
        .await;
    account.sandbox.settle().await;
    let run = account.execution(&id).await;
    assert_eq!(run["AutomationExecutionStatus"], "Waiting");
}

#[tokio::test]
async fn a_waiting_run_can_be_stopped() {
    let (account, id) = waiting(OWN_ROLE).await;
    let stop = json!({"AutomationExecutionId": id, "Type": "Cancel"});
    account.good("StopAutomationExecution", stop).await;
    account.sandbox.settle().await;
    let run = account.execution(&id).await;
    assert_eq!(run["AutomationExecutionStatus"], "Cancelled");
}
