use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_sandbox::Function;

use crate::{Ask, Wire};

/// Reports over HTTP, as a real function does, and first asks for a second invocation of itself.
struct Evaluator(SocketAddr);

#[async_trait]
impl Function for Evaluator {
    async fn invoke(&self, event: Value) -> Result<Value, Value> {
        let Some(token) = event.get("resultToken") else {
            return Ok(json!("second run"));
        };
        let again = Ask::new(
            self.0,
            "POST",
            "/2015-03-31/functions/evaluator/invocations",
        )
        .signed("lambda")
        .header("x-amz-invocation-type", "Event");
        assert_eq!(again.send("{}").await.unwrap().status, 202);
        let input = json!({
            "ResultToken": token,
            "Evaluations": [{
                "ComplianceResourceType": "AWS::::Account",
                "ComplianceResourceId": "111122223333",
                "ComplianceType": "NON_COMPLIANT",
                "OrderingTimestamp": 1_772_445_600,
            }],
        });
        let report = Ask::new(self.0, "POST", "/")
            .signed("config")
            .header("x-amz-target", "StarlingDoveService.PutEvaluations");
        assert_eq!(report.send(&input.to_string()).await.unwrap().status, 200);
        Ok(Value::Null)
    }
}

#[tokio::test]
async fn a_started_evaluation_is_seen_by_the_next_read() {
    let wire = Wire::start().await;
    wire.sandbox
        .register_function("evaluator", Arc::new(Evaluator(wire.address)));
    let target = "StarlingDoveService.StartConfigRulesEvaluation";
    let input = json!({"ConfigRuleNames": ["trails"]});
    let answer = wire.json("config", target, &input).await;
    assert_eq!(answer.status, 200);
    let target = "StarlingDoveService.GetComplianceDetailsByConfigRule";
    let input = json!({"ConfigRuleName": "trails"});
    let answer = wire.json("config", target, &input).await;
    let results = &answer.json()["EvaluationResults"];
    assert_eq!(results[0]["ComplianceType"], json!("NON_COMPLIANT"));
}

#[tokio::test]
async fn advancing_the_clock_runs_what_falls_due() {
    let wire = Wire::start().await;
    wire.sandbox
        .register_function("evaluator", Arc::new(Evaluator(wire.address)));
    let ask = wire.bare("POST", "/_sandbox/advance");
    let answer = ask.send("{\"seconds\": 3600}").await.unwrap();
    assert_eq!(answer.json(), json!({"now": "2026-03-02T11:00:00Z"}));
    let operations: Vec<String> = wire
        .sandbox
        .calls()
        .into_iter()
        .map(|call| call.operation)
        .collect();
    assert_eq!(operations, ["Invoke", "PutEvaluations"]);
}
