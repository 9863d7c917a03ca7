use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_sandbox::{Call, Function, Sandbox};

use crate::{Account, REGION, ROLE};

/// The rule's function: reports a trail that is down.
struct Evaluator(Sandbox);

#[async_trait]
impl Function for Evaluator {
    async fn invoke(&self, event: Value) -> Result<Value, Value> {
        let evaluation = json!({
            "ComplianceResourceType": "AWS::CloudTrail::Trail",
            "ComplianceResourceId": "org-audit",
            "ComplianceType": "NON_COMPLIANT",
            "OrderingTimestamp": self.0.now().as_second(),
        });
        let input = json!({"ResultToken": event["resultToken"], "Evaluations": [evaluation]});
        let call = Call::new("config", "PutEvaluations", REGION, input);
        self.0
            .call(call)
            .await
            .map_err(|error| json!(error.to_string()))
    }
}

#[tokio::test]
async fn a_finding_runs_the_runbook_which_invokes_the_function() {
    let account = Account::automatic(5, 60).await;
    let sandbox = account.sandbox.clone();
    sandbox.register_function("evaluator", Arc::new(Evaluator(sandbox.clone())));
    let rules = json!({"ConfigRuleNames": ["trails"]});
    account.good("StartConfigRulesEvaluation", rules).await;
    assert_eq!(account.runs(), 0, "nothing runs before it is settled");
    sandbox.settle().await;

    let got = account.repair.got.lock().unwrap().clone();
    assert_eq!(got, [json!({"resource": "org-audit", "level": "low"})]);

    let step = |name: &str, start: i64, stop: i64| {
        json!({
            "Name": name, "State": "SUCCEEDED", "StartTime": start as f64, "StopTime": stop as f64,
        })
    };
    let began = 1_772_445_600;
    let wanted = json!({
        "ResourceKey": {"resourceType": "AWS::CloudTrail::Trail", "resourceId": "org-audit"},
        "State": "SUCCEEDED",
        "StepDetails": [step("Repair", began, began), step("Rest", began, began + 2)],
        "InvocationTime": began,
        "LastUpdatedTime": began + 2,
    });
    assert_eq!(account.status().await, [wanted]);

    let listed = account
        .call("ssm", "DescribeAutomationExecutions", json!({}))
        .await
        .unwrap();
    let execution = &listed["AutomationExecutionMetadataList"][0];
    assert_eq!(execution["AutomationExecutionStatus"], "Success");
    let by = execution["ExecutedBy"].as_str().unwrap();
    assert!(by.contains("AWSServiceRoleForConfigRemediation"), "{by}");
    let id = json!({"AutomationExecutionId": execution["AutomationExecutionId"]});
    let full = account
        .call("ssm", "GetAutomationExecution", id)
        .await
        .unwrap();
    let parameters = json!({"AutomationAssumeRole": [ROLE], "Resource": ["org-audit"]});
    assert_eq!(full["AutomationExecution"]["Parameters"], parameters);
    let outputs = &full["AutomationExecution"]["StepExecutions"][0]["Outputs"];
    assert_eq!(outputs["Outcome"], json!(["repaired"]));
}

#[tokio::test]
async fn enabling_it_remediates_what_is_non_compliant_already() {
    let account = Account::new();
    account.evaluate("bad", "NON_COMPLIANT").await;
    account.evaluate("good", "COMPLIANT").await;
    account.configure(crate::manual()).await.unwrap();
    account.sandbox.settle().await;
    assert_eq!(account.runs(), 0);
    account.configure(crate::automatic(5, 60)).await.unwrap();
    account.sandbox.settle().await;
    let got = account.repair.got.lock().unwrap().clone();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0]["resource"], "bad");
}
